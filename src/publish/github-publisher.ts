import { PATIENCE, realWaiting, type Waiting } from '../github/retry.ts'
import { type Annotation, annotationsOf } from '../report/annotations.ts'
import { type MarkdownOptions, renderMarkdown } from '../report/markdown.ts'
import { outputsOf } from '../report/outputs.ts'
import { recentRunOf } from '../report/recent-runs.ts'
import type { Report } from '../report/report.ts'
import type { PullRequestComments } from './comments.ts'
import { SUMMARY_LIMIT } from './limits.ts'
import { noticeOf } from './notice.ts'
import type { Published, Publisher } from './publisher.ts'
import { putStickyComment, type RunStamp } from './sticky-comment.ts'

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
}

export interface GitHubPublishing {
  readonly runner: RunnerDoor
  /** Undefined when there is no pull request, or no comment is wanted. */
  readonly comment: CommentTarget | undefined
  /** Ends waiting for GitHub, as when the job is cancelled. */
  readonly signal?: AbortSignal
}

/**
 * For reports as they are kept: no secret is in them. Outputs, summary and annotations first: they need nobody else, while the comment may have to wait for GitHub. What
 * fails is a notice, and the others are published all the same.
 */
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
      const render = (options: MarkdownOptions) => renderMarkdown(report, options)

      await each('The outputs', () => {
        for (const [name, value] of Object.entries(outputsOf(report))) runner.setOutput(name, value)
      })
      await each('The job summary', async () => {
        const cut = await runner.writeSummary(render({ limit: SUMMARY_LIMIT }))
        if (cut) notices.push(cut)
      })
      await each('The annotations', () => {
        for (const annotation of annotationsOf(report)) runner.annotate(annotation)
      })
      if (!comment) return { commentUrl: undefined, notices }

      const name = `The comment on #${comment.number}`
      const sticky = await each(name, () => {
        const run = recentRunOf(report, comment.stamp)
        const until = waiting.now() + PATIENCE
        return putStickyComment(comment.comments, { key: keyOf(report), run, render }, { waiting, until, signal })
      })
      if (!sticky) return { commentUrl: undefined, notices }
      if (!sticky.written)
        notices.push(`${name} is by a newer run, which stays: this one has its place in its line of runs.`)
      await each('The output `comment-url`', () => runner.setOutput('comment-url', sticky.url))
      return { commentUrl: sticky.url, notices }
    },
  }
}

/** Two profiles on one pull request keep a comment each, also when one was copied with its name. */
export function keyOf({ result, run }: Report): string {
  return [result.profile, run.profilePath].join('\0')
}
