import { randomBytes } from 'node:crypto'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567'
const LENGTH = 20

/** A name that no other run has: 20 letters of base32, 100 bits. */
export function newRunId(): string {
  return [...randomBytes(LENGTH)].map((byte) => LETTERS[byte % LETTERS.length]).join('')
}

/** Whether a text looks like one. */
export function isRunId(text: string): boolean {
  return /^[a-z2-7]{20}$/.test(text)
}
