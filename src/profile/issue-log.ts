import type { Issue, IssueCode } from './issue.ts'
import type { Place } from './profile.ts'
import type { Span } from './tree.ts'

/** The issues of one profile as they are found, in any order. */
export interface IssueLog {
  add(code: IssueCode, span: Span, message: string): void
  /** Place of an offset in the text. */
  place(offset: number): Place
  /** Without repetitions, sorted by place. */
  sorted(): readonly Issue[]
}

export function createIssueLog(text: string, file: string): IssueLog {
  const lineStarts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  const place = (offset: number): Place => {
    const line = lastAtMost(lineStarts, offset)
    return { file, line: line + 1, column: offset - (lineStarts[line] ?? 0) + 1 }
  }
  // An alias shows the same text in two places, and with it the same mistake.
  const issues = new Map<string, Issue>()
  return {
    place,
    add(code, { start, end }, message) {
      const lineEnd = text.slice(start, Math.max(start, end)).search(/[\r\n]/)
      const length = Math.max(1, lineEnd < 0 ? end - start : lineEnd)
      issues.set(`${start} ${code} ${message}`, { code, place: place(start), length, message })
    },
    sorted: () => [...issues.values()].sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column),
  }
}

/** Index of the last number that is not above `value`, by bisection. */
function lastAtMost(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((ascending[middle] as number) <= value) low = middle
    else high = middle - 1
  }
  return low
}
