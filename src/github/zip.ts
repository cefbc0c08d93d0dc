import { crc32, inflateRawSync } from 'node:zlib'
import type { Bytes } from '../units.ts'

// Offsets of PKWARE's APPNOTE.TXT 6.3.10: 4.3.7 local header, 4.3.9 data descriptor, 4.3.12 central directory, 4.3.16 end.
//
//   local header │ name │ extra │ data │ (descriptor) │ central header │ name │ extra │ comment │ end
//
// Two readers of one archive can see two different contents, by prefixes, gaps, comments, repeated names or headers that
// disagree. So this takes exactly the layout above, where every byte has one meaning, and nothing else.
const LOCAL = { signature: 0x04034b50, size: 30 } as const
const CENTRAL = { signature: 0x02014b50, size: 46 } as const
const END = { signature: 0x06054b50, size: 22 } as const
const DESCRIPTOR = { signature: 0x08074b50, size: 12 } as const

/** Sizes follow the data. */
const STREAMED = 0x0008
/** That, how hard the packer tried (two bits), and names in UTF-8; not encryption, nor anything newer. */
const FLAGS = STREAMED | 0x0006 | 0x0800
const DEFLATED = 8
const DIRECTORY = 0x10
const UNIX_TYPE = 0o170000
const UNIX_FILE = 0o100000

/**
 * The content of the one regular file `name` that the archive holds.
 * @throws Error in a few words on what the archive is instead
 */
export function unzipOne(zip: Buffer, { name, most }: { readonly name: string; readonly most: Bytes }): Buffer {
  const entry = readDirectory(zip, name)
  if (entry.size > most) refuse(`its file would have ${entry.size} bytes`)
  const { data, after } = locate(zip, entry, name)
  if (!isEndOfData(zip.subarray(after, entry.directory), entry)) refuse('something lies behind its file')
  const content = entry.method === DEFLATED ? inflate(data, entry.size) : data
  if (content.length !== entry.size) refuse('its file is not as long as it says')
  if (crc32(content) !== entry.crc) refuse('the checksum of its file does not agree')
  return content
}

interface Entry {
  readonly flags: number
  readonly method: number
  readonly crc: number
  /** Of the data in the archive. */
  readonly packed: Bytes
  readonly size: Bytes
  /** Where the central directory begins. */
  readonly directory: number
}

function readDirectory(zip: Buffer, name: string): Entry {
  const end = zip.length - END.size
  if (end < LOCAL.size + CENTRAL.size || zip.readUInt32LE(end) !== END.signature)
    refuse('it is no zip archive, or not whole')
  if (zip.readUInt16LE(end + 8) !== 1 || zip.readUInt16LE(end + 10) !== 1) refuse('it does not hold one file alone')
  const directory = zip.readUInt32LE(end + 16)
  const disks = zip.readUInt32LE(end + 4)
  if (disks !== 0 || directory + zip.readUInt32LE(end + 12) !== end || zip.readUInt16LE(end + 20) !== 0)
    refuse('its directory does not reach to its end')
  if (directory + CENTRAL.size > end || zip.readUInt32LE(directory) !== CENTRAL.signature)
    refuse('its directory cannot be read')
  const central = zip.subarray(directory, end)
  const names = central.readUInt16LE(28)
  if (CENTRAL.size + names + central.readUInt16LE(30) + central.readUInt16LE(32) !== central.length)
    refuse('its directory cannot be read')
  if (!isName(central.subarray(CENTRAL.size, CENTRAL.size + names), name)) refuse(`its file is not called ${name}`)
  const flags = central.readUInt16LE(8)
  const method = central.readUInt16LE(10)
  if ((flags & ~FLAGS) !== 0 || (method !== 0 && method !== DEFLATED)) refuse('its file is packed in another way')
  if (!isRegular(central.readUInt32LE(38)) || central.readUInt16LE(34) !== 0 || central.readUInt32LE(42) !== 0)
    refuse('what it holds is not a regular file')
  const [crc, packed, size] = sums(central, 16)
  return { flags, method, crc, packed, size, directory }
}

function locate(zip: Buffer, entry: Entry, name: string): { readonly data: Buffer; readonly after: number } {
  const names = zip.readUInt16LE(26)
  const start = LOCAL.size + names + zip.readUInt16LE(28)
  const after = start + entry.packed
  if (zip.readUInt32LE(0) !== LOCAL.signature || after > entry.directory) refuse('its file cannot be found')
  const sameSums =
    entry.flags & STREAMED ? isAllZero(zip.subarray(14, 26)) || hasSums(zip, 14, entry) : hasSums(zip, 14, entry)
  if (
    zip.readUInt16LE(6) !== entry.flags ||
    zip.readUInt16LE(8) !== entry.method ||
    !isName(zip.subarray(LOCAL.size, LOCAL.size + names), name) ||
    !sameSums
  )
    refuse('its file and its directory do not agree')
  return { data: zip.subarray(start, after), after }
}

/** Nothing, or the sums once more where they were not known before the data. */
function isEndOfData(bytes: Buffer, entry: Entry): boolean {
  if (!(entry.flags & STREAMED)) return bytes.length === 0
  const signed = bytes.length === DESCRIPTOR.size + 4 && bytes.readUInt32LE(0) === DESCRIPTOR.signature
  return (signed || bytes.length === DESCRIPTOR.size) && hasSums(bytes, signed ? 4 : 0, entry)
}

function inflate(data: Buffer, size: Bytes): Buffer {
  try {
    // One byte more than it may be, so that a file of no bytes does not mean "without limit".
    return inflateRawSync(data, { maxOutputLength: size + 1 })
  } catch (cause) {
    throw new Error('its file cannot be unpacked', { cause })
  }
}

// crc, packed size, size
function sums(bytes: Buffer, at: number): readonly [number, number, number] {
  return [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at + 8)]
}

function hasSums(bytes: Buffer, at: number, { crc, packed, size }: Entry): boolean {
  const found = sums(bytes, at)
  return found[0] === crc && found[1] === packed && found[2] === size
}

const isAllZero = (bytes: Buffer) => bytes.every((byte) => byte === 0)

const isName = (bytes: Buffer, name: string) => bytes.equals(Buffer.from(name))

/** By the type of Unix, where the packer gave one, and by the flag of DOS. */
function isRegular(attributes: number): boolean {
  const type = (attributes >>> 16) & UNIX_TYPE
  return (type === 0 || type === UNIX_FILE) && (attributes & DIRECTORY) === 0
}

function refuse(why: string): never {
  throw new Error(why)
}
