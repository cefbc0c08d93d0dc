import { expect, test } from '@jest/globals'
import { compileRequest } from '../src/engine/request.ts'
import type { PlannedStep } from '../src/plan/plan.ts'
import { hashOf } from '../src/plan/plan-hash.ts'
import { userAgent } from '../src/user-agent.ts'
import { VERSION } from '../src/version.ts'
import { onePlan, requestStep } from './support/plans.ts'

test.each<[readonly (string | undefined)[], string]>([
  [[], ''],
  [[undefined, ''], ''],
  [['1a2b3c4d5e6f', 'store'], ' (1a2b3c4d5e6f; store)'],
  [[undefined, 'fan club'], ' (fan club)'],
  [['x\r\nevil: header'], ' (x_evil: header)'],
  [['a (b) \\ c; d'], ' (a _b_ _ c, d)'],
  [['Käse ☃ \u202e'], ' (K_se _ _)'],
  [['\0\x7f\t'], ' (_)'],
  [['x'.repeat(500)], ` (${'x'.repeat(60)})`],
])('%j', (words, shown) => {
  expect(userAgent(...words)).toBe(`loadgate/${VERSION}${shown}`)
})

test('whatever a profile is called, it is one comment in one header', () => {
  for (let code = 0; code < 0x3000; code++)
    expect(userAgent(`a${String.fromCharCode(code)}b`)).toMatch(/^loadgate\/[\d.]+ \([\x20-\x27\x2a-\x5b\x5d-\x7e]+\)$/)
})

test('it is sent where the step has none of its own, as fixed as before, and is no part of the load', () => {
  const plan = { ...onePlan({ port: 0, steps: [requestStep()] }), agent: userAgent('1a2b3c4d5e6f', 'store') }
  const step = plan.scenarios[0]!.steps[0] as Extract<PlannedStep, { kind: 'request' }>
  const values = { row: () => undefined, captured: () => '', number: () => 0, draw: () => 0, now: () => 0 }
  const prepare = compileRequest(step, plan, { text: false, headers: false })
  expect(prepare(values, undefined)?.fields).toContain(`user-agent: loadgate/${VERSION} (1a2b3c4d5e6f; store)\r\n`)
  expect(prepare(values, undefined)).toBe(prepare(values, undefined))
  const { agent: _, ...without } = plan
  expect(hashOf(plan)).toBe(hashOf(without))
  expect(hashOf({ ...plan, allowed: { written: ['shop.example'], listed: [] } })).toBe(hashOf(without))
})
