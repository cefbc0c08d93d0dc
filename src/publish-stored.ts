import { EXIT, LoadgateError } from './errors.ts'
import type { Job } from './github/job.ts'
import type { Output } from './output/output.ts'
import type { RunEvent } from './publish/event.ts'
import { publishFromRun } from './publish/from-run.ts'
import { setOutput } from './publish/runner.ts'

/**
 * `publish-from-run`: comments with what another run has stored, and measures nothing. The one thing that is done where
 * a pull request has caused a run with secrets.
 */
export async function publishStored(
  runId: number,
  {
    event,
    job,
    token,
    output,
    signal,
  }: {
    readonly event: RunEvent
    readonly job: Job
    readonly token: string | undefined
    readonly output: Output
    readonly signal: AbortSignal
  },
): Promise<number> {
  if (event.kind !== 'workflow_run' || event.runId !== runId || event.repository === undefined)
    throw new LoadgateError('usage', `\`publish-from-run\` names run ${runId}, which has not triggered this one`, {
      hint: 'Write `${{ github.event.workflow_run.id }}`, in a workflow on `workflow_run`.',
    })
  if (token === undefined)
    throw new LoadgateError('usage', '`publish-from-run` needs a token, and `github-token` is empty', {
      hint: 'Leave it out, and give the job `permissions: pull-requests: write` and `actions: read`.',
    })
  const { owner, repo, apiUrl, serverUrl } = job
  const place = { owner, repo, runId, repository: event.repository, serverUrl }
  const { urls, notices } = await publishFromRun(place, { token, apiUrl }, { signal })
  for (const notice of notices) output.warning(notice)
  for (const url of urls) output.info(`Commented: ${url}`)
  setOutput('comment-url', urls[0] ?? '')
  return EXIT.pass
}
