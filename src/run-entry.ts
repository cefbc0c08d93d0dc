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

/**
 * Runs the body of an entry and answers with its exit code. The first SIGINT, SIGTERM or SIGHUP aborts the body's
 * signal, a second one, or a body that has not ended in time, ends the process: its 'exit' listeners take the children along.
 * @param onError told of what the body threw, once it stands in the log; not of what a cancelled one throws
 */
export async function runEntry(
  output: Output,
  body: (signal: AbortSignal) => Promise<number>,
  onError?: (error: unknown) => void,
): Promise<number> {
  const cancel = new AbortController()
  let cancelled: number | undefined
  let guard: NodeJS.Timeout | undefined
  const onSignal = (signal: Cancelling) => {
    if (cancelled !== undefined) process.exit(cancelled)
    cancelled = CANCELLED[signal]
    output.done()
    output.warning(`${signal}: stopping the load and the service. What is not finished is neither published nor kept.`)
    guard = setTimeout(() => process.exit(cancelled), STOP_WITHIN)
    cancel.abort()
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  try {
    const code = await body(cancel.signal)
    return cancelled ?? code
  } catch (error) {
    if (cancelled !== undefined) return cancelled
    tell(error, output)
    onError?.(error)
    return exitCodeOf(error)
  } finally {
    clearTimeout(guard)
    output.done()
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

/** Expected trouble is told in its own words; for a mistake of ours, the place it happened helps to report it. */
function tell(error: unknown, output: Output): void {
  const more = error instanceof LoadgateError ? error.hint : error instanceof Error ? error.stack : undefined
  const mistakes = error instanceof LoadgateError ? error.mistakes : []
  const [first] = mistakes
  // A mistake with a hint of its own is one by itself, and named with its place.
  const head = first && !more ? [`${counted(mistakes.length, 'mistake')} in ${first.place.file}`] : []
  output.error([...head, messageOf(error), ...(more ? [more] : [])].join('\n'))
}
