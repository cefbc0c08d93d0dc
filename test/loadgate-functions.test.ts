// What authors of functions are told of in loadgate-functions.d.ts is what the engine gives them.
import { expect, test } from '@jest/globals'
import type { Answer, Argument, CheckFunction, Context, Value } from '../loadgate-functions.d.ts'
import { SeenAnswer } from '../src/engine/answer-checks.ts'
import { CallContext } from '../src/engine/functions.ts'
import { unsent } from '../src/engine/http/transport.ts'
import { NOTHING } from '../src/engine/template.ts'

// The compiler finds what is missing on either side.
const context: Context = new CallContext(NOTHING)
const answer: Answer = new SeenAnswer({ ...unsent('cancelled', 0), text: '{"a":1}' }, () => ({ a: 1 }))
const told: Record<keyof Context, true> = {
  user: true,
  iteration: true,
  worker: true,
  random: true,
  now: true,
  captured: true,
}
const toldOfAnswer: Record<keyof Answer, true> = { status: true, text: true, json: true, header: true }

test('nothing more and nothing less', () => {
  const given = Object.getOwnPropertyNames(CallContext.prototype).filter((name) => name !== 'constructor')
  expect(given.sort()).toEqual(Object.keys(told).sort())
  const shown = [...Object.getOwnPropertyNames(SeenAnswer.prototype), ...Object.keys(answer)]
  expect(shown.filter((name) => name !== 'constructor').sort()).toEqual(Object.keys(toldOfAnswer).sort())
})

test('functions of these types are what is asked for', () => {
  const sign = (id: Argument, { user }: Context): Value => `${id}-${user}`
  const isGood: CheckFunction = ({ json }, { user }) => user >= 0 && JSON.stringify(json) === '{"a":1}'
  expect([sign('a', context), isGood(answer, context)]).toEqual(['a-0', true])
})
