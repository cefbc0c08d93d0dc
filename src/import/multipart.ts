/** A field, or a file as far as a recording has it. */
export type RecordedPart =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string
      readonly file: string
      readonly type: string | undefined
      /** Undefined where it is not text, of which a recording keeps garbled pieces. */
      readonly content: string | undefined
    }

/** Of fields and files: far above what a form has. */
const MOST_PARTS = 1_000

/** The parts of a recorded multipart body (RFC 7578); undefined where it is none. */
export function multipartParts(text: string, type: string): readonly RecordedPart[] | undefined {
  const boundary = /^multipart\/form-data\b.*;\s*boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary === undefined) return undefined
  const pieces = text.split(`--${boundary}`).slice(1, MOST_PARTS + 2)
  if (!pieces.at(-1)?.startsWith('--')) return undefined
  const parts = pieces.slice(0, -1).map(partOf)
  return parts.every((part) => part !== undefined) ? parts : undefined
}

function partOf(piece: string): RecordedPart | undefined {
  const [, head = '', content = ''] = /^\r?\n([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(piece) ?? []
  const name = /\bname="([^"]*)"/i.exec(head)?.[1]
  const file = /\bfilename="([^"]*)"/i.exec(head)?.[1]
  if (name === undefined) return undefined
  const text = content.replace(/\r?\n$/, '')
  if (file === undefined) return { name, value: text }
  const type = /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim()
  return { name, file, type, content: text === '' || /[\ufffd\0]/.test(text) ? undefined : text }
}
