import type { Outcome } from '../compare/verdict.ts'
import { failureOf, PATIENCE, type Retrying, realWaiting, type Waiting, withRetry } from '../github/retry.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { plainLine } from '../report/plain-line.ts'
import type { Report } from '../report/report.ts'
import type { Ms } from '../units.ts'
import type { CheckEnd, CheckIdentity, CommitChecks } from './checks.ts'
import { noticeOf } from './notice.ts'
import type { Publisher } from './publisher.ts'

/** GitHub refuses a longer summary of a check run with 422. */
const SUMMARY = 65_535
const MAX_TITLE = 200
/** A run that is cancelled has no more than this for it: what is left is done by the post step. */
const ENDS_WITHIN: Ms = 3_000

/** A check run beside the job's own, from before the load until there is a verdict. */
export interface OpenCheck {
  /** Ends it with the verdict. */
  readonly publisher: Publisher
  /** Ends it where that has not been done; never throws. A sentence where it could not. */
  end(how: 'cancelled' | { readonly failed: string }): Promise<string | undefined>
}

export interface CheckOptions extends CheckIdentity {
  /** Of the run, for people. */
  readonly url: string
  /** What `inconclusive` comes to. */
  readonly onInconclusive: 'warn' | 'fail'
  readonly signal: AbortSignal
  /** Told what is left to be done should this process go: to end it so, or nothing any more. */
  readonly onLeft: (end: CheckEnd | undefined) => void
}

/** Opens the check run, or answers with a sentence on why it could not. */
export async function openCheck(
  checks: CommitChecks,
  options: CheckOptions,
  waiting: Waiting = realWaiting,
): Promise<OpenCheck | string> {
  const { name, key, url, signal, onLeft } = options
  let tried = false
  onLeft(CANCELLED)
  try {
    const id = await withRetry(
      async () => {
        // An earlier try may have opened it, and only its answer was lost.
        const found = tried ? await checks.find({ name, key }) : undefined
        tried = true
        return found ?? (await checks.create({ name, key, url }))
      },
      patience(waiting, signal),
    )
    return opened(checks, id, options, waiting)
  } catch (error) {
    // What is refused was not opened; of a call without an answer nobody knows.
    if (failureOf(error).kind === 'refused') onLeft(undefined)
    return noticeOf('The check run', error, 'checks: write')
  }
}

const patience = (waiting: Waiting, signal: AbortSignal | undefined): Retrying => ({
  waiting,
  until: waiting.now() + PATIENCE,
  signal,
})

function opened(
  checks: CommitChecks,
  id: number,
  { onInconclusive, signal, onLeft }: CheckOptions,
  waiting: Waiting,
): OpenCheck {
  let open = true
  let verdict: CheckEnd | undefined
  const complete = async (end: CheckEnd, limit?: Ms) => {
    await checks.complete(id, end, limit)
    open = false
    onLeft(undefined)
  }
  return {
    publisher: {
      publish: async (report) => {
        const end = endOf(report, onInconclusive)
        verdict = end
        // What the job keeps for its post step is short.
        onLeft({ ...end, summary: end.title })
        try {
          await withRetry(() => complete(end), patience(waiting, signal))
          return { commentUrl: undefined, notices: [] }
        } catch (error) {
          return { commentUrl: undefined, notices: [noticeOf('The verdict in the check run', error, 'checks: write')] }
        }
      },
    },
    end: async (how) => {
      if (!open) return undefined
      try {
        await complete(verdict ?? (how === 'cancelled' ? CANCELLED : failed(how.failed)), ENDS_WITHIN)
        return undefined
      } catch (error) {
        return noticeOf('The end of the check run', error, 'checks: write')
      }
    },
  }
}

export const CANCELLED: CheckEnd = {
  conclusion: 'cancelled',
  title: 'Cancelled',
  summary: 'The run was ended before it came to a verdict.',
}

function failed(why: string): CheckEnd {
  const line = plainLine(why, MAX_TITLE)
  return { conclusion: 'failure', title: line, summary: 'The run came to no verdict; the log of the job says why.' }
}

function endOf(report: Report, onInconclusive: 'warn' | 'fail'): CheckEnd {
  const { outcome, reason } = report.verdict
  return {
    conclusion: outcome === 'inconclusive' && onInconclusive === 'fail' ? 'failure' : CONCLUSION[outcome],
    title: plainLine(`${outcome}: ${reason}`, MAX_TITLE),
    summary: renderMarkdown(report, { limit: SUMMARY }),
  }
}

const CONCLUSION = {
  pass: 'success',
  fail: 'failure',
  inconclusive: 'neutral',
  invalid: 'failure',
} as const satisfies Record<Outcome, CheckEnd['conclusion']>
