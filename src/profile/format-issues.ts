import type { Issue } from './issue.ts'
import { visible } from './show.ts'

/** A reader mends the first ones first; a log of thousands serves nobody. */
const MOST_ISSUES = 50
/** Characters of a source line that are shown around the mistake. */
const WINDOW = 100

/**
 * Issues for people, each with its line and a mark beneath:
 *
 *     loadgate.yml:7:10  unknown-unit  "10 sek" is not a duration; use ms, s, m or h
 *       7 |     for: 10 sek
 *         |          ^^^^^^
 */
export function formatIssues(issues: readonly Issue[], text: string): string {
  const lines = withoutMark(text).split(
    '\n',
    Math.max(0, ...issues.slice(0, MOST_ISSUES).map(({ place }) => place.line)),
  )
  const shown = issues.slice(0, MOST_ISSUES).map((issue) => formatIssue(issue, lines[issue.place.line - 1] ?? ''))
  const more = issues.length - shown.length
  return [...shown, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n')
}

/** Without the mark of byte order that some editors put first: no editor counts it as a column. */
export function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '')
}

function formatIssue({ code, place, length, message }: Issue, source: string): string {
  const heading = `${visible(place.file)}:${place.line}:${place.column}  ${code}  ${visible(message)}`
  const line = source.replace(/\r$/, '')
  const column = Math.min(place.column - 1, line.length)
  // Cut around the mistake, with two thirds of the window behind its beginning.
  const from = line.length <= WINDOW ? 0 : Math.max(0, Math.min(column - Math.floor(WINDOW / 3), line.length - WINDOW))
  const before = excerpt(line.slice(from, column), from > 0 ? '…' : '')
  const marked = visible(line.slice(column, Math.min(column + length, from + WINDOW)).toWellFormed())
  const after = visible(line.slice(column + length, from + WINDOW).toWellFormed())
  const end = from + WINDOW < line.length ? '…' : ''
  const number = String(place.line)
  const carets = '^'.repeat(Math.max(1, width(marked)))
  return [
    heading,
    `  ${number} | ${before}${marked}${after}${end}`.trimEnd(),
    `  ${' '.repeat(number.length)} | ${' '.repeat(width(before))}${carets}`,
  ].join('\n')
}

function excerpt(text: string, start: string): string {
  return start + visible(text.toWellFormed())
}

/** Characters, as a terminal counts them but for wide ones. */
function width(text: string): number {
  return [...text].length
}
