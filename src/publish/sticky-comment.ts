import { createHash } from 'node:crypto'
import { type Retrying, withRetry } from '../github/retry.ts'
import { type RecentRun, recentRunsLine } from '../report/recent-runs.ts'
import type { Author, Comment, PullRequestComments } from './comments.ts'
import { readRuns, withRun, writeRuns } from './kept-runs.ts'
import { COMMENT_LIMIT } from './limits.ts'

/** What the comment was made by: GitHub's run ids rise, so the higher one is the newer run. */
export interface RunStamp {
  readonly runId: number
  readonly attempt: number
}

export interface Sticky {
  readonly url: string
  /** False when a newer run has already spoken; of its comment only the line of the runs was touched. */
  readonly written: boolean
}

export interface StickyText {
  readonly key: string
  /** The run that speaks. */
  readonly run: RecentRun
  /**
   * What is shown, at most `limit` characters of it.
   * @param recent one line on the runs of the pull request, to be shown as it is; undefined where this is the first
   */
  readonly render: (given: { readonly recent: string | undefined; readonly limit: number }) => string
}

/** The hidden lines that a comment of ours begins with: which profile it is about, which run wrote it, and the last runs. */
export function stickyHeader(key: string, { runId, attempt }: RunStamp, runs: readonly RecentRun[]): string {
  return `${marker(key)}\n<!-- loadgate-run:${runId}.${attempt} -->\n${writeRuns(runs)}\n`
}

/**
 * Keeps one comment per key on a pull request. Only a comment by ourselves counts as ours: anybody can write the marker.
 * Every try looks anew, so a comment that was created while its answer got lost is found and not created twice.
 */
export function putStickyComment(comments: PullRequestComments, text: StickyText, retrying: Retrying): Promise<Sticky> {
  const { key, run } = text
  let viewer: Author | undefined
  return withRetry(async () => {
    viewer ??= await comments.viewer()
    const mine = newest(await comments.list(), key, viewer)
    if (mine && isOlder(run, stampOf(mine))) {
      const body = withLateRun(mine.body, run)
      if (body !== mine.body) await comments.update(mine.id, body)
      return { url: mine.url, written: false }
    }
    const body = bodyOf(text, mine)
    const put = mine ? await comments.update(mine.id, body) : await comments.create(body)
    return { url: put.url, written: true }
  }, retrying)
}

function bodyOf({ key, run, render }: StickyText, mine: Comment | undefined): string {
  const runs = withRun(mine ? runsOf(mine.body) : [], run)
  const header = stickyHeader(key, run, runs)
  return header + render({ recent: recentRunsLine(runs), limit: COMMENT_LIMIT - header.length })
}

/** A run that ends after a newer one has its place in the line of the runs; whatever else the newer one said stays. */
function withLateRun(body: string, run: RecentRun): string {
  const before = runsOf(body)
  const after = withRun(before, run)
  const [was, is] = [recentRunsLine(before), recentRunsLine(after)]
  const kept = body.replace(writeRuns(before), () => writeRuns(after))
  const late = was === undefined || is === undefined ? kept : kept.replace(was, () => is)
  return late.length <= COMMENT_LIMIT ? late : body
}

/** The third line, which a person's edit in the browser ends with CR LF. */
function runsOf(body: string): readonly RecentRun[] {
  return readRuns(body.split(/\r?\n/, 3)[2] ?? '')
}

// A digest, because the key holds names from the profile, and "-->" in one of them would end the marker.
function marker(key: string): string {
  return `<!-- loadgate:${createHash('sha256').update(key).digest('hex').slice(0, 16)} -->`
}

function newest(comments: readonly Comment[], key: string, viewer: Author): Comment | undefined {
  return comments
    .filter(({ body, author }) => body.startsWith(marker(key)) && author !== undefined && isSameAuthor(author, viewer))
    .reduce<Comment | undefined>((best, comment) => (best && best.id > comment.id ? best : comment), undefined)
}

// A person can never be called "…[bot]", but the type costs nothing to ask for.
export function isSameAuthor(author: Author, viewer: Author): boolean {
  return author.login.toLowerCase() === viewer.login.toLowerCase() && author.bot === viewer.bot
}

/** The stamp in a comment; one that somebody edited away is the oldest there is. */
function stampOf({ body }: Comment): RunStamp {
  const [, runId = 0, attempt = 0] =
    /^<!-- loadgate-run:(\d{1,15})\.(\d{1,6}) -->/.exec(body.split('\n', 2)[1] ?? '') ?? []
  return { runId: Number(runId), attempt: Number(attempt) }
}

export function isOlder(a: RunStamp, b: RunStamp): boolean {
  return a.runId === b.runId ? a.attempt < b.attempt : a.runId < b.runId
}
