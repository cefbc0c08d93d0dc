import { exitCodeOf, LoadgateError, messageOf } from './errors.ts'
import type { Output } from './output/output.ts'
import { counted, type Ms } from './units.ts'

/** By the shell's convention: 128 and the number of the signal. */
const CANCELLED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
type Cancelling = keyof typeof CANCELLED
const SIGNALS = Object.keys(CANCELLED) as readonly Cancelling[]

/**
 * The runner repeats itself after 7.5 s, and kills what is left after 10; people at a terminal wait less. Ending a run on Fargate
 * takes up to 6 s, with results that come late.
 */
const STOP_WITHIN: Ms = 6_500
/** What goes on until it is told to end may take its time then: nobody but a person tells it. */
const FINISH_WITHIN: Ms = 60_000

interface Ending {
  /** Told of what the body threw, once it stands in the log; not of what a cancelled one throws. */
  readonly onError?: (error: unknown) => void
  /** Of a body that a signal ends as it is meant to end, and whose exit code counts: what it does then. */
  readonly finishing?: string | undefined
}

/**
 * Runs the body of an entry and answers with its exit code. The first SIGINT, SIGTERM or SIGHUP aborts the body's
 * signal, a second one, or a body that has not ended in time, ends the process: its 'exit' listeners take the children along.
 */
export async function runEntry(
  output: Output,
  body: (signal: AbortSignal) => Promise<number>,
  { onError, finishing }: Ending = {},
): Promise<number> {
  const cancel = new AbortController()
  let cancelled: number | undefined
  let guard: NodeJS.Timeout | undefined
  const onSignal = (signal: Cancelling) => {
    if (cancelled !== undefined) process.exit(cancelled)
    cancelled = CANCELLED[signal]
    output.done()
    if (finishing === undefined) output.warning(`${signal}: ${STOPPING}`)
    else output.info(`${signal}: ${finishing}`)
    guard = setTimeout(() => process.exit(cancelled), finishing === undefined ? STOP_WITHIN : FINISH_WITHIN)
    cancel.abort()
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  try {
    const code = await body(cancel.signal)
    return finishing === undefined ? (cancelled ?? code) : code
  } catch (error) {
    if (cancelled !== undefined && finishing === undefined) return cancelled
    tell(error, output)
    onError?.(error)
    return exitCodeOf(error)
  } finally {
    clearTimeout(guard)
    output.done()
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

const STOPPING = 'stopping the load and the service. What is not finished is neither published nor kept.'

/** Expected trouble is told in its own words; for a mistake of ours, the place it happened helps to report it. */
function tell(error: unknown, output: Output): void {
  const more = error instanceof LoadgateError ? error.hint : error instanceof Error ? error.stack : undefined
  const mistakes = error instanceof LoadgateError ? error.mistakes : []
  const [first] = mistakes
  // A mistake with a hint of its own is one by itself, and named with its place.
  const head = first && !more ? [`${counted(mistakes.length, 'mistake')} in ${first.place.file}`] : []
  output.error([...head, messageOf(error), ...(more ? [more] : [])].join('\n'))
}
