// Archives byte by byte: sound ones, and those that no packer writes.
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly content: Buffer
  readonly stored?: boolean
  /** The Unix mode; a regular file unless told. */
  readonly mode?: number
  readonly flags?: number
  readonly dosAttributes?: number
  /** What the local header calls it, unless it is the same. */
  readonly localName?: string
  /** What the headers say its size is, unless it is true. */
  readonly claims?: number
  readonly crc?: number
}

export function zipOf(
  entries: readonly ZipEntry[],
  { before = Buffer.alloc(0), comment = '' }: { readonly before?: Buffer; readonly comment?: string } = {},
): Buffer {
  const parts: Buffer[] = [before]
  const directory: Buffer[] = []
  let at = before.length
  for (const entry of entries) {
    const { name, localName = name, content, flags = 0, stored = false, mode = 0o100644, dosAttributes = 0 } = entry
    const data = stored ? content : deflateRawSync(content)
    const sums = numbers([4, entry.crc ?? crc32(content)], [4, data.length], [4, entry.claims ?? content.length])
    const method = stored ? 0 : 8
    const local = [
      numbers([4, 0x04034b50], [2, 20], [2, flags], [2, method], [4, 0]),
      sums,
      numbers([2, Buffer.byteLength(localName)], [2, 0]),
      Buffer.from(localName),
      data,
    ]
    directory.push(
      numbers([4, 0x02014b50], [2, 0x0314], [2, 20], [2, flags], [2, method], [4, 0]),
      sums,
      numbers([2, Buffer.byteLength(name)], [2, 0], [2, 0], [2, 0], [2, 0]),
      numbers([4, mode * 65_536 + dosAttributes], [4, at]),
      Buffer.from(name),
    )
    parts.push(...local)
    at += Buffer.concat(local).length
  }
  const central = Buffer.concat(directory)
  const count = entries.length
  const end = numbers([4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, central.length], [4, at])
  return Buffer.concat([...parts, central, end, numbers([2, comment.length]), Buffer.from(comment)])
}

/** What must not be unpacked, each one flaw away from the archive of this one file; `bomb` is more bytes than there may be. */
export function evilZips(good: ZipEntry, bomb: number): readonly (readonly [string, Buffer])[] {
  const named = (name: string) => zipOf([{ ...good, name }])
  return [
    ['a way out', named('../baseline.json')],
    ['an absolute path', named('/baseline.json')],
    ['a drive', named('C:\\baseline.json')],
    ['a backslash', named('x\\baseline.json')],
    ['a directory below', named('x/baseline.json')],
    ['other letters', named('Baseline.json')],
    ['a name that ends with NUL', named(`${good.name}\0`)],
    ['no name', named('')],
    ['two files', zipOf([good, { ...good, name: 'more.json' }])],
    ['the same name twice', zipOf([good, { ...good, content: Buffer.from('other') }])],
    ['a name inside that differs', zipOf([{ ...good, localName: '../../x.json' }])],
    ['a symbolic link', zipOf([{ ...good, mode: 0o120777 }])],
    ['a directory by its mode', zipOf([{ ...good, mode: 0o040755 }])],
    ['a directory by its flag', zipOf([{ ...good, dosAttributes: 0x10 }])],
    ['a device', zipOf([{ ...good, mode: 0o020666 }])],
    ['a pipe', zipOf([{ ...good, mode: 0o010666 }])],
    ['encryption', zipOf([{ ...good, flags: 1 }])],
    ['an encrypted directory', zipOf([{ ...good, flags: 0x2000 }])],
    ['a bomb', zipOf([{ ...good, content: Buffer.alloc(bomb) }])],
    ['a bomb that denies it', zipOf([{ ...good, content: Buffer.alloc(bomb), claims: 100 }])],
    ['less than it says', zipOf([{ ...good, claims: 9_000 }])],
    ['a wrong checksum', zipOf([{ ...good, crc: (crc32(good.content) ^ 1) >>> 0 }])],
    ['sizes beyond 4 GiB', zipOf([{ ...good, claims: 0xffffffff }])],
    ['something before', zipOf([good], { before: Buffer.from('#!/bin/sh\n') })],
    ['a comment', zipOf([good], { comment: 'hello' })],
    ['something behind', Buffer.concat([zipOf([good]), Buffer.from('x')])],
    ['no file', zipOf([])],
    ['no archive', Buffer.from('<html>'.repeat(50))],
    ['nothing', Buffer.alloc(0)],
  ]
}

function numbers(...fields: readonly (readonly [size: 2 | 4, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([size, value]) => {
      const bytes = Buffer.alloc(size)
      bytes.writeUIntLE(value, 0, size)
      return bytes
    }),
  )
}
