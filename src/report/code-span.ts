import { plainLine } from './plain-line.ts'

/**
 * The only form in which outside text enters Markdown: nothing in a code span is a mention, a link, an image, HTML or a
 * reference to an issue. The fence is longer than any run of backticks inside, so that none of them closes it.
 */
export function codeSpan(text: string): string {
  // In a table "|" ends the cell even inside code, and parsers disagree on a backslash before the one that escapes it.
  const line = plainLine(text).replaceAll('|', '¦')
  const fence = '`'.repeat(longestRun(line) + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}

/** The same for a command that a reader will copy: a fenced block of one line, in which pipes stay pipes. */
export function codeBlock(text: string, language: string): string {
  const line = plainLine(text, 2_000)
  const fence = '`'.repeat(Math.max(3, longestRun(line) + 1))
  return `${fence}${language}\n${line}\n${fence}`
}

function longestRun(line: string): number {
  return Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length))
}
