import { messageOf } from '../errors.ts'
import { compilePattern } from '../pattern.ts'
import { type Read, readText, type Scalar, wrong } from './scalars.ts'

const LONGEST = 1_000

/** A regular expression of RE2's syntax, as text. */
export function readPattern(raw: Scalar): Read<string> {
  const text = readText(raw)
  if (!('value' in text)) return text
  if (text.value.length > LONGEST)
    return wrong('too-large', `{} is too long; a pattern has at most ${LONGEST} characters`)
  try {
    compilePattern(text.value)
    return text
  } catch (error) {
    return wrong(
      'invalid-value',
      `{} is not a regular expression of RE2: ${messageOf(error).replace('error parsing regexp: ', '')}`,
    )
  }
}
