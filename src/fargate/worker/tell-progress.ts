import type { ShardProgress } from '../../engine/shard-result.ts'
import { type HistogramText, sumOf } from '../../histogram.ts'
import { type Progress, type Slot, TELL } from '../protocol.ts'
import type { WorkerDoors } from './worker-doors.ts'

export interface Teller {
  hear(progress: ShardProgress): void
  /** Says so once more, and resolves when that is done or has failed; the first call counts. */
  end(): Promise<void>
}

/**
 * Writes every few seconds how it goes. What does not arrive is not tried again, since the next says it all: sums are since
 * the start, and response times are kept until they have been told.
 */
export function tellProgress(runId: string, { generation, progressUrl }: Slot, { time, mail }: WorkerDoors): Teller {
  const over = new AbortController()
  let sequence = 0
  let latest: ShardProgress | undefined
  let recent: HistogramText[] = []

  const tell = async () => {
    const told = recent.length
    const state = over.signal.aborted ? 'ended' : latest ? 'sending' : 'waiting'
    const progress = latest && { ...latest, recent: sumOf(recent) }
    const message: Progress = { kind: 'loadgate-progress', runId, generation, sequence: sequence++, state, progress }
    try {
      await mail.put(progressUrl, JSON.stringify(message), { once: false, deadline: TELL })
      recent = recent.slice(told)
    } catch {
      // All of them in one, so that an outage of hours fills no memory.
      recent = [sumOf(recent)]
    }
  }
  const tellAgainAndAgain = async () => {
    while (!over.signal.aborted) {
      await tell()
      await time.sleep(TELL, over.signal).catch(() => undefined)
    }
    await tell()
  }
  const ended = tellAgainAndAgain()
  return {
    hear(progress) {
      latest = progress
      recent.push(progress.recent)
    },
    end() {
      over.abort()
      return ended
    },
  }
}
