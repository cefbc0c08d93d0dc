import { expect, test } from '@jest/globals'
import { compileTemplate, type Values } from '../../src/engine/template.ts'
import type { DataTable } from '../../src/plan/plan.ts'
import type { Reference, Template } from '../../src/profile/profile.ts'

const TABLE: DataTable = { columns: ['id', 'name'], rows: [['7', 'Zoë & "Co"']], pick: 'sequential' }

function values(captures: Record<string, string> = {}): Values {
  let drawn = 0
  return {
    row: (table) => table.rows[0],
    captured: (name) => captures[name],
    number: (of) => ({ user: 3, iteration: 44, worker: 2 })[of],
    draw: () => (drawn++ % 10) / 10,
    now: () => 1_700_000_000_000.4,
  }
}

function render(template: Template, captures?: Record<string, string>): string | undefined {
  const compiled = compileTemplate(template, { users: TABLE })
  return typeof compiled === 'string' ? compiled : compiled(values(captures))
}

const reference = (value: Reference['value'], encode: Reference['encode'] = 'none'): Reference => ({ encode, value })
const captured = (encode: Reference['encode']) => reference({ kind: 'capture', name: 'x' }, encode)

test('plain text is text, not something to render', () => {
  expect(compileTemplate(['/a', '/b'], {})).toBe('/a/b')
  expect(compileTemplate([], {})).toBe('')
})

test.each([
  ['none', 'a b&"ü"\n', 'a b&"ü"\n'],
  ['url', 'a b&"ü"/?', 'a%20b%26%22%C3%BC%22%2F%3F'],
  ['url', 'half \ud800 pair', 'half%20%EF%BF%BD%20pair'],
  ['json', 'a "b"\\\n\u2028', 'a \\"b\\"\\\\\\n\u2028'],
] as const)('written as %s: %j', (encode, value, text) => {
  expect(render(['<', captured(encode), '>'], { x: value })).toBe(`<${text}>`)
})

test.each([
  ['user', '3'],
  ['iteration', '44'],
  ['worker', '2'],
] as const)('the number of the %s', (kind, text) => {
  expect(render(['n', reference({ kind }, 'url')])).toBe(`n${text}`)
})

test('a row, a capture, the time and numbers', () => {
  const row = reference({ kind: 'data', source: 'users', column: 'name' }, 'url')
  expect(render(['/users/', row])).toBe('/users/Zo%C3%AB%20%26%20%22Co%22')
  expect(render([reference({ kind: 'now' })])).toBe('1700000000000')
  const number = reference({ kind: 'random', from: 5, to: 14 })
  expect(render([number, ' ', number, ' ', number])).toBe('5 6 7')
})

test('a uuid is one of version 4, and never the same twice', () => {
  const uuid = reference({ kind: 'uuid' })
  const [first, second] = render([uuid, ' ', uuid])!.split(' ')
  for (const text of [first, second])
    expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(first).not.toBe(second)
})

test.each([
  [captured('none')],
  [reference({ kind: 'data', source: 'users', column: 'none' })],
  [reference({ kind: 'data', source: 'nobody', column: 'id' })],
])('what is not there makes the whole text not there: %j', (part) => {
  expect(render(['a', part])).toBeUndefined()
})
