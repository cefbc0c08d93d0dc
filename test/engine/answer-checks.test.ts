// What an answer has to be besides its status, values and headers.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import type { Expect } from '../../src/profile/profile.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { unaccounted } from '../support/shard-figures.ts'

const SCHEMA = {
  type: 'object',
  required: ['id', 'items'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    items: { type: 'array', minItems: 1, items: { type: 'object', properties: { price: { minimum: 0 } } } },
  },
}
const GOOD = JSON.stringify({ id: '5d3b4b0a-6f3e-4d5c-9a61-0f1d2c3b4a59', items: [{ price: 1 }] })
const MODULE = `export const isGood = ({ status, json, text, header }, context) => true
export const hasPrice = (answer, context) => {
  if (answer.header('X-Kind') !== 'order' || answer.status !== 200 || context.user < 1) return 'not an order'
  return answer.json?.items?.[0]?.price === 1 || 'price ' + answer.json?.items?.[0]?.price + ' of ' + answer.text.length
}
export const never = () => false
export const nothing = () => {}
export const later = async () => true
export const broken = () => { throw new Error('no idea') }
`

async function judged(check: Partial<Expect>, body: string) {
  await using server = await startCountingServer((_, response) => {
    response.setHeader('x-kind', 'order')
    response.end(body)
  })
  const place = { file: 'loadgate.yml', line: 9, column: 3 }
  const calls = check.check === undefined ? [] : [{ name: check.check, given: 1, written: check.check, place }]
  const step = { ...requestStep({ expect: check }), calls }
  const plan = {
    ...onePlan({ port: server.port, level: 10, seconds: 0.1, steps: [step] }),
    functions: { file: 'functions.mjs', text: MODULE },
    files: { 'order.schema.json': Buffer.from(JSON.stringify(SCHEMA)).toString('base64') },
  }
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  const [cause] = Object.keys(result.steps[0]!.causes)
  return cause === undefined ? 'good' : `${cause}: ${result.examples[0]?.detail}`
}

const inline = { schema: { inline: SCHEMA } }

test.each<[Partial<Expect>, string, string]>([
  [{ without: 'Exception' }, 'all well', 'good'],
  [{ without: 'Exception' }, 'an Exception', 'unexpected-answer: the body has "Exception"'],
  [{ matches: '^order [0-9]+$' }, 'order 77', 'good'],
  [{ matches: '^order [0-9]+$' }, 'order x', 'unexpected-answer: the body has nothing that fits ^order [0-9]+$'],
  [{ size: { from: 3, to: 5 } }, 'four', 'good'],
  [{ size: { from: 5, to: undefined } }, 'four', 'unexpected-answer: the body has 4 B, less than 5 B'],
  [{ size: { from: 0, to: 3 } }, 'four', 'unexpected-answer: the body has 4 B, more than 3 B'],
  [inline, GOOD, 'good'],
  [{ schema: { file: 'order.schema.json' } }, GOOD, 'good'],
  [{ schema: { file: 'order.schema.json' } }, '{}', 'unexpected-answer: JSON "" must have required property \'id\''],
  [inline, GOOD.replace('1}', '-1}'), 'unexpected-answer: JSON "/items/0/price" must be >= 0'],
  [inline, GOOD.replace('5d3b', 'zzzz'), 'unexpected-answer: JSON "/id" must match format "uuid"'],
  [inline, '<html>', 'unexpected-answer: the body is not JSON'],
  [{ check: 'isGood' }, 'anything', 'good'],
  [{ check: 'hasPrice' }, GOOD, 'good'],
  [{ check: 'hasPrice' }, GOOD.replace('1}', '2}'), 'unexpected-answer: hasPrice: price 2 of 67'],
  [{ check: 'never' }, GOOD, 'unexpected-answer: never returned false'],
  [
    { check: 'nothing' },
    GOOD,
    'function-failed: loadgate.yml:9:3: nothing returned nothing; a check returns true, or what is wrong as text',
  ],
  [{ check: 'broken' }, GOOD, 'function-failed: loadgate.yml:9:3: broken threw Error: no idea'],
  // The first that is missing is told, and the status comes before all else.
  [{ without: 'o', size: { from: 9, to: 9 } }, 'four', 'unexpected-answer: the body has 4 B, less than 9 B'],
  [{ status: [{ from: 500, to: 500 }], check: 'broken' }, 'x', 'unexpected-status: status 200 instead of 500'],
])('%j of %j: %s', async (check, body, outcome) => {
  expect(await judged(check, body)).toBe(outcome)
})

test('a check that has to wait is none', async () => {
  expect(await judged({ check: 'later' }, 'x')).toMatch(/^function-failed: .*later returned a promise/)
})
