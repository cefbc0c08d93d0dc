import type { Bytes } from '../units.ts'
import { pointer } from './grammar-values.ts'
import { readBytes } from './read-answer-checks.ts'
import { type Read, readFileBeside, type Scalar, wrong } from './scalars.ts'
import { described, leaf, map } from './schema.ts'

/** A worker holds several of each. */
const LARGEST: Bytes = 10e6

function readDocumentSize(raw: Scalar): Read<Bytes> {
  const value = readBytes(String(raw))
  if (value === undefined) return wrong('unknown-unit', '{} is not a size; write one such as 100 kB')
  return value >= 1 && value <= LARGEST
    ? { value }
    : wrong('out-of-range', '{} is out of range; possible is up to 10 MB')
}

function readDocumentFile(raw: Scalar): Read<string> {
  const file = readFileBeside(raw)
  if (!('value' in file)) return file
  return /[^/]\.json$/i.test(file.value) ? file : wrong('invalid-value', '{} is not a .json file')
}

export const Document = described(
  map({
    file: leaf(readDocumentFile, {
      type: 'a path to a .json file',
      description: 'File beside the profile or below it. Generators such as `${uuid()}` can stand in its texts.',
      examples: ['order.json'],
      json: { type: 'string', pattern: '\\.[jJ][sS][oO][nN]$|\\$\\{env\\.' },
    }),
    size: leaf(readDocumentSize, {
      type: 'a size such as 100 kB',
      description: 'How large the document becomes at least: the entries of a list in it are repeated.',
      examples: ['100 kB'],
      json: { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*(B|kB|MB)$|\\$\\{env\\.' },
    }),
    list: pointer({
      description: 'JSON Pointer (RFC 6901) to the list whose entries are repeated.',
      default: 'the first list with entries',
      examples: ['/items'],
    }).optional(),
  }),
  {
    type: 'a map',
    description: 'Body, a large JSON document made before the load, in up to 16 variants.',
    examples: ['{ file: order.json, size: 100 kB }'],
  },
)
