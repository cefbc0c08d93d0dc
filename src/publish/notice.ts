import { messageOf } from '../errors.ts'
import { type Failure, failureOf } from '../github/retry.ts'
import { formatDuration } from '../units.ts'

/** One sentence on what could not be published and why, with what to do about it. */
export function noticeOf(what: string, error: unknown, permission = 'pull-requests: write'): string {
  return `${what} ${why(failureOf(error), error, permission)}`
}

function why(failure: Failure, error: unknown, permission: string): string {
  switch (failure.kind) {
    case 'limited':
      return `was not posted: GitHub's rate limit asks to wait ${formatDuration(failure.pause)} or more.`
    case 'passing':
      return failure.status === undefined
        ? `was not posted: GitHub gave no usable answer (${codeOf(error)}).`
        : `was not posted: GitHub answered ${failure.status} again and again.`
    case 'refused':
      return `was not posted: GitHub answered ${failure.status}${failure.said && ` "${failure.said}"`}. ${remedy(failure, permission)}`
    case 'unexpected':
      return `could not be published: ${messageOf(error)}`
  }
}

function remedy({ status, said }: { status: number; said: string }, permission: string): string {
  if (status === 410 || /locked/i.test(said)) return 'The conversation is closed to new comments.'
  if (status === 401) return 'Check the input `github-token`.'
  if (status === 403 || status === 404)
    return `The token may not write here: usual on a pull request from a fork, else give the job \`permissions: ${permission}\`.`
  return 'The job summary has the whole report.'
}

/** ECONNRESET and its like where the error or one of its causes has it, else its message. */
function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++)
    if ('code' in at && typeof at.code === 'string') return at.code
  return messageOf(error).slice(0, 200)
}
