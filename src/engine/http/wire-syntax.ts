// What the lines of HTTP/1.1 are made of, read where they lie: bytes up to `length`, of which more may be to come.

const HTAB = 0x09
const LF = 0x0a
export const CR = 0x0d
export const SPACE = 0x20
export const ZERO = 0x30
export const COLON = 0x3a
export const SEMICOLON = 0x3b

/** Instead of where the next line begins: this one is not all there yet, or not as it must be. */
export const INCOMPLETE = -1
export const MALFORMED = -2

/** RFC 9110 5.6.2: the characters of a token. */
export const IN_NAME = table((code) => /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(code)))
/** RFC 9110 5.5: all but controls. */
const IN_VALUE = table((code) => code === HTAB || (code >= SPACE && code !== 0x7f))
/** 16 for what is no hexadecimal digit. */
export const HEX = Uint8Array.from({ length: 256 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase())
  return digit < 0 ? 16 : digit
})

function table(includes: (code: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, code) => (includes(code) ? 1 : 0))
}

export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === HTAB
}

/** Lengths are equal. */
export function isName(bytes: Buffer, at: number, name: Buffer): boolean {
  for (let n = 0; n < name.length; n++) if ((bytes[at + n]! | 0x20) !== name[n]) return false
  return true
}

export function latin1(bytes: Buffer, from: number, to: number): string {
  return bytes.toString('latin1', from, to)
}

/** NaN when there is anything but digits. */
export function wholeNumber(bytes: Buffer, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - ZERO
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN
  }
  return value
}

/** Behind the CRLF that ends the text which begins at `at`. */
export function valueEnd(bytes: Buffer, at: number, length: number): number {
  let end = at
  while (end < length && IN_VALUE[bytes[end]!]) end++
  return end === length ? INCOMPLETE : endOfLine(bytes, end, length)
}

export function endOfLine(bytes: Buffer, at: number, length: number): number {
  if (bytes[at] !== CR) return MALFORMED
  if (at + 1 === length) return INCOMPLETE
  return bytes[at + 1] === LF ? at + 2 : MALFORMED
}
