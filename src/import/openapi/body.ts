import type { JsonValue } from '../../profile/profile.ts'
import type { DraftBody, Pairs } from '../draft.ts'
import { type Fields, fields } from '../source.ts'
import { literal } from '../text.ts'
import { fileBody, fileParts, type Making } from './binary.ts'
import { sampleOf } from './sample.ts'

export type Body = { readonly body: DraftBody | undefined } | { readonly why: string; readonly required: boolean }

/** Of the first kind that a profile can have. */
export function bodyOf({ requestBody }: Fields, making: Making): Body {
  if (requestBody === undefined) return { body: undefined }
  const { document } = making
  const given = document.resolve(requestBody)
  const content = Object.entries(fields(given?.content))
  for (const kind of KINDS) {
    const [type, media] = content.find(([name]) => kind.is.test(name)) ?? []
    const body = type === undefined ? undefined : kind.make(media, type, making)
    if (body) return { body }
  }
  const types = content.map(([type]) => type).join(', ')
  return {
    required: given?.required === true,
    why: given
      ? `with a body of ${types || 'no type'} that cannot be made up`
      : 'with a body that is described elsewhere',
  }
}

type Make = (media: unknown, type: string, making: Making) => DraftBody | undefined

/** Of a value that is an example or fits the schema. */
const sampled =
  (make: (value: JsonValue, type: string) => DraftBody | undefined): Make =>
  (media, type, { document }) => {
    const value = sampleOf(media, document)
    return value === undefined ? undefined : make(value, type)
  }

const KINDS: readonly { readonly is: RegExp; readonly make: Make }[] = [
  { is: /^application\/json\b/i, make: sampled((value) => ({ kind: 'json', value })) },
  {
    is: /^application\/x-www-form-urlencoded\b/i,
    make: sampled((value) => ({ kind: 'form', pairs: pairsOf(value) })),
  },
  {
    is: /^[\w.-]+\/[\w.-]+\+json\b/i,
    make: sampled((value, type) => ({ kind: 'text', text: JSON.stringify(value), type })),
  },
  {
    is: /^text\/|xml\b/i,
    make: sampled((value, type) => (typeof value === 'string' ? { kind: 'text', text: value, type } : undefined)),
  },
  { is: /^multipart\/form-data\b/i, make: formOf },
  { is: /\//, make: fileBody },
]

/** A form with files, and with the other properties as texts. */
function formOf(media: unknown, _: string, making: Making): DraftBody | undefined {
  const files = fileParts(media, making)
  const texts = pairsOf(sampleOf(media, making.document) ?? {}).filter(([name]) => !files.has(name))
  const parts = [...texts.map(([name, value]) => ({ name, value })), ...files.values()]
  return parts.length > 0 ? { kind: 'multipart', parts } : undefined
}

function pairsOf(value: JsonValue): Pairs {
  return Object.entries(fields(value)).map(([name, inner]) => [literal(name), plainText(inner as JsonValue)])
}

export function plainText(value: JsonValue): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
