import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { LoadgateError, messageOf } from '../errors.ts'
import type { Bytes, EpochMs } from '../units.ts'
import { damaged } from './damaged.ts'

const CHUNK: Bytes = 1_048_576
/** An answer's body may stand in a line; a file without line ends is none of these. */
const LONGEST_LINE = 4_194_304
/** Of a file that is read whole. */
const LARGEST = 67_108_864
const HEAD: Bytes = 65_536

/** Its beginning, which says what it is. */
export function headOf(path: string): Promise<string> {
  return withFile(path, async (file) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0)
    return withoutMark(new StringDecoder('utf8').write(buffer.subarray(0, bytesRead)))
  })
}

export interface FileFacts {
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string
  readonly modifiedAt: EpochMs
}

/** Reads a file piece by piece: no more of it is held than one piece. */
export function eachPiece(path: string, onPiece: (text: string) => void): Promise<FileFacts> {
  return withFile(path, async (file) => {
    const { mtimeMs } = await file.stat()
    const hash = createHash('sha256')
    const decoder = new StringDecoder('utf8')
    const buffer = Buffer.alloc(CHUNK)
    for (let first = true; ; first = false) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, null)
      if (bytesRead === 0) break
      const bytes = buffer.subarray(0, bytesRead)
      hash.update(bytes)
      const text = decoder.write(bytes)
      onPiece(first ? withoutMark(text) : text)
    }
    onPiece(decoder.end())
    return { sha256: hash.digest('hex'), modifiedAt: Math.floor(mtimeMs) }
  })
}

/** The whole of a small file. */
export async function wholeText(path: string): Promise<FileFacts & { readonly text: string }> {
  let text = ''
  const facts = await eachPiece(path, (piece) => {
    text += piece
    if (text.length > LARGEST)
      throw damaged(path, undefined, `it is larger than ${LARGEST / 1_048_576} MiB`, 'No summary is: name the summary.')
  })
  return { ...facts, text }
}

/** The same line by line, without their ends; the first is 1. Empty lines are left out. */
export function eachLine(path: string, onLine: (line: string, number: number) => void): Promise<FileFacts> {
  let [rest, number] = ['', 1]
  const give = (line: string) => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    if (text !== '') onLine(text, number)
    number++
  }
  const split = (piece: string) => {
    let from = 0
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      give(rest + piece.slice(from, end))
      rest = ''
      from = end + 1
    }
    rest += piece.slice(from)
    if (rest.length > LONGEST_LINE)
      throw damaged(
        path,
        number,
        `the line is longer than ${LONGEST_LINE / 1_048_576} MiB`,
        'Leave bodies of answers out.',
      )
  }
  return eachPiece(path, split).then((facts) => {
    if (rest !== '') give(rest)
    return facts
  })
}

async function withFile<T>(path: string, read: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    const file = await open(path)
    try {
      // A pipe or a device would never end.
      if (!(await file.stat()).isFile())
        throw new LoadgateError('usage', `${path} is not a regular file`, { hint: 'Name a file.' })
      return await read(file)
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof LoadgateError) throw cause
    throw new LoadgateError('usage', `${path} cannot be read: ${messageOf(cause)}`, {
      hint: 'Check the path; it is taken from the current directory.',
      cause,
    })
  }
}

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}
