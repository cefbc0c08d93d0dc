import { VERSION } from './version.ts'

/** Of each word; a profile's name may have so many characters of any kind. */
const LONGEST = 60
/** RFC 9110 5.6.5: what a comment in a header is made of, less what would have to be escaped there. */
const NOT_PLAIN = /[^\x20-\x27\x2a-\x5b\x5d-\x7e]+/g

/**
 * What a target's log shows of a run, so that whoever reads it knows who sends so much: `loadgate/0.1.0 (1a2b3c4d5e6f; store)`.
 * @param words of the run, from outside; may hold no secret
 */
export function userAgent(...words: readonly (string | undefined)[]): string {
  const plain = words.flatMap((word) => {
    const text = (word ?? '').replace(NOT_PLAIN, '_').replaceAll(';', ',').trim().slice(0, LONGEST)
    return text === '' ? [] : [text]
  })
  return `loadgate/${VERSION}${plain.length === 0 ? '' : ` (${plain.join('; ')})`}`
}
