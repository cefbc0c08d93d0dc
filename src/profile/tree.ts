/** A YAML document as plain nodes, each with its place in the text. */
export type Node = MapNode | ListNode | ScalarNode | BrokenNode

/** Offsets in the text; `end` is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** The character at an offset. */
export function at(offset: number): Span {
  return { start: offset, end: offset + 1 }
}

export interface MapNode {
  readonly kind: 'map'
  readonly span: Span
  /** In the order of the text. A Map, so that no key can mean anything to JavaScript. */
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Entry {
  readonly key: Span
  readonly value: Node
}

export interface ListNode {
  readonly kind: 'list'
  readonly span: Span
  readonly items: readonly Node[]
}

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly span: Span
  readonly value: null | boolean | number | string
  /** The text of the value, also where YAML reads a number: 1.10 and 007 keep their zeros. */
  readonly written: string
}

/** Something that could not be read; why is in the log. */
export interface BrokenNode {
  readonly kind: 'broken'
  readonly span: Span
}

/** Keys and list positions from the root. */
export type Path = readonly (string | number)[]

export function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root
  for (const step of path) {
    if (node?.kind === 'map') node = node.entries.get(String(step))?.value
    else if (node?.kind === 'list') node = node.items[Number(step)]
    else return undefined
  }
  return node
}

export function keysAt(root: Node, path: Path): readonly string[] {
  const node = nodeAt(root, path)
  return node?.kind === 'map' ? [...node.entries.keys()] : []
}

/** Where to point for something as a whole: its key, or the first key or item of an entry of a list. */
export function headSpan(root: Node, path: Path): Span {
  const parent = nodeAt(root, path.slice(0, -1))
  const entry = parent?.kind === 'map' ? parent.entries.get(String(path.at(-1))) : undefined
  return entry && path.length > 0 ? entry.key : firstSpan(nodeAt(root, path) ?? root)
}

function firstSpan(node: Node): Span {
  if (node.kind === 'map') return [...node.entries.values()][0]?.key ?? node.span
  if (node.kind === 'list') return node.items[0] ? firstSpan(node.items[0]) : node.span
  return node.span
}
