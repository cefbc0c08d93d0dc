import type { DraftPart } from './draft.ts'

/** Of fields and files: far above what a form has. */
const MOST_PARTS = 1_000

/**
 * The parts of a recorded multipart body (RFC 7578), its files by their names: a browser's recording keeps their content in part,
 * if at all. Undefined where it is none.
 */
export function multipartParts(text: string, type: string): readonly DraftPart[] | undefined {
  const boundary = /^multipart\/form-data\b.*;\s*boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary === undefined) return undefined
  const pieces = text.split(`--${boundary}`).slice(1, MOST_PARTS + 2)
  if (!pieces.at(-1)?.startsWith('--')) return undefined
  const parts = pieces.slice(0, -1).map(partOf)
  return parts.every((part) => part !== undefined) ? parts : undefined
}

function partOf(piece: string): DraftPart | undefined {
  const [, head = '', content = ''] = /^\r?\n([\s\S]*?)\r?\n\r?\n([\s\S]*)$/.exec(piece) ?? []
  const name = /\bname="([^"]*)"/i.exec(head)?.[1]
  const file = /\bfilename="([^"]*)"/i.exec(head)?.[1]
  if (name === undefined) return undefined
  return file === undefined
    ? { name, value: content.replace(/\r?\n$/, '') }
    : { name, file, type: /^content-type:\s*(.+)$/im.exec(head)?.[1]?.trim() }
}
