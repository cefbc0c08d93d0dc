/**
 * Blocks of Markdown that a reader opens. The title is ours: it stands in HTML, where nothing is escaped. The blank line behind
 * the summary makes GitHub read what follows as Markdown.
 */
export function folded(title: string, blocks: readonly string[]): string {
  return `<details><summary>${title}</summary>\n\n${blocks.join('\n\n')}\n\n</details>`
}
