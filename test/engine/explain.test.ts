import { expect, test } from '@jest/globals'
import { compileCapture } from '../../src/engine/captures.ts'
import { explain } from '../../src/engine/explain.ts'
import { type Answer, unsent } from '../../src/engine/http/transport.ts'
import { requestStep } from '../support/plans.ts'

type Step = Parameters<typeof requestStep>[0]

function explained(step: Step, answer: Partial<Answer>) {
  const { expect, capture } = requestStep(step)
  const captures = capture.map((one) => compileCapture(one, new Map()))
  return explain(expect, captures, { ...unsent('cancelled', 1), cause: undefined, status: 200, ...answer })
}

const json = (pointer: string, value: never) => ({ expect: { json: [{ pointer, value }] } })
const header = { expect: { headers: [{ name: 'Content-Type', contains: 'json' }] } }
const capture = { capture: [{ name: 'id', from: { kind: 'json', pointer: '/id' } }] } as const

test.each<[Step, Partial<Answer>, string | undefined]>([
  [{}, {}, undefined],
  [{}, { status: 503 }, 'status 503 instead of 200–399'],
  [{ expect: { status: [{ from: 201, to: 201 }] } }, {}, 'status 200 instead of 201'],
  [{ expect: { body: 'hello' } }, { text: 'good day' }, 'the body has no "hello"; it begins "good day"'],
  [header, {}, 'there is no header "Content-Type"'],
  [header, { headers: { 'content-type': 'text/html' } }, 'header "Content-Type" is "text/html", without "json"'],
  [json('/ok', true as never), { text: '{"ok": false}' }, 'JSON "/ok" is false instead of true'],
  [json('/ok', true as never), { text: '{}' }, 'JSON "/ok" leads to nothing'],
  [json('/ok', true as never), { text: '<html>' }, 'the body is not JSON'],
  [capture, { text: '{"id": null}' }, 'nothing to capture as "id"'],
  [capture, { text: '{"id": 5}' }, undefined],
  // Too long to be kept: the cause says it.
  [json('/ok', true as never), {}, undefined],
  [{}, { cause: 'timeout', status: 0 }, undefined],
])('%j, answered %j: %s', (step, answer, words) => {
  expect(explained(step, answer)).toBe(words)
})

test('one line, whatever the target sends, and no longer than may be kept', () => {
  const text = `\u001b[31m::error::\r\n\u202e${'x'.repeat(100_000)}`
  const detail = explained({ expect: { body: `${'y'.repeat(10_000)}` } }, { text })!
  expect(detail.length).toBeLessThanOrEqual(200)
  expect(detail).not.toMatch(/\p{Cc}|\p{Cf}/u)
})
