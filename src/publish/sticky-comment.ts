import { createHash } from 'node:crypto'
import { type Retrying, withRetry } from '../github/retry.ts'
import type { Author, Comment, PullRequestComments } from './comments.ts'

/** What the comment was made by: GitHub's run ids rise, so the higher one is the newer run. */
export interface RunStamp {
  readonly runId: number
  readonly attempt: number
}

export interface Sticky {
  readonly url: string
  /** False when a newer run has already spoken; its comment was left as it was. */
  readonly written: boolean
}

/** The two hidden lines that a comment of ours begins with: which profile it is about, and which run wrote it. */
export function stickyHeader(key: string, { runId, attempt }: RunStamp): string {
  return `${marker(key)}\n<!-- loadgate-run:${runId}.${attempt} -->\n`
}

/**
 * Keeps one comment per key on a pull request. Only a comment by ourselves counts as ours: anybody can write the marker.
 * Every try looks anew, so a comment that was created while its answer got lost is found and not created twice.
 */
export function putStickyComment(
  comments: PullRequestComments,
  { key, stamp, text }: { readonly key: string; readonly stamp: RunStamp; readonly text: string },
  retrying: Retrying,
): Promise<Sticky> {
  const body = stickyHeader(key, stamp) + text
  let viewer: Author | undefined
  return withRetry(async () => {
    viewer ??= await comments.viewer()
    const mine = newest(await comments.list(), key, viewer)
    if (mine && isOlder(stamp, stampOf(mine))) return { url: mine.url, written: false }
    const put = mine ? await comments.update(mine.id, body) : await comments.create(body)
    return { url: put.url, written: true }
  }, retrying)
}

// A digest, because the key holds names from the profile, and "-->" in one of them would end the marker.
function marker(key: string): string {
  return `<!-- loadgate:${createHash('sha256').update(key).digest('hex').slice(0, 16)} -->`
}

function newest(comments: readonly Comment[], key: string, viewer: Author): Comment | undefined {
  return comments
    .filter(({ body, author }) => body.startsWith(marker(key)) && author !== undefined && isSame(author, viewer))
    .reduce<Comment | undefined>((best, comment) => (best && best.id > comment.id ? best : comment), undefined)
}

// A person can never be called "…[bot]", but the type costs nothing to ask for.
function isSame(author: Author, viewer: Author): boolean {
  return author.login.toLowerCase() === viewer.login.toLowerCase() && author.bot === viewer.bot
}

/** The stamp in a comment; one that somebody edited away is the oldest there is. */
function stampOf({ body }: Comment): RunStamp {
  const [, runId = 0, attempt = 0] =
    /^<!-- loadgate-run:(\d{1,15})\.(\d{1,6}) -->/.exec(body.split('\n', 2)[1] ?? '') ?? []
  return { runId: Number(runId), attempt: Number(attempt) }
}

function isOlder(a: RunStamp, b: RunStamp): boolean {
  return a.runId === b.runId ? a.attempt < b.attempt : a.runId < b.runId
}
