// Large JSON documents, made before the load.
import { expect, test } from '@jest/globals'
import { drawPools } from '../../src/draw-pools.ts'
import { compileDocument } from '../../src/engine/document.ts'
import { runShard } from '../../src/engine/run-shard.ts'
import { NOTHING } from '../../src/engine/template.ts'
import { LoadgateError } from '../../src/errors.ts'
import { inlineExecutor } from '../../src/executor/inline.ts'
import { threadsExecutor } from '../../src/executor/threads.ts'
import { Histogram } from '../../src/histogram.ts'
import { randomAt } from '../../src/plan/choice.ts'
import { parseDocument } from '../../src/profile/document.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep } from '../support/plans.ts'

const ORDER = `{
  "id": "\${uuid()}",
  "customer": { "name": "\${name()}", "tags": [] },
  "items": [
    { "sku": "\${random(1, 99999)}", "price": 19.9, "note": "say \\"\${pick(yes, no)}\\" Zoë" },
    { "sku": "none" }
  ],
  "paid": true
}
`
const FILE = 'order.json'
const pools = drawPools(['first-name', 'last-name'], 1)

function documents(size: number, { text = ORDER, list = undefined as string | undefined, seed = 1, count = 8 } = {}) {
  const files = new Map([[FILE, Buffer.from(text)]])
  const render = compileDocument({ kind: 'document', file: FILE, size, list }, { seed, pools }, files)
  return Array.from({ length: count }, (_, n) => {
    let salt = 0
    return render({ ...NOTHING, draw: () => randomAt(seed, n, salt++) })!
  })
}

test('JSON of at least the size, its list grown, the same for the same seed', () => {
  const made = documents(100_000)
  for (const text of made) {
    expect(Buffer.byteLength(text)).toBeGreaterThanOrEqual(100_000)
    expect(Buffer.byteLength(text)).toBeLessThan(101_000)
    const { id, customer, items, paid } = JSON.parse(text)
    expect([id.length, customer.tags, paid]).toEqual([36, [], true])
    expect(items[0]).toMatchObject({ price: 19.9, note: expect.stringMatching(/^say "(yes|no)" Zoë$/) })
    expect(items[1]).toEqual({ sku: 'none' })
    expect(items.length).toBeGreaterThan(2_000)
    expect(new Set(items.map(({ sku }: { sku: string }) => sku)).size).toBeGreaterThan(1_000)
  }
  expect(new Set(made).size).toBe(8)
  expect(new Set(made.map((text) => JSON.stringify(JSON.parse(text).items))).size).toBeGreaterThan(2)
  expect(documents(100_000)).toEqual(made)
  expect(documents(100_000, { seed: 2 })).not.toEqual(made)
})

test('a list in a list, by its pointer, and a document that is a list', () => {
  const nested = '{"a": [{"b": [1, 2], "c": 3}], "d": []}'
  const [text = ''] = documents(20, { text: nested, list: '/a/0/b' })
  expect(JSON.parse(text)).toEqual({ a: [{ b: expect.arrayContaining([1, 2, 1, 2]), c: 3 }], d: [] })
  expect(JSON.parse(documents(10, { text: nested })[0]!).a.length).toBeGreaterThanOrEqual(1)
  expect(JSON.parse(documents(9, { text: '["x"]' })[0]!)).toEqual(['x', 'x', 'x'])
})

test.each([
  ['{', undefined, 1, 'property name'],
  ['{"a": []}', undefined, 1, 'there is no list with entries'],
  ['{"a": [1]}', '/b', 1, 'there is no list with entries at "/b"'],
  ['{"a": [1]}', '/constructor', 1, 'there is no list with entries'],
  ['{"a": [\n"${now()}"]}', undefined, 2, '"${now()}" cannot stand in the repeated list'],
  ['{"a": [1],\n\n"b": "${userId}"}', undefined, 3, 'there is no "userId" here'],
  ['{"a": [1],\n"b": "${env.TOKEN}"}', undefined, 2, 'the environment cannot stand in a document'],
])('%j, at %s: line %i', (text, list, line, message) => {
  const parse = () => parseDocument(text, { file: FILE, list })
  expect(parse).toThrow(LoadgateError)
  expect(parse).toThrow(message)
  expect(parse).toThrow(`${FILE}:${line}: `)
})

test('what takes longer than the start allows is done before it, in this thread and in others', async () => {
  await using server = await startCountingServer()
  const plan = () => ({
    ...onePlan({ port: server.port, level: 2, seconds: 0.5, steps: [requestStep()] }),
    functions: { file: 'f.mjs', text: 'await new Promise((resolve) => setTimeout(resolve, 1_500))' },
  })
  for (const executor of [inlineExecutor(), threadsExecutor()]) {
    const shards = [plan(), plan()].map((plan) => ({ plan, index: 0, count: 1 }))
    const results = await executor.run(shards)
    expect(results.map((result) => result?.iterations.finished)).toEqual([1, 1])
    // Made ready only then, they would be later than that.
    for (const result of results) expect(Histogram.of(result!.health.lateness).quantile(1)! / 1000).toBeLessThan(900)
  }
})

test('it is sent whole, by a plan that knows nothing but its file', async () => {
  await using server = await startCountingServer()
  const content = [{ encode: 'none', value: { kind: 'document', file: FILE, size: 50_000, list: undefined } }] as const
  const step = requestStep({ method: 'POST', path: ['/'], body: { type: 'application/json', content } })
  const plan = {
    ...onePlan({ port: server.port, level: 20, seconds: 0.5, steps: [step] }),
    files: { [FILE]: Buffer.from(ORDER).toString('base64') },
    pools,
  }
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(result.steps[0]).toMatchObject({ sent: 10, succeeded: 10 })
  expect(new Set(server.requests.map(({ body }) => JSON.parse(body).id)).size).toBe(10)
  for (const { body, headers } of server.requests)
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body))
})
