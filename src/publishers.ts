import type { Job } from './github/job.ts'
import type { Variables } from './github/variables.ts'
import type { GateOptions } from './inputs.ts'
import type { Output } from './output/output.ts'
import type { RunEvent } from './publish/event.ts'
import { commentsOf } from './publish/github.ts'
import { type CommentTarget, githubPublisher } from './publish/github-publisher.ts'
import { issuesOf } from './publish/issues.ts'
import { laterPublisher } from './publish/later.ts'
import { nightlyPublisher } from './publish/nightly-publisher.ts'
import type { Publisher } from './publish/publisher.ts'
import { annotate, setOutput, writeSummary } from './publish/runner.ts'

type Wanted = Pick<GateOptions, 'comment' | 'commentLater' | 'issue' | 'githubToken' | 'profile'>

/** Who is told of a run of this event: the job first, then those that GitHub has to be asked for. */
export function publishersFor(
  event: RunEvent,
  job: Job,
  options: Wanted,
  { output, signal, env }: { readonly output: Output; readonly signal: AbortSignal; readonly env: Variables },
): readonly Publisher[] {
  const runner = { setOutput, writeSummary, annotate }
  const publishers = [githubPublisher({ runner, comment: commentTarget(event, job, options), signal })]
  const { owner, repo, apiUrl, runId, attempt, serverUrl } = job
  if (options.issue && options.githubToken && event.kind === 'schedule')
    publishers.push(
      nightlyPublisher({
        issues: issuesOf({ owner, repo }, { token: options.githubToken, apiUrl }),
        stamp: { runId, attempt },
        repositoryUrl: `${serverUrl}/${owner}/${repo}`,
        signal,
        say: output.info,
      }),
    )
  // Last: the library writes its progress to the log itself.
  if (options.commentLater && event.kind === 'pull_request')
    publishers.push(laterPublisher({ name: nameOf(options.profile), env }))
  return publishers
}

/** What artifacts of a profile are called after. */
export const nameOf = (profile: string) => profile.replace(/\.ya?ml$/, '')

function commentTarget(
  event: RunEvent,
  { owner, repo, apiUrl, runId, attempt }: Job,
  { comment, githubToken }: Wanted,
): CommentTarget | undefined {
  if (!comment || !githubToken || event.kind !== 'pull_request') return undefined
  const { number } = event
  const comments = commentsOf({ owner, repo, number }, { token: githubToken, apiUrl })
  return { comments, number, stamp: { runId, attempt } }
}
