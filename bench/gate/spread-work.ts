import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { type Cells, type Piece, together } from './work.ts'

const MOST_THREADS = 2

/** All pieces, by as many threads as there are cores, two at most; `tell` hears after each how many are done. */
export async function allJudged(pieces: readonly Piece[], tell: (done: number) => void): Promise<Cells> {
  const parts: Cells[] = []
  const left = pieces.values()
  await Promise.all(
    Array.from({ length: Math.min(MOST_THREADS, availableParallelism()) }, async () => {
      const worker = new Worker(new URL('worker.ts', import.meta.url))
      try {
        for (const piece of left) {
          parts.push(await judgedBy(worker, piece))
          tell(parts.length)
        }
      } finally {
        await worker.terminate()
      }
    }),
  )
  return together(parts)
}

function judgedBy(worker: Worker, piece: Piece): Promise<Cells> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (cells: Cells) => {
      worker.off('error', reject)
      resolve(cells)
    })
    worker.postMessage(piece)
  })
}
