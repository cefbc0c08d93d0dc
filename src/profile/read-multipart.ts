import { createHash } from 'node:crypto'
import type { Multipart } from './grammar-body.ts'
import type { Body, Template } from './profile.ts'
import { readTemplate } from './read-template.ts'
import { complain, type Reading, unread } from './reading.ts'
import { wrongHeaderValue } from './scalars.ts'
import type { Loose } from './schema.ts'
import { joinLiterals, type Scope } from './template.ts'
import { nodeAt, type Path } from './tree.ts'

type Section = Loose<typeof Multipart>
type Value = Section[string]

/** A form with files (RFC 7578); undefined when something is wrong with it, which is then in the log. */
export function readMultipart(
  reading: Reading,
  section: Section | undefined,
  { path, scope }: { readonly path: Path; readonly scope: Scope },
): Body | undefined {
  // RFC 7578 4.3: several of one name are parts that follow each other.
  const parts = Object.entries(section ?? {}).flatMap(([name, value]) =>
    isList(value)
      ? value.map((one, index) => readPart(reading, name, one, { path: [...path, name, index], scope }))
      : [readPart(reading, name, value, { path: [...path, name], scope })],
  )
  if (section !== undefined && parts.length === 0 && !unread(reading, path, section))
    complain(reading, path, 'missing-key', 'this form has no field; add one, or remove "multipart"', 'head')
  if (parts.length === 0 || unread(reading, path, section)) return undefined
  return parts.every((part) => part !== undefined) ? joined(parts) : undefined
}

function isList(value: Value): value is Extract<Value, readonly unknown[]> {
  return Array.isArray(value)
}

function readPart(
  reading: Reading,
  name: string,
  value: Exclude<Value, readonly unknown[]>,
  { path, scope }: { readonly path: Path; readonly scope: Scope },
): Template | undefined {
  const field = `Content-Disposition: form-data; name="${quoted(name)}"`
  if (typeof value !== 'object') {
    const text =
      nodeAt(reading.root, path)?.kind === 'scalar' ? readTemplate(reading, path, { scope, encode: 'none' }) : undefined
    return text && [`${field}\r\n\r\n`, ...text]
  }
  const { file, type = 'application/octet-stream' } = value
  const wrongType = wrongHeaderValue(type)
  if (wrongType) complain(reading, [...path, 'type'], wrongType.code, wrongType.message.replace('{}', '"type"'))
  if (file === undefined || wrongType || unread(reading, path, withoutUndefined(value))) return undefined
  const filename = value.name ?? file.slice(file.lastIndexOf('/') + 1)
  const head = `${field}; filename="${quoted(filename)}"\r\nContent-Type: ${type}\r\n\r\n`
  return [head, { encode: 'none', value: { kind: 'file', file } }]
}

/** What the schema refused is there as a key without a value. */
function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined))
}

/** As browsers write names (HTML, multipart/form-data encoding algorithm): RFC 7578 4.2 has no escape of its own. */
function quoted(name: string): string {
  return name
    .toWellFormed()
    .replace(/\r\n|\r|\n/g, '%0D%0A')
    .replaceAll('"', '%22')
}

/**
 * The boundary follows from what it parts, so that it is the same in every run; no text holds a hash of itself. Files are
 * looked through when they are read, and values when they are sent.
 */
function joined(parts: readonly Template[]): Body {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  const boundary = `loadgate-${hash.slice(0, 32)}`
  const content = joinLiterals([
    ...parts.flatMap((part) => [`--${boundary}\r\n`, ...part, '\r\n']),
    `--${boundary}--\r\n`,
  ])
  return { type: `multipart/form-data; boundary=${boundary}`, content, boundary }
}
