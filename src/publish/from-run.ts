import { LoadgateError, messageOf } from '../errors.ts'
import { artifactContent } from '../github/artifact-content.ts'
import { artifactsOfRun, type ListedArtifact, type RunFacts, runFacts } from '../github/artifact-list.ts'
import { type Access, connect, type GitHub, type Repository } from '../github/client.ts'
import { type OpenPullRequest, openPullRequests } from '../github/pull-requests.ts'
import { PATIENCE, type Retrying, realWaiting, type Waiting } from '../github/retry.ts'
import { codeSpan } from '../report/code-span.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { recentRunOf } from '../report/recent-runs.ts'
import type { Report } from '../report/report.ts'
import { readReport } from '../report/report-file.ts'
import type { Bytes } from '../units.ts'
import { commentsOf } from './github.ts'
import { keyOf } from './github-publisher.ts'
import { LATER_FILE, LATER_PREFIX } from './later.ts'
import { noticeOf } from './notice.ts'
import { putStickyComment, type StickyText } from './sticky-comment.ts'

// A pull request of a fork is measured by a workflow that may not comment, and whose every byte its author decides on. So what it
// stored is taken for hostile: which run it is, which pull request and which commit is asked of GitHub alone, the archive and
// the report go through readers that know one form each, and of the report nothing is shown that a reader could click or run.

/** Of one run; profiles beyond these have no comment. */
const MOST_REPORTS = 5
const MOST_BYTES: Bytes = 32 * 1_048_576

export interface RunToPublish extends Repository {
  readonly runId: number
  /** Of the repository that this runs in. */
  readonly repository: number
  /** As in https://github.com. */
  readonly serverUrl: string
}

export interface FromRun {
  /** Addresses of the comments that were written. */
  readonly urls: readonly string[]
  /** What there was not to be written, one sentence each. */
  readonly notices: readonly string[]
}

/**
 * Comments on the pull request that a run measured, with the reports that it stored. No code of the pull request is run, nor
 * is any of it checked out.
 * @throws LoadgateError where an artifact is not what such a run stores, or where GitHub does not do what it is asked
 */
export async function publishFromRun(
  place: RunToPublish,
  access: Access,
  { signal, waiting = realWaiting }: { readonly signal?: AbortSignal; readonly waiting?: Waiting } = {},
): Promise<FromRun> {
  const retrying: Retrying = { waiting, until: waiting.now() + PATIENCE, signal }
  const github = connect(access)
  const run = await runFacts(github, place, place.runId, retrying)
  checkRun(run, place)
  const pull = await pullRequestOf(run, { github, place, retrying })
  if (pull === undefined) return nothing(`No open pull request has commit ${run.commit.slice(0, 12)} as its head now.`)
  const artifacts = await reportsOf(run, { github, place, retrying })
  if (artifacts.length === 0) return nothing(`Run ${run.id} has stored no report to comment with.`)
  const urls: string[] = []
  const notices: string[] = []
  const refused: string[] = []
  const seen = new Set<string>()
  for (const artifact of artifacts) {
    const report = await readArtifact(artifact, run, { github, place, retrying })
    if (typeof report === 'string') refused.push(`artifact ${artifact.id}: ${report}`)
    else if (!seen.has(keyOf(report))) {
      seen.add(keyOf(report))
      const { url, written } = await post(asGitHubKnowsIt(report, run, { pull, place }), {
        run,
        pull,
        place,
        access,
        retrying,
      })
      if (written) urls.push(url)
      else
        notices.push(
          `The comment on #${pull.number} is by a newer run, which stays: this one has its place in its line of runs.`,
        )
    }
  }
  if (refused.length > 0)
    throw new LoadgateError('infrastructure', `What run ${run.id} has stored is refused: ${refused.join('; ')}`, {
      hint: 'It was not stored by Loadgate with `comment: later`, or somebody has changed it.',
    })
  return { urls, notices }
}

const nothing = (why: string): FromRun => ({ urls: [], notices: [why] })

interface Doors {
  readonly github: GitHub
  readonly place: RunToPublish
  readonly retrying: Retrying
}

function checkRun(run: RunFacts, place: RunToPublish): void {
  const why =
    run.id !== place.runId || run.repository !== place.repository
      ? 'is another one'
      : run.event !== 'pull_request'
        ? 'was not started by `pull_request`'
        : undefined
  if (why !== undefined)
    throw new LoadgateError('usage', `Run ${place.runId} ${why}: there is nothing of it to comment`, {
      hint: 'Write `publish-from-run: ${{ github.event.workflow_run.id }}`, in a workflow on `workflow_run` of the one that measures.',
    })
}

/** The open one whose head is the commit that was measured, in the repository that it was measured in. */
async function pullRequestOf(run: RunFacts, { github, place, retrying }: Doors): Promise<OpenPullRequest | undefined> {
  const { headOwner, branch } = run
  if (headOwner === undefined || branch === undefined || run.headRepository === undefined) return undefined
  const open = await openPullRequests(github, place, { owner: headOwner, branch }, retrying)
  return open.find(
    (pull) =>
      pull.headSha === run.commit &&
      pull.headRepository === run.headRepository &&
      pull.baseRepository === place.repository,
  )
}

/** Of the latest attempt, newest first. */
async function reportsOf(run: RunFacts, { github, place, retrying }: Doors): Promise<readonly ListedArtifact[]> {
  const all = await artifactsOfRun(github, place, run.id, retrying)
  const began = run.attempt > 1 ? Date.parse(run.startedAt ?? '') : Number.NEGATIVE_INFINITY
  return all
    .filter(({ name, expired }) => !expired && (name === LATER_PREFIX || name.startsWith(`${LATER_PREFIX}-`)))
    .filter((artifact) => artifact.run?.id === run.id && artifact.run.commit === run.commit)
    .filter(({ createdAt }) => run.attempt === 1 || Date.parse(createdAt ?? '') >= began)
    .slice(0, MOST_REPORTS)
}

/** The report in it, or why it is none. */
async function readArtifact(
  artifact: ListedArtifact,
  run: RunFacts,
  { github, place, retrying }: Doors,
): Promise<Report | string> {
  const content = await artifactContent(github, place, artifact, { file: LATER_FILE, most: MOST_BYTES }, retrying)
  if (content.kind === 'expired') return 'it is gone'
  if (content.kind === 'damaged') return content.why
  try {
    const report = readReport(new TextDecoder('utf-8', { fatal: true }).decode(content.bytes))
    if (report.run.commit !== run.commit) return 'its report is of another commit'
    return report
  } catch (error) {
    return messageOf(error)
  }
}

/** What leads a reader somewhere, an address or a command, is not the author's to say. */
function asGitHubKnowsIt(
  report: Report,
  run: RunFacts,
  { pull, place }: { readonly pull: OpenPullRequest; readonly place: RunToPublish },
): Report {
  const { owner, repo, serverUrl } = place
  const { profilePath } = report.run
  const profile = /^\w[\w./-]*$/.test(profilePath) ? ` ${profilePath}` : ''
  return {
    ...report,
    result: { ...report.result, commit: run.commit },
    run: {
      ...report.run,
      commit: run.commit,
      changedFrom: undefined,
      change: undefined,
      url: `${serverUrl}/${owner}/${repo}/actions/runs/${run.id}`,
      reproduce: `git fetch origin pull/${pull.number}/head && git checkout ${run.commit} && loadgate run${profile}`,
    },
  }
}

async function post(
  report: Report,
  {
    run,
    pull,
    place,
    access,
    retrying,
  }: {
    readonly run: RunFacts
    readonly pull: OpenPullRequest
    readonly place: RunToPublish
    readonly access: Access
    readonly retrying: Retrying
  },
) {
  const { owner, repo } = place
  const origin = originOf(run, place)
  const text: StickyText = {
    key: keyOf(report),
    run: recentRunOf(report, { runId: run.id, attempt: run.attempt }),
    render: ({ recent, limit }) =>
      belowHeadline(renderMarkdown(report, { recent, limit: limit - Buffer.byteLength(origin) }), origin),
  }
  try {
    const comments = commentsOf({ owner, repo, number: pull.number }, access)
    return await putStickyComment(comments, text, retrying)
  } catch (cause) {
    throw new LoadgateError('infrastructure', noticeOf(`The comment on #${pull.number}`, cause), {
      hint: 'The workflow that publishes needs `permissions: pull-requests: write`.',
      cause,
    })
  }
}

function originOf({ headRepository, headName }: RunFacts, { repository }: RunToPublish): string {
  const where = headRepository === repository ? '' : ` in the fork ${codeSpan(headName ?? 'unknown')}`
  return `> These figures are as the pull request's own run${where} reports them. Its author decides what that run does.\n\n`
}

function belowHeadline(markdown: string, origin: string): string {
  const [headline = '', ...rest] = markdown.split('\n\n')
  return `${headline}\n\n${origin}${rest.join('\n\n')}`
}
