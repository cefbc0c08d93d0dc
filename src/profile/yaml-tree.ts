import {
  Composer,
  Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  Parser,
  parseDocument,
  visit,
} from 'yaml'
import type { IssueLog } from './issue-log.ts'
import type { JsonValue } from './profile.ts'
import { show } from './show.ts'
import { at, type Entry, type Node, type Path, type Span } from './tree.ts'
import { explainYamlError } from './yaml-errors.ts'

/** Far above what a profile needs; below what makes the recursive half of a YAML reader run out of stack. */
const MAX_DEPTH = 50
/** Uses of `*name`, counted after expansion, so that aliases of aliases cannot multiply. */
const MAX_ALIASES = 50
/** Characters that they stand for, all uses together. */
const MAX_COPIED = 100_000
/** One mistake of indentation makes many; the first ones tell. */
const MAX_SYNTAX_ISSUES = 20

/** Text as nodes; undefined when its syntax is broken, and then the issues are in the log. */
export function readYaml(text: string, log: IssueLog): Node | undefined {
  const document = compose(text, log)
  if (!document) return undefined
  if (document.errors.length > 0) {
    const seen = new Set<number>()
    for (const { code, pos, message } of document.errors.slice(0, MAX_SYNTAX_ISSUES)) {
      const start = message.startsWith('Missing closing') ? openQuote(document) : Math.min(pos[0], text.length)
      const { line } = log.place(start)
      if (!seen.has(line)) log.add('syntax', { start, end: pos[1] }, explainYamlError(code, message))
      seen.add(line)
      // What comes after a bracket that does not fit is read in the wrong place, and is mostly right.
      if (code === 'UNEXPECTED_TOKEN') break
    }
    return undefined
  }
  return toNodes(text, document, log)
}

/**
 * A sound text with one entry more at the end of a list of its outermost map, which is begun where it is not there. Comments
 * stay, and so do all other values; how they are laid out may change.
 */
export function withEntry(text: string, list: string, entry: Readonly<Record<string, string>>): string {
  const document = parseDocument(text, { version: '1.2', schema: 'core' })
  if (document.hasIn([list])) document.addIn([list], entry)
  else document.setIn([list], [entry])
  return document.toString({ lineWidth: 0 })
}

/** How a place of a document is written. */
export interface Layout {
  /** Lines of a comment above it. */
  readonly above?: readonly string[]
  /** Lines of a comment at its end. */
  readonly below?: readonly string[]
  /** An empty line above it. */
  readonly apart?: boolean
  /** All of it in one line. */
  readonly flat?: boolean
}

/** A value as text, laid out as `layout` says of each map, list and entry in it. */
export function writeYaml(value: JsonValue, layout: (path: Path) => Layout | undefined): string {
  const document = new Document(value, { version: '1.2', schema: 'core', aliasDuplicateObjects: false })
  const comment = (lines: readonly string[] = []) => lines.map((line) => ` ${line}`).join('\n')

  const lay = (node: unknown, head: unknown, path: Path): void => {
    const { above, below, apart, flat } = layout(path) ?? {}
    if (isNode(head) && above) head.commentBefore = comment(above)
    if (isNode(head) && apart) head.spaceBefore = true
    if (!isMap(node) && !isSeq(node)) return
    if (below) node.comment = comment(below)
    if (flat) node.flow = true
    else if (isSeq(node)) for (const [index, item] of node.items.entries()) lay(item, item, [...path, index])
    else for (const { key, value } of node.items) lay(value, key, [...path, isScalar(key) ? String(key.value) : ''])
  }

  lay(document.contents, undefined, [])
  const head = layout([])?.above
  if (head) document.commentBefore = comment(head)
  return document.toString({ lineWidth: 0 })
}

/** A text whose quote is never closed runs to the end, so it is the last one that is quoted. */
function openQuote(document: Document): number {
  let start = 0
  visit(document, {
    Scalar: (_, { type, range }) => {
      if (type?.startsWith('QUOTE')) start = range?.[0] ?? start
    },
  })
  return start
}

/** The library's own parseDocument, with a look at the depth before its recursive half begins. */
function compose(text: string, log: IssueLog): Document | undefined {
  const parser = new Parser()
  const tokens = []
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme))
    if (parser.stack.length > MAX_DEPTH) {
      log.add('too-large', at(parser.offset), `nested more than ${MAX_DEPTH} levels deep; about 10 are needed`)
      return undefined
    }
  }
  tokens.push(...parser.end())
  for (const token of tokens)
    if (token.type === 'directive') {
      log.add('syntax', from(token.offset, token.source), 'directives are not supported; remove this line')
      return undefined
    }
  // The library looks for repeated keys by comparing each with each; toNodes does it with a map.
  const options = { version: '1.2', schema: 'core', merge: false, uniqueKeys: false, strict: true } as const
  const [document, second] = [...new Composer({ ...options, logLevel: 'silent' }).compose(tokens, true, text.length)]
  if (second) {
    log.add('syntax', at(second.range[0]), 'a second document begins here; write one only, and remove "---"')
    return undefined
  }
  return document
}

function toNodes(text: string, document: Document, log: IssueLog): Node {
  let aliases = 0
  let copied = 0
  // From then on no alias is followed: one that contains itself would never end.
  let spent = false

  const entriesOf = (pairs: readonly unknown[], depth: number): ReadonlyMap<string, Entry> => {
    const entries = new Map<string, Entry>()
    for (const pair of pairs) {
      if (!isPair(pair)) continue
      const key = isAlias(pair.key) ? undefined : convert(pair.key, depth)
      const span = key?.span ?? at(0)
      if (key?.kind !== 'scalar' || key.value === null) {
        log.add('syntax', span, 'a key must be plain text')
        continue
      }
      const name = key.written
      if (name === '<<' || name === '__proto__') {
        const why = name === '<<' ? 'merge keys are not supported; write the keys out' : `unknown key "${name}"`
        log.add('unknown-key', span, why)
      } else if (entries.has(name)) {
        const line = log.place(entries.get(name)?.key.start ?? 0).line
        log.add('duplicate-name', span, `${show(name)} is already set in line ${line}; keep one of them`)
      } else entries.set(name, { key: span, value: convert(pair.value, depth, span) })
    }
    return entries
  }

  /** `anchor` is where a value would stand that is left out: right behind its key. */
  const convert = (node: unknown, depth: number, anchor: Span = at(0)): Node => {
    if (isAlias(node)) return convertAlias(node, depth)
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return nothing(anchor)
    const span = spanOf(node.range)
    if (node.tag !== undefined && node.tag !== null) {
      log.add('syntax', span, `the tag ${show(node.tag)} is not supported; write the value without it`)
      return { kind: 'broken', span }
    }
    if (isMap(node)) return { kind: 'map', span, entries: entriesOf(node.items, depth + 1) }
    if (isSeq(node)) return { kind: 'list', span, items: node.items.map((item) => convert(item, depth + 1, span)) }
    if (span.start === span.end) return nothing(anchor)
    return scalar(node.value, typeof node.source === 'string' ? node.source : String(node.value), span)
  }

  const convertAlias = (node: { source: string; range?: readonly number[] | null }, depth: number): Node => {
    const span = spanOf(node.range)
    if (spent) return { kind: 'broken', span }
    const target = isAlias(node) ? node.resolve(document) : undefined
    const { start, end } = spanOf(target?.range)
    aliases++
    copied += end - start
    if (aliases > MAX_ALIASES || copied > MAX_COPIED || depth > MAX_DEPTH) {
      log.add('too-large', span, 'the "*" aliases up to here stand for too much text; write the values out')
      spent = true
      return { kind: 'broken', span }
    }
    if (target) return convert(target, depth + 1, span)
    log.add('syntax', span, `nothing above is marked with ${show(`&${node.source}`)}`)
    return { kind: 'broken', span }
  }

  const scalar = (value: unknown, written: string, span: Span): Node => {
    if (!written.isWellFormed()) {
      log.add('invalid-value', span, 'this text holds half a character (a lone surrogate); write the whole one')
      return { kind: 'broken', span }
    }
    const known = value === null || typeof value === 'boolean' || typeof value === 'number' ? value : written
    return { kind: 'scalar', span, value: known, written }
  }

  return convert(document.contents, 0, { start: 0, end: Math.min(1, text.length) })
}

function nothing(span: Span): Node {
  return { kind: 'scalar', span, value: null, written: '' }
}

function spanOf(range: readonly number[] | null | undefined): Span {
  const start = range?.[0] ?? 0
  return { start, end: Math.max(start, range?.[1] ?? start) }
}

function from(start: number, source: string): Span {
  return { start, end: start + source.trimEnd().length }
}
