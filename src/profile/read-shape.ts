import { nearest } from '../nearest.ts'
import { ELSEWHERE } from './elsewhere.ts'
import { jsonOf } from './json-text.ts'
import { complain, literal, type Reading } from './reading.ts'
import { type Facets, type Loose, type Schema, type Shape, shapeOf } from './schema.ts'
import { show } from './show.ts'
import { type BrokenNode, type Node, nodeAt, type Path, type ScalarNode } from './tree.ts'

/** Of anything in a profile; a load of more pieces belongs into a script that writes the profile. */
const LONGEST_LIST = 1_000
/** Of a value that is not sent; nothing that is read with a pattern is longer. */
const LONGEST_TEXT = 2_000

/**
 * The value of a schema at a place of the profile. Whatever is wrong goes to the log, with its place, and is left out of
 * the value, so that the rest can still be checked.
 */
export function readShape<S extends Schema>(reading: Reading, schema: S, path: Path = []): Loose<S> | undefined {
  const node = nodeAt(reading.root, path)
  return node && (readNode(reading, schema, node, path) as Loose<S> | undefined)
}

function readNode(reading: Reading, schema: Schema, node: Node, path: Path): unknown {
  if (node.kind === 'broken') return undefined
  const shape = shapeOf(schema)
  if (node.kind === 'scalar' && node.value === null && shape.kind !== 'json') {
    complain(reading, path, 'wrong-type', `${label(path)} has no value; write ${typeOf(shape)}`, 'head')
    return undefined
  }
  switch (shape.kind) {
    case 'json':
      return jsonOf(reading, node, path)
    case 'either':
      return readNode(reading, chosen(shape.options, node), node, path)
    case 'list':
      if (node.kind !== 'list') return wrongKind(reading, shape, node, path)
      if (node.items.length > LONGEST_LIST) {
        complain(reading, path, 'too-large', `${label(path)} has more than ${LONGEST_LIST} entries`, 'head')
        return undefined
      }
      if (node.items.length === 0) complain(reading, path, 'wrong-type', `${label(path)} is empty`, 'head')
      return node.items.map((item, index) => readNode(reading, shape.item, item, [...path, index]))
    case 'dictionary':
      return node.kind === 'map' ? readDictionary(reading, shape, node, path) : wrongKind(reading, shape, node, path)
    case 'map':
      return node.kind === 'map' ? readFields(reading, shape, node, path) : wrongKind(reading, shape, node, path)
    case 'scalar':
      return node.kind === 'scalar' ? readScalar(reading, shape, node, path) : wrongKind(reading, shape, node, path)
  }
}

function chosen(options: readonly Schema[], node: Node): Schema {
  return (options.find((option) => shapeOf(option).kind === node.kind) ?? options[0]) as Schema
}

type Of<Kind extends Shape['kind']> = Extract<Shape, { kind: Kind }>

function readFields(
  reading: Reading,
  { fields }: Of<'map'>,
  node: Extract<Node, { kind: 'map' }>,
  path: Path,
): unknown {
  const values: Record<string, unknown> = Object.create(null)
  const misspelt = new Set<string>()
  for (const [key, { value }] of node.entries) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (field) values[key] = readNode(reading, field.schema, value, [...path, key])
    else {
      const meant = meantBy(key, Object.keys(fields))
      complain(reading, [...path, key], 'unknown-key', unknownKey(key, meant, Object.keys(fields)), 'head')
      if (meant !== undefined) misspelt.add(meant)
    }
  }
  for (const [key, { schema, required }] of Object.entries(fields))
    if (required && !node.entries.has(key) && !misspelt.has(key))
      complain(reading, path, 'missing-key', missingKey(key, schema), 'head')
  return values
}

function readDictionary(
  reading: Reading,
  shape: Of<'dictionary'>,
  node: Extract<Node, { kind: 'map' }>,
  path: Path,
): unknown {
  const key = shapeOf(shape.key)
  const values: Record<string, unknown> = Object.create(null)
  for (const [name, { value }] of node.entries) {
    const place = [...path, name]
    const read = key.kind === 'scalar' ? key.read(name) : { value: name }
    if ('message' in read)
      complain(
        reading,
        place,
        read.code,
        read.message.replace('{}', () => show(name)),
        'head',
      )
    const inner = readNode(reading, shape.value, value, place)
    if ('value' in read) values[name] = inner
  }
  return values
}

function readScalar(reading: Reading, shape: Of<'scalar'>, node: ScalarNode, path: Path): unknown {
  const { content, asWritten } = shape.facets ?? {}
  if (content === 'template') return node.written
  const text = typeof node.value === 'string' || asWritten ? literal(reading, node) : undefined
  if (text === undefined && (typeof node.value === 'string' || asWritten)) return undefined
  if (text !== undefined && text.length > LONGEST_TEXT) {
    complain(reading, path, 'too-large', `${label(path)} has more than ${LONGEST_TEXT} characters`)
    return undefined
  }
  const read = shape.read(text ?? (node.value as number | boolean))
  if ('value' in read) return read.value
  complain(
    reading,
    path,
    read.code,
    read.message.replace('{}', () => shown(node)),
  )
  return undefined
}

/** As written where it has `${env.NAME}` in it: the value may be a secret. */
function shown(node: ScalarNode): string {
  if (node.written.includes('${env.')) return `the value of ${show(node.written)}`
  return show(node.value ?? '')
}

function wrongKind(reading: Reading, shape: Shape, node: Exclude<Node, BrokenNode>, path: Path): undefined {
  const kinds = { map: 'a map', list: 'a list', scalar: 'a single value' }
  const hint = shape.kind === 'list' && node.kind !== 'list' ? '; begin each entry with "- "' : ''
  complain(
    reading,
    path,
    'wrong-type',
    `${label(path)} must be ${typeOf(shape)}, not ${kinds[node.kind]}${hint}`,
    'head',
  )
}

function label(path: Path): string {
  const last = path.at(-1)
  if (last === undefined) return 'a profile'
  return typeof last === 'string' ? show(last) : `entry ${last + 1} of ${show(String(path.at(-2)))}`
}

function typeOf({ facets }: { readonly facets: Facets | undefined }): string {
  return facets?.type ?? 'a value'
}

function meantBy(key: string, known: readonly string[]): string | undefined {
  const foreign = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key]?.find((word) => known.includes(word)) : undefined
  return foreign ?? (key.length <= 60 ? nearest(key, known) : undefined)
}

function unknownKey(key: string, meant: string | undefined, known: readonly string[]): string {
  return `unknown key ${show(key)}${meant ? `; did you mean "${meant}"?` : ';'} possible here: ${known.join(', ')}`
}

function missingKey(key: string, schema: Schema): string {
  const { facets } = shapeOf(schema)
  const example = facets?.examples?.[0]
  return `${show(key)} is missing; ${example ? `add one, as in "${key}: ${example}"` : `add ${facets?.type ?? 'it'}`}`
}
