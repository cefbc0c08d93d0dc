import { markdownTable } from 'markdown-table'

/** Rows under a head; the first and the named columns read as text, the others as numbers. No cell may hold a pipe. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], text: readonly string[]): string {
  const align = head.map((column, index) => (index === 0 || text.includes(column) ? 'l' : 'r'))
  // Not padded to equal widths: in a table of a thousand rows one long name would fill the comment with spaces.
  return markdownTable([head, ...rows], { align, alignDelimiters: false })
}
