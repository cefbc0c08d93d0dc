import { type Annotation, annotate } from '../report/annotations.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { outputsOf } from '../report/outputs.ts'
import type { Report } from '../report/report.ts'
import type { PullRequestComments } from './comments.ts'
import { noticeOf } from './notice.ts'
import type { Published, Publisher } from './publisher.ts'
import { PATIENCE, realWaiting, type Waiting } from './retry.ts'
import { COMMENT_LIMIT, putStickyComment, type RunStamp, stickyHeader } from './sticky-comment.ts'

/** In characters; three bytes each at most, so always below the 1 MiB at which the runner drops a summary. */
const SUMMARY_LIMIT = 300_000

/** The door to the runner: what the log, the job and later steps are told. */
export interface RunnerDoor {
  setOutput(name: string, value: string): void
  /** A sentence on what went wrong, if anything did. */
  writeSummary(markdown: string): Promise<string | undefined>
  annotate(annotation: Annotation): void
}

export interface CommentTarget {
  readonly comments: PullRequestComments
  /** The pull request's number, as notices name it. */
  readonly number: number
  readonly stamp: RunStamp
  /** Tells apart the comments of one profile that is run several times on one pull request, as in a matrix. */
  readonly key?: string
}

export interface GitHubPublishing {
  readonly runner: RunnerDoor
  /** Undefined when there is no pull request, or no comment is wanted. */
  readonly comment: CommentTarget | undefined
  /** Ends waiting for GitHub, as when the job is cancelled. */
  readonly signal?: AbortSignal
}

/** Outputs, summary and annotations first: they need nobody else. The comment may have to wait for GitHub. */
export function githubPublisher(
  { runner, comment, signal }: GitHubPublishing,
  waiting: Waiting = realWaiting,
): Publisher {
  return {
    publish: async (report): Promise<Published> => {
      const notices: string[] = []
      const each = async <T>(what: string, act: () => T | Promise<T>): Promise<T | undefined> => {
        try {
          return await act()
        } catch (error) {
          notices.push(noticeOf(what, error))
          return undefined
        }
      }
      await each('The outputs', () => {
        for (const [name, value] of Object.entries(outputsOf(report))) runner.setOutput(name, value)
      })
      const cut = await each('The job summary', () =>
        runner.writeSummary(renderMarkdown(report, { limit: SUMMARY_LIMIT })),
      )
      if (cut) notices.push(cut)
      await each('The annotations', () => {
        for (const annotation of annotate(report)) runner.annotate(annotation)
      })
      if (!comment) return { commentUrl: undefined, notices }
      const name = `The comment on #${comment.number}`
      const sticky = await each(name, () => putReport(report, comment, { waiting, signal }))
      if (sticky?.written === false) notices.push(`${name} is by a newer run and was left as it is.`)
      if (sticky) await each('The output `comment-url`', () => runner.setOutput('comment-url', sticky.url))
      return { commentUrl: sticky?.url, notices }
    },
  }
}

function putReport(
  report: Report,
  { comments, stamp, key: extra = '' }: CommentTarget,
  { waiting, signal }: { waiting: Waiting; signal: AbortSignal | undefined },
) {
  const key = [report.result.profile, report.run.profilePath, extra].join('\0')
  const limit = COMMENT_LIMIT - stickyHeader(key, stamp).length
  const text = renderMarkdown(report, { limit })
  return putStickyComment(comments, { key, stamp, text }, { waiting, until: waiting.now() + PATIENCE, signal })
}
