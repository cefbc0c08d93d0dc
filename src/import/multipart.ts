/** A field, or a file as far as a recording has it. */
export type RecordedPart =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string
      readonly file: string
      readonly type: string | undefined
      /** Undefined where a recording of texts has garbled pieces of it. */
      readonly content: string | Buffer | undefined
    }

/** Of fields and files: far above what a form has. */
const MOST_PARTS = 1_000

/**
 * The parts of a recorded multipart body (RFC 7578); undefined where it is none.
 * @param bytes each character of the text is a byte
 */
export function multipartParts(text: string, type: string, bytes = false): readonly RecordedPart[] | undefined {
  const boundary = /^multipart\/form-data\b.*;\s*boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary === undefined) return undefined
  const pieces = text.split(`--${boundary}`).slice(1, MOST_PARTS + 2)
  if (!pieces.at(-1)?.startsWith('--')) return undefined
  const parts = pieces.slice(0, -1).map((piece) => partOf(piece, bytes))
  return parts.every((part) => part !== undefined) ? parts : undefined
}

function partOf(piece: string, bytes: boolean): RecordedPart | undefined {
  const [, headers = '', content = ''] = /^\r?\n([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(piece) ?? []
  const readable = (text: string) => (bytes ? Buffer.from(text, 'latin1').toString() : text)
  const head = readable(headers)
  const name = /\bname="([^"]*)"/i.exec(head)?.[1]
  const file = /\bfilename="([^"]*)"/i.exec(head)?.[1]
  if (name === undefined) return undefined
  const text = content.replace(/\r?\n$/, '')
  if (file === undefined) return { name, value: readable(text) }
  const type = /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim()
  if (bytes) return { name, file, type, content: Buffer.from(text, 'latin1') }
  return { name, file, type, content: text === '' || /[\ufffd\0]/.test(text) ? undefined : text }
}
