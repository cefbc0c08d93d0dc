import { type Read, type Scalar, wrong } from './scalars.ts'
import { parseSelector } from './selector.ts'

const LONGEST = 1_000

export function readSelector(raw: Scalar): Read<string> {
  const text = String(raw).trim()
  if (text.length > LONGEST)
    return wrong('out-of-range', `{} is too long; a selector has at most ${LONGEST} characters`)
  return parseSelector(text) === undefined
    ? wrong(
        'invalid-value',
        '{} is no selector of one element; write one such as input[name=csrf], #token or a.next, without blanks or commas',
      )
    : { value: text }
}

export function readAttributeName(raw: Scalar): Read<string> {
  const text = String(raw).trim().toLowerCase()
  return /^[^\s"'<>/=]{1,100}$/.test(text)
    ? { value: text }
    : wrong('invalid-value', '{} is no name of an attribute; write one such as value, content or href')
}
