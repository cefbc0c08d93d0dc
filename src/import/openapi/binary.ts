import type { DraftBody, DraftPart } from '../draft.ts'
import { type Fields, fields, items, textOf } from '../source.ts'
import type { Uploads } from '../uploads.ts'
import type { ApiDocument } from './document.ts'

export interface Making {
  readonly document: ApiDocument
  readonly uploads: Uploads
  /** What the file is called where nothing else says it. */
  readonly name: string
}

/**
 * The type of a file where the schema means one: a binary string (OpenAPI 3.0, and many of 3.1), or one with a type or an
 * encoding of its content (3.1, 4.8.14.1). Undefined for all else.
 */
function fileType(
  schema: Fields,
  said: string | undefined,
): { readonly type: string; readonly base64: boolean } | undefined {
  const { type, format, contentMediaType, contentEncoding } = schema
  if (type !== undefined && ![type].flat().includes('string')) return undefined
  const media = textOf(contentMediaType)
  const isFile = format === 'binary' || contentEncoding !== undefined || (media !== undefined && !/json/i.test(media))
  if (!isFile) return undefined
  const named = (said ?? media ?? 'application/octet-stream').split(',')[0]!.trim()
  return {
    type: named.includes('*') ? (EXAMPLES[named] ?? 'application/octet-stream') : named,
    base64: /^base64/i.test(textOf(contentEncoding) ?? ''),
  }
}

const EXAMPLES: Readonly<Record<string, string>> = { 'image/*': 'image/png', 'text/*': 'text/plain' }

/** A body that is a file; undefined where the description means none. */
export function fileBody(media: unknown, type: string, { document, uploads, name }: Making): DraftBody | undefined {
  const schema = document.resolve(fields(media).schema) ?? {}
  // 3.1 says nothing of what is a file by its type.
  const isBare = schema.type === undefined && /^(?:image|audio|video)\/|octet-stream|\bpdf\b|\bzip\b/i.test(type)
  const found = isBare ? { type, base64: false } : fileType(schema, type)
  return found && { kind: 'file', file: madeUp(name, found, uploads), type: found.type }
}

/** The files of a form: one for each property that is one, or a list of them. */
export function fileParts(media: unknown, { document, uploads }: Making): ReadonlyMap<string, DraftPart> {
  const { schema, encoding } = fields(media)
  const parts = Object.entries(propertiesOf(schema, document)).flatMap(([name, written]) => {
    const property = document.resolve(written) ?? {}
    const single = property.type === 'array' ? (document.resolve(property.items) ?? {}) : property
    const found = fileType(single, textOf(fields(fields(encoding)[name]).contentType))
    return found ? [[name, { name, file: madeUp(name, found, uploads), type: found.type }] as const] : []
  })
  return new Map(parts)
}

/** Of the schema and of those that it is put together from. */
function propertiesOf(given: unknown, document: ApiDocument, depth = 5): Fields {
  const schema = document.resolve(given)
  if (schema === undefined || depth === 0) return {}
  const parts = items(schema.allOf).map((part) => propertiesOf(part, document, depth - 1))
  return Object.assign({}, ...parts, fields(schema.properties))
}

function madeUp(name: string, { type, base64 }: { type: string; base64: boolean }, uploads: Uploads): string {
  const bare = type.split(';')[0]!.toLowerCase()
  const [ending, content] = SMALL[bare] ?? (bare.startsWith('text/') ? ['txt', TEXT] : ['bin', TEXT])
  return uploads.madeUp(`${name}.${ending}`, base64 ? Buffer.from(content.toString('base64')) : content)
}

const TEXT = Buffer.from('A file that Loadgate made up.\n')

/** The least that a reader of the type takes. */
const SMALL: Readonly<Record<string, readonly [ending: string, content: Buffer]>> = {
  'image/png': [
    'png',
    Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
      'base64',
    ),
  ],
  'image/gif': ['gif', Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')],
  'image/jpeg': [
    'jpg',
    Buffer.from(
      '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
      'base64',
    ),
  ],
  'text/csv': ['csv', Buffer.from('name,count\nlamp,1\n')],
  'application/json': ['json', Buffer.from('{}\n')],
  'application/xml': ['xml', Buffer.from('<empty/>\n')],
  'application/zip': ['zip', Buffer.from(`PK\x05\x06${'\0'.repeat(18)}`, 'latin1')],
}
