import type { JsonValue } from '../../profile/profile.ts'
import { parsedJson } from '../bodies.ts'
import { pointerOf } from '../json-path.ts'
import { duration } from '../pauses.ts'
import { isPattern } from '../regex.ts'
import type { Fates } from './fates.ts'
import type { TestElement } from './plan-tree.ts'
import { constantOf, type Variables } from './variables.ts'

export interface Checks {
  readonly expect: Readonly<Record<string, JsonValue>>
  readonly timeout: string | undefined
}

type Check = { readonly expect: Readonly<Record<string, JsonValue>> } | { readonly timeout: string } | undefined

/** What assertions come to; the others are left out. A later one of a kind that is there already is one too many. */
export function checksOf(assertions: readonly TestElement[], variables: Variables, fates: Fates): Checks {
  let checks: Checks = { expect: {}, timeout: undefined }
  for (const assertion of assertions) {
    const check = CHECKS[assertion.tag]?.(assertion, variables)
    const twice =
      check && 'expect' in check && Object.keys(check.expect).some((key) => key !== 'json' && key in checks.expect)
    if (check === undefined || twice) {
      fates.leave(assertion, twice ? 'with a second text to check' : 'with what a profile cannot check')
      continue
    }
    fates.take(assertion)
    if ('timeout' in check) checks = { ...checks, timeout: check.timeout }
    else checks = { ...checks, expect: merged(checks.expect, check.expect) }
  }
  return checks
}

function merged(first: Checks['expect'], second: Checks['expect']): Checks['expect'] {
  return 'json' in first && 'json' in second
    ? { ...first, json: { ...(first.json as object), ...(second.json as object) } as JsonValue }
    : { ...first, ...second }
}

const CHECKS: Readonly<Record<string, (assertion: TestElement, variables: Variables) => Check>> = {
  ResponseAssertion: ({ props }, variables) => {
    // "Asserion" is how JMeter spells it.
    const written = [...props.texts('Asserion.test_strings'), ...props.texts('Assertion.test_strings')]
    const texts = written.map((text) => constantOf(text, variables))
    const type = Number(props.text('Assertion.test_type'))
    const field = props.text('Assertion.test_field')
    if (field === 'Assertion.response_code') return statusCheck(texts, type)
    return field === 'Assertion.response_data' && texts.length === 1 ? bodyCheck(texts[0] ?? '', type) : undefined
  },
  DurationAssertion: ({ props }, variables) => {
    const ms = Number(constantOf(props.text('DurationAssertion.duration'), variables))
    return ms >= 1 ? { timeout: duration(ms, 600_000) } : undefined
  },
  JSONPathAssertion: ({ props }, variables) => {
    const pointer = pointerOf(props.text('JSON_PATH'))
    const expected = constantOf(props.text('EXPECTED_VALUE'), variables)
    const simple =
      props.flag('JSONVALIDATION') && !props.flag('ISREGEX') && !props.flag('INVERT') && !props.flag('EXPECT_NULL')
    if (pointer === undefined || expected === undefined || !simple) return undefined
    const value = parsedJson(expected)
    return { expect: { json: { [pointer]: value === undefined || typeof value === 'object' ? expected : value } } }
  },
}

/** 8: equal. 1 and 2: regular expressions. 32 beside them: any of several. */
function statusCheck(texts: readonly (string | undefined)[], type: number): Check {
  const codes = texts.map((text) =>
    /^[1-5]\d\d$/.test(text ?? '') ? Number(text) : /^([1-5])(?:\.\.|\\d\\d|\\d\{2\}|\.\*)$/.exec(text ?? '')?.[1],
  )
  const status = codes.map((code) => (typeof code === 'string' ? `${code}xx` : code))
  const any = (type & 32) !== 0 || status.length === 1
  if (!any || (type & 4) !== 0 || status.length === 0 || status.includes(undefined)) return undefined
  const known = status.filter((code) => code !== undefined)
  return { expect: { status: known.length === 1 ? (known[0] as JsonValue) : known } }
}

/** 16: the text itself. 2: a regular expression somewhere in it, which is the text itself where it has nothing special. */
function bodyCheck(text: string, type: number): Check {
  const not = (type & 4) !== 0
  const kind = type & ~(4 | 32)
  const plain = kind === 16 || (kind === 2 && !/[\\^$.*+?()[\]{}|]/.test(text))
  if (text === '') return undefined
  if (plain) return { expect: not ? { without: text } : { body: text } }
  return kind === 2 && !not && isPattern(text) ? { expect: { matches: text } } : undefined
}
