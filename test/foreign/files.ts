// Files as other generators write them, made to measure.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readForeign } from '../../src/foreign/read-foreign.ts'
import type { RunResult } from '../../src/result/result.ts'
import { resultOf } from '../../src/result/result-file.ts'

export const BEGIN = Date.UTC(2026, 5, 1)

export interface Place extends Disposable {
  readonly at: (name: string) => string
  readonly write: (name: string, text: string) => string
}

export function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'loadgate-foreign-'))
  const at = (name: string) => join(folder, name)
  return {
    at,
    write: (name, text) => {
      writeFileSync(at(name), text)
      return at(name)
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** The run in a file, as it is read back from what a report keeps of it. */
export async function runIn(path: string, name?: string): Promise<RunResult> {
  const run = await readForeign(path, name)
  if (run === undefined) throw new Error('it was taken for a file of ours')
  return resultOf(JSON.parse(JSON.stringify(run)))
}

export interface MadeRequest {
  readonly at: number
  readonly ms: number
  readonly label?: string
  /** '' for none. */
  readonly code?: string
  readonly message?: string
  readonly success?: boolean
}

/** As many a second as asked for, their times in a row that goes round. */
export function requests(count: number, perSecond: number, times: readonly number[]): readonly MadeRequest[] {
  return Array.from({ length: count }, (_, n) => ({
    at: BEGIN + Math.floor((n * 1_000) / perSecond),
    ms: times[n % times.length]!,
  }))
}

export const JTL_HEADER =
  'timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect'

export function jtl(rows: readonly MadeRequest[], threads = 10): string {
  return [JTL_HEADER, ...rows.map((row) => jtlRow(row, threads))].join('\n').concat('\n')
}

function jtlRow(
  { at, ms, label = 'store', code = '200', message = 'OK', success = true }: MadeRequest,
  threads: number,
) {
  const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const fields = [
    ...[at, ms, quoted(label), code, quoted(message), 'Group 1-1', 'text', success, '', 512, 120],
    ...[threads, threads, 'http://127.0.0.1/', ms, 0, 1],
  ]
  return fields.join(',')
}
