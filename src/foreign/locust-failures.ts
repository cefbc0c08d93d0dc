import type { Cause } from '../engine/shard-result.ts'
import { amountIn, damaged } from './damaged.ts'
import type { Row } from './summary.ts'

/** A row of PREFIX_failures.csv. */
export interface Failure {
  readonly line: number
  readonly file: string
  readonly method: string
  readonly name: string
  readonly error: string
  readonly count: number
}

export function failuresIn(rows: readonly Row[] | undefined, file: string): readonly Failure[] {
  const [header, ...others] = rows ?? []
  if (header === undefined) return []
  if (header.fields.join() !== 'Method,Name,Error,Occurrences')
    throw damaged(file, 1, 'it has other columns than Method, Name, Error and Occurrences', BESIDE)
  return others.map(({ fields, line }) => ({
    ...{ line, file },
    method: fields[0] ?? '',
    name: fields[1] ?? '',
    error: fields[2] ?? '',
    count: amountIn(fields[3], { file, line, column: 'Occurrences' }),
  }))
}

const BESIDE = 'It lies beside the statistics and must be of the same run: take it away where it is of another one.'

// The words of Python's exceptions, of requests and of geventhttpclient.
const ERRORS: readonly (readonly [RegExp, Cause])[] = [
  [/ConnectionRefused/i, 'connection-refused'],
  [/ConnectTimeout/i, 'connect-timeout'],
  [/timed? ?out/i, 'timeout'],
  [/ConnectionReset|BrokenPipe/i, 'connection-reset'],
  [/RemoteDisconnected|HTTPConnectionClosed|ConnectionAborted/i, 'connection-closed'],
  [/gaierror|NameResolution|Name or service not known/i, 'unresolved-host'],
  [/SSL|certificate/i, 'tls'],
  [/HTTPError|Bad ?StatusCode|Client Error|Server Error/i, 'unexpected-status'],
  [/CatchResponseError/, 'unexpected-answer'],
]

/** Why the requests of a name failed, as far as the file beside it tells. */
export function causesOf(
  { type, name, failures }: { readonly type: string; readonly name: string; readonly failures: number },
  all: readonly Failure[],
): { readonly causes: Readonly<Partial<Record<Cause, number>>>; readonly statuses: Readonly<Record<string, number>> } {
  const causes = new Map<Cause, number>()
  const statuses = new Map<string, number>()
  let told = 0
  for (const { method, error, count, line, file } of all.filter((one) => one.name === name && one.method === type)) {
    told += count
    if (told > failures)
      throw damaged(file, line, `${method} ${name} has failed ${failures} times only, by the statistics`, BESIDE)
    const cause = ERRORS.find(([pattern]) => pattern.test(error))?.[1] ?? 'unknown'
    causes.set(cause, (causes.get(cause) ?? 0) + count)
    const [, status] = /\b([45]\d\d) (?:Client|Server) Error/.exec(error) ?? []
    if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + count)
  }
  if (told < failures) causes.set('unknown', (causes.get('unknown') ?? 0) + failures - told)
  return { causes: Object.fromEntries(causes), statuses: Object.fromEntries(statuses) }
}
