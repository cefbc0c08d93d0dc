// A page as GitHub reads it, to find whatever text from outside has made of it.
import type { Nodes } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

const OWN_HTML = /^(?:<details><summary>[\p{L}\p{N} ,%]+<\/summary>|<\/details>)$/u
const FORBIDDEN = [
  'link',
  'image',
  'linkReference',
  'imageReference',
  'definition',
  'footnoteReference',
  'footnoteDefinition',
]
// What GitHub turns into more than text, outside code: mentions, references, commits, addresses, emoji, mathematics.
const LIVELY = /[@#$]|:\w+:|\bwww\.|:\/\/|\p{L}-\d|\b[0-9a-f]{7,}\b/iu

export const parse = (markdown: string) =>
  fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })

export function* nodesOf(node: Nodes): Generator<Nodes> {
  yield node
  if ('children' in node) for (const child of node.children) yield* nodesOf(child)
}

/** The blocks of the page without their words: what a name must not be able to change. */
export function outlineOf(markdown: string): string {
  return outline(parse(markdown))
}

function outline(node: Nodes): string {
  if (!('children' in node) || ['paragraph', 'heading', 'tableCell'].includes(node.type)) return node.type
  return `${node.type}(${node.children.map((child) => outline(child)).join(' ')})`
}

/**
 * Whatever on the page is more than our template, plain words and code.
 * @param own where links of ours may lead
 */
export function troubles(markdown: string, own: readonly string[] = []): readonly string[] {
  return [...nodesOf(parse(markdown))].flatMap((node) => {
    if (node.type === 'link' && own.includes(node.url.replace(/#artifacts$/, ''))) return []
    if (FORBIDDEN.includes(node.type)) return [node.type]
    if (node.type === 'html' && !OWN_HTML.test(node.value)) return [`html ${node.value}`]
    if (node.type === 'text' && LIVELY.test(node.value)) return [`text ${node.value}`]
    return []
  })
}
