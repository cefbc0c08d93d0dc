import { expect, test } from '@jest/globals'
import { fillEnvironment, referenceOf, type Slot } from '../../src/profile/template.ts'

const env = { A: 'a', EMPTY: '', SLOT: '${b}', DOLLAR: '$' }
const slot = (source: string, at = 0): Slot => ({ source, written: `\${${source}}`, closed: true, at })

test.each<[string, readonly (string | Slot)[]]>([
  ['', []],
  ['plain $5 {x} $$', ['plain $5 {x} $$']],
  ['${env.A}', ['a']],
  ['x${ env.A }y', ['xay']],
  ['${env.NONE:-b}', ['b']],
  ['${env.EMPTY:-b}', ['b']],
  ['${env.NONE:-}', []],
  ['${env.NONE:-http://h:80/a b}', ['http://h:80/a b']],
  ['a${x}b', ['a', slot('x', 1), 'b']],
  ['${x}${y}', [slot('x'), slot('y', 4)]],
  ['$${x}', ['${x}']],
  ['$$${x}', ['$${x}']],
  ['$${${x}', ['${', slot('x', 3)]],
  ['${env.SLOT}', ['${b}']],
  ['${env.DOLLAR}{x}', ['${x}']],
  ['$${env.A}', ['${env.A}']],
])('%s', (text, parts) => {
  const filled = fillEnvironment(text, env)
  expect(filled.problems).toEqual([])
  expect(filled.parts).toEqual(parts)
})

test.each([
  ['${x', 'invalid-value'],
  ['${env.NONE}', 'missing-env'],
  ['${env.EMPTY}', 'missing-env'],
  ['${env.toString}', 'missing-env'],
  ['${env}', 'unknown-reference'],
  ['${env.A-B}', 'unknown-reference'],
  ['${env.A:b}', 'unknown-reference'],
  ['${x}'.repeat(1_001), 'too-large'],
])('%s is %s', (text, code) => {
  expect(fillEnvironment(text, env).problems.map((problem) => problem.code)).toEqual([code])
})

test('used are the values that came from the environment, not defaults', () => {
  expect(fillEnvironment('${env.A}${env.NONE:-b}', env).used).toEqual([{ name: 'A', value: 'a', at: 0 }])
})

const scope = { sources: ['rows'], captured: ['id', 'now'], later: ['token'] }

test.each([
  ['id', { kind: 'capture', name: 'id' }],
  ['now', { kind: 'capture', name: 'now' }],
  [' rows . first name ', { kind: 'data', source: 'rows', column: 'first name' }],
  ['rows.a.b', { kind: 'data', source: 'rows', column: 'a.b' }],
  ['uuid()', { kind: 'uuid' }],
  ['now( )', { kind: 'now' }],
  ['random(1, 100)', { kind: 'random', from: 1, to: 100 }],
  ['random(-5,-5)', { kind: 'random', from: -5, to: -5 }],
])('${%s}', (source, value) => {
  expect(referenceOf(slot(source), scope)).toEqual(value)
})

test.each([
  ['', 'unknown-reference'],
  ['ID', 'unknown-reference'],
  ['token', 'unknown-reference'],
  ['rows', 'unknown-reference'],
  ['rows.', 'unknown-reference'],
  ['row.x', 'unknown-reference'],
  ['id.x', 'unknown-reference'],
  ['uuid', 'unknown-reference'],
  ['sign(id)', 'unknown-reference'],
  ['uuid(1)', 'invalid-value'],
  ['random()', 'invalid-value'],
  ['random(1)', 'invalid-value'],
  ['random(1.5, 2)', 'invalid-value'],
  ['random(2, 1)', 'out-of-range'],
  ['random(1, 9007199254740992)', 'out-of-range'],
])('${%s} is %s', (source, code) => {
  expect(referenceOf(slot(source), scope)).toMatchObject({ code })
})
