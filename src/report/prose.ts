import { codeSpan } from './code-span.ts'
import { plainLine } from './plain-line.ts'

/** Characters; a sentence of ours is far shorter, and the rest is what came from outside. */
export const MAX_SENTENCE = 600

// What may stand outside a code span. No @ # & * _ ~ [ ] ! \ | $ ^ { }, and a colon only at the end of a word.
const PLAIN_WORD = /^[\p{L}\p{N}.,;()'’+\-−–—±%/<>=≥≤›→×…·?]*:?$/u
// GitHub links these although no sign stands in them: www.host, commits, and references such as GH-12.
const LINKED_WORD = /www\.|\b[0-9a-f]{7,}\b|\p{L}-\d/iu

const PIECE = /"[^"]*"|`[^`]*`|[^\s"`]+|["`]/

/**
 * A sentence of ours in which names from outside may stand, for Markdown. What is quoted, and every word that Markdown or
 * GitHub could take for more than a word, is shown as code. `names` are those that hold quotes themselves, such as budgets.
 */
export function prose(sentence: string, names: readonly string[] = []): string {
  const pieces = new RegExp([...names.filter((name) => name.includes('"')).map(quoted), PIECE.source].join('|'), 'g')
  let written = ''
  let end = 0
  for (const { 0: piece, index } of plainLine(sentence, MAX_SENTENCE).matchAll(pieces)) {
    const shown = showPiece(piece)
    // Two fences must not touch, they would be one longer fence.
    const apart = index > end || (written.endsWith('`') && shown.startsWith('`'))
    written += (apart ? ' ' : '') + shown
    end = index + piece.length
  }
  return written
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
    .trim()
}

function quoted(name: string): string {
  return `"${RegExp.escape(plainLine(name, MAX_SENTENCE))}"`
}

function showPiece(piece: string): string {
  if (piece === '"') return piece
  if (piece.length > 1 && /^["`]/.test(piece)) return codeSpan(piece.slice(1, -1))
  if (PLAIN_WORD.test(piece) && !LINKED_WORD.test(piece)) return piece.replace(/[<>]/g, '\\$&')
  // A path is often copied: what ends the sentence is no part of it.
  const [, word = '', stop = ''] = /^(.*?)([.,;:]*)$/.exec(piece) ?? []
  return word === '' ? codeSpan(piece) : codeSpan(word) + stop
}
