// The XML is read strictly, and held to what the two schemas in use demand: Jenkins' junit-10.xsd and Ant's, as written down
// in windyroad/JUnit-Schema. Where they differ, to both.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { renderJunit } from '../../src/report/junit.ts'
import type { Report } from '../../src/report/report.ts'
import { type Element, parseXml } from '../support/strict-xml.ts'
import { EVERYTHING, KEPT } from './kept-reports.ts'
import { hostile, report } from './reports.ts'

const COUNT = /^\d+$/
const TIME = /^\d+(\.\d+)?$/
const ANY = /^/
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/

/** Attributes with what they may be, and which children, in this order. */
const RULES: Readonly<
  Record<
    string,
    { readonly attributes: Readonly<Record<string, RegExp>>; readonly children: RegExp; readonly text?: true }
  >
> = {
  testsuites: {
    attributes: { name: ANY, time: TIME, tests: COUNT, failures: COUNT, errors: COUNT },
    children: /^(testsuite )*$/,
  },
  testsuite: {
    attributes: {
      ...{ name: /^\S(.*\S)?$/s, package: ANY, id: COUNT, hostname: /^\S+$/, timestamp: MOMENT, time: TIME },
      ...{ tests: COUNT, failures: COUNT, errors: COUNT, skipped: COUNT },
    },
    children: /^properties (testcase )*system-out system-err $/,
  },
  properties: { attributes: {}, children: /^(property )*$/ },
  property: { attributes: { name: /^\S+$/, value: ANY }, children: /^$/ },
  testcase: { attributes: { name: /^\S/, classname: /^\S/, time: TIME }, children: /^((skipped|error|failure) )?$/ },
  skipped: { attributes: { message: ANY }, children: /^$/ },
  error: { attributes: { message: ANY, type: /^\S/ }, children: /^$/, text: true },
  failure: { attributes: { message: ANY, type: /^\S/ }, children: /^$/, text: true },
  'system-out': { attributes: {}, children: /^$/, text: true },
  'system-err': { attributes: {}, children: /^$/, text: true },
}

function breaches({ name, attributes, children, text }: Element): string[] {
  const rule = RULES[name]
  if (!rule) return [`<${name}> is not known`]
  const names = children.map((child) => `${child.name} `).join('')
  return [
    ...Object.entries(attributes).flatMap(([key, value]) =>
      rule.attributes[key]?.test(value) ? [] : [`${name} ${key}="${value}"`],
    ),
    ...Object.keys(rule.attributes).flatMap((key) => (key in attributes ? [] : [`${name} has no ${key}`])),
    ...(rule.children.test(names) ? [] : [`${name} holds ${names}`]),
    ...(rule.text || text.trim() === '' ? [] : [`${name} has a text`]),
    ...children.flatMap(breaches),
  ]
}

const all = (element: Element): Element[] => [element, ...element.children.flatMap(all)]
const named = (element: Element, name: string) => all(element).filter((one) => one.name === name)

function suiteOf(report: Report): Element {
  const root = parseXml(renderJunit(report))
  expect(breaches(root)).toEqual([])
  const [suite] = root.children
  const endings = ['failure', 'error', 'skipped'].map((name) => named(suite!, name).length)
  const { tests, failures, errors, skipped } = suite!.attributes
  expect([failures, errors, skipped].map(Number)).toEqual(endings)
  expect(Number(tests)).toBe(named(suite!, 'testcase').length)
  expect(root.attributes).toMatchObject({ tests, failures, errors })
  return suite!
}

describe.each(KEPT)('%s', (_, report) => {
  test('is sound, and no greener than the verdict', () => {
    const suite = suiteOf(report)
    const has = (name: string) => named(suite, name).length > 0
    const { outcome } = report.verdict
    if (outcome === 'pass') expect([has('failure'), has('error')]).toEqual([false, false])
    if (outcome === 'fail') expect(has('failure')).toBe(true)
    if (outcome === 'invalid') expect(has('error')).toBe(true)
    if (outcome === 'inconclusive') expect([has('failure'), has('error'), has('skipped')]).toEqual([false, false, true])
    expect(named(suite, 'system-out')[0]?.text).toContain(report.verdict.reason.slice(0, 8))
  })
})

test('each budget is a case, with what became of it', () => {
  const [, fail] = KEPT.find(([name]) => name === 'fail')!
  const cases = named(suiteOf(fail), 'testcase')
  expect(cases.map(({ attributes, children }) => [attributes.name, children[0]?.name])).toEqual(
    fail.comparison.budgets.map(({ budget, judgement }) => [
      budget.text,
      { holds: undefined, exceeded: 'failure' }[judgement.kind as string],
    ]),
  )
  const messages = named(suiteOf(fail), 'failure').map(({ attributes }) => attributes.message)
  expect(messages.join('\n')).toContain('p95 of "shop › GET /store" is 412 ms, above the limit of 275 ms')
})

test('on broken evidence no budget is judged, and what broke it is told', () => {
  const suite = suiteOf(EVERYTHING)
  expect(named(suite, 'failure')).toEqual([])
  expect(named(suite, 'error').map(({ attributes }) => attributes)).toEqual([
    { type: 'worker-lost', message: 'Worker 2 was lost – Look at its log.' },
  ])
})

test.each(['fail', 'inconclusive', 'invalid'] as const)(
  'a verdict of %s without a budget behind it is a case of its own',
  (outcome) => {
    const suite = suiteOf(report(outcome, 'Nobody knows why.'))
    expect(
      named(suite, 'testcase').map(({ attributes, children }) => [attributes.name, children[0]?.attributes.message]),
    ).toEqual([['verdict', 'Nobody knows why.']])
  },
)

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '&',
      '"',
      "'",
      ']]>',
      '<![CDATA[',
      '--',
      '&lt;',
      '\u0000',
      '\u0001',
      '\u000b',
      '\ufffe',
      '\uffff',
    ),
    fc.constantFrom(
      '\ud800',
      '\udc00',
      '😀',
      '\r',
      '\n',
      '\u0085',
      '\u2028',
      ' ',
      '\t',
      '<?xml',
      '<!DOCTYPE a [',
      '%',
      'x',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }),
  ),
  maxLength: 20,
})

test('whatever names and sentences are, the document is sound', () => {
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 12, maxLength: 30 }), (names) => {
      suiteOf(hostile(names))
    }),
    { numRuns: 300 },
  )
})
