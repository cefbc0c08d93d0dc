import { LoadgateError, messageOf } from '../errors.ts'
import { failureOf } from '../github/retry.ts'

// A missing store and an expired artifact are no errors: there is nothing to compare with, and the run goes on to begin
// anew. A damaged entry, a newer schema (both in file-format.ts) and a store without permission are: what is there is not
// known, and must not be taken for nothing.

/** A refusal by GitHub in words of ours, with what to do about it. */
export function explainGitHub(place: string, permission: string, error: unknown): LoadgateError {
  if (error instanceof LoadgateError) return error
  const failure = failureOf(error)
  // 409 and 422: a rule protects the branch.
  if (failure.kind === 'refused' && [401, 403, 404, 409, 422].includes(failure.status))
    return noPermission(place, `GitHub answered ${failure.status}${failure.said && ` "${failure.said}"`}`, permission)
  if (failure.kind === 'limited')
    return new LoadgateError('infrastructure', `The baseline ${place} could not be reached: GitHub's rate limit`, {
      hint: 'Run again later.',
    })
  return new LoadgateError('infrastructure', `The baseline ${place} could not be reached: ${messageOf(error)}`, {
    hint: 'Run again; see githubstatus.com when it stays.',
  })
}

export function noPermission(place: string, why: string, permission: string): LoadgateError {
  return new LoadgateError('infrastructure', `There is no permission for the baseline ${place}: ${why}`, {
    hint: `Give the job \`permissions: ${permission}\` and the input \`github-token\`; a pull request from a fork may only read.`,
  })
}
