import type { JsonValue } from '../../profile/profile.ts'
import { parsedJson } from '../bodies.ts'
import type { DraftCapture } from '../draft.ts'
import { pointerOf } from '../json-path.ts'
import { identifierOf } from '../names.ts'
import { duration } from '../pauses.ts'
import { escapedPattern, isPattern } from '../regex.ts'
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
    const [text] = texts
    // 16: the text itself. 2: a regular expression somewhere in it, which is the text itself where it has nothing special.
    const plain = type === 16 || (type === 2 && text !== undefined && !/[\\^$.*+?()[\]{}|]/.test(text))
    const whole = field === 'Assertion.response_data' && texts.length === 1 && text !== undefined && text !== ''
    return whole && plain ? { expect: { body: text } } : undefined
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

export interface Extraction {
  readonly captures: Readonly<Record<string, DraftCapture>>
  /** Names in the plan and in the profile. */
  readonly names: readonly (readonly [string, string])[]
}

/** What extractors come to; the others are left out. */
export function capturesOf(extractors: readonly TestElement[], fates: Fates): Extraction {
  const captures: Record<string, DraftCapture> = {}
  const names: [string, string][] = []
  for (const extractor of extractors) {
    const found = EXTRACTORS[extractor.tag]?.(extractor)
    if (found === undefined || found.length === 0) {
      fates.leave(extractor, 'with a way to extract that a profile has not')
      continue
    }
    fates.take(extractor)
    for (const { name, capture } of found) {
      const own = identifierOf(name, 'value')
      captures[own] = capture
      names.push([name, own])
    }
  }
  return { captures, names }
}

type Found = readonly { readonly name: string; readonly capture: DraftCapture }[] | undefined

const EXTRACTORS: Readonly<Record<string, (extractor: TestElement) => Found>> = {
  RegexExtractor: ({ props }) => {
    const name = props.text('RegexExtractor.refname')
    const regex = props.text('RegexExtractor.regex')
    const first =
      isFirst(props.text('RegexExtractor.match_number')) && /^(?:\$1\$)?$/.test(props.text('RegexExtractor.template'))
    if (name === '' || !first || !isPattern(regex)) return undefined
    const where = props.text('RegexExtractor.useHeaders')
    const header = /^([A-Za-z-]+):\s*\(\.[*+]\??\)\$?$/.exec(regex)?.[1]
    if (where === 'true') return header === undefined ? undefined : [{ name, capture: { header } }]
    return where === '' || where === 'false' ? [{ name, capture: { regex } }] : undefined
  },
  JSONPostProcessor: ({ props }) => {
    const split = (key: string) =>
      props
        .text(key)
        .split(';')
        .map((text) => text.trim())
    const [names, paths, matches] = [
      split('JSONPostProcessor.referenceNames'),
      split('JSONPostProcessor.jsonPathExprs'),
      split('JSONPostProcessor.match_numbers'),
    ]
    const found = names.map((name, index) => ({
      name,
      pointer: pointerOf(paths[index] ?? ''),
      first: isFirst(matches[index] ?? ''),
    }))
    return found.every(({ name, pointer, first }) => name !== '' && pointer !== undefined && first)
      ? found.map(({ name, pointer }) => ({ name, capture: { json: pointer as string } }))
      : undefined
  },
  BoundaryExtractor: ({ props }) => {
    const name = props.text('BoundaryExtractor.refname')
    const [left, right] = [props.text('BoundaryExtractor.lboundary'), props.text('BoundaryExtractor.rboundary')]
    const inBody = /^(?:false)?$/.test(props.text('BoundaryExtractor.useHeaders'))
    if (name === '' || left === '' || !inBody || !isFirst(props.text('BoundaryExtractor.match_number')))
      return undefined
    const regex = `${escapedPattern(left)}([\\s\\S]*${right === '' ? '' : '?'})${escapedPattern(right)}`
    return isPattern(regex) ? [{ name, capture: { regex } }] : undefined
  },
}

/** JMeter's 0 is any, which may as well be the first one; -1 is all. */
function isFirst(text: string): boolean {
  return /^(?:0|1|)$/.test(text.trim())
}
