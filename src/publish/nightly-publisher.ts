import { PATIENCE, realWaiting, type Waiting } from '../github/retry.ts'
import { renderMarkdown } from '../report/markdown.ts'
import type { Report } from '../report/report.ts'
import { keyOf } from './github-publisher.ts'
import type { RepositoryIssues } from './issues.ts'
import { keepNightlyIssue, type Night } from './nightly-issue.ts'
import { noticeOf } from './notice.ts'
import type { Publisher } from './publisher.ts'
import type { RunStamp } from './sticky-comment.ts'

export interface NightlyPublishing {
  readonly issues: RepositoryIssues
  readonly stamp: RunStamp
  /** As in https://github.com/octo-org/shop. */
  readonly repositoryUrl: string
  readonly signal?: AbortSignal
  /** Told what became of the issue. */
  readonly say: (sentence: string) => void
}

/** Keeps the issue of a scheduled run; what fails is a notice. */
export function nightlyPublisher(
  { issues, stamp, repositoryUrl, signal, say }: NightlyPublishing,
  waiting: Waiting = realWaiting,
): Publisher {
  return {
    publish: async (report) => {
      try {
        const night = { ...nightOf(report), stamp, repositoryUrl }
        const kept = await keepNightlyIssue(issues, night, { waiting, until: waiting.now() + PATIENCE, signal })
        if (kept) say(`The issue was ${kept.did}: ${kept.url}`)
        return { commentUrl: undefined, notices: [] }
      } catch (error) {
        return { commentUrl: undefined, notices: [noticeOf('The issue', error, 'issues: write')] }
      }
    },
  }
}

function nightOf(report: Report): Omit<Night, 'stamp' | 'repositoryUrl'> {
  const { comparison, result, run, verdict } = report
  const date = new Date(result.startedAt)
  return {
    outcome: verdict.outcome,
    key: keyOf(report),
    profile: result.profile,
    commit: run.commit,
    good: comparison.baseline.kind === 'stored' ? comparison.baseline.commits.at(-1) : comparison.baseline.commit,
    day: date.toISOString().slice(0, 10),
    render: (limit) => renderMarkdown(report, { limit }),
  }
}
