// Functions of the profile, called for every request.
import { createDecipheriv } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { functionsLimit } from '../../src/compare/function-limit.ts'
import { runShard } from '../../src/engine/run-shard.ts'
import { threadsExecutor } from '../../src/executor/threads.ts'
import type { LoadPlan } from '../../src/plan/plan.ts'
import { splitPlan } from '../../src/plan/split-plan.ts'
import type { Argument, FunctionCall } from '../../src/profile/functions.ts'
import type { Template } from '../../src/profile/profile.ts'
import { startCountingServer } from '../support/counting-server.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import { unaccounted } from '../support/shard-figures.ts'

const whole = { index: 0, count: 1 }

const call = (name: string, ...given: readonly Argument[]): Template[number] => {
  const value: FunctionCall = { kind: 'function', name, given, written: `\${${name}(…)}` }
  return { encode: 'url', value }
}
const literal = (value: string | number): Argument => ({ kind: 'literal', value })

type Options = Partial<Parameters<typeof onePlan>[0]> & { readonly port: number; readonly text: string }

function planWith({ text, steps = [], ...options }: Options): LoadPlan {
  const place = { file: 'loadgate.yml', line: 8, column: 12 }
  const placed = steps.map((step) => {
    if (step.kind !== 'request') return step
    const called = [step.path, ...step.headers.map(([, value]) => value)].flat().flatMap((part) => {
      if (typeof part === 'string' || part.value.kind !== 'function') return []
      const { name, given, written } = part.value
      return [{ name, given: given.length, written, place }]
    })
    return { ...step, calls: called }
  })
  return { ...onePlan({ ...options, steps: placed }), functions: { file: './functions.mjs', text } }
}

const SIGN = `import { createCipheriv, randomBytes } from 'node:crypto'
const key = Buffer.alloc(32, 'k')
export function seal(id, context) {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const sealed = Buffer.concat([cipher.update(id + '|' + context.now() + '|' + context.iteration), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}
`

function opened(sealed: string): readonly string[] {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', Buffer.alloc(32, 'k'), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
    .toString()
    .split('|')
}

test('a header is encrypted afresh for every request, with the time and what was captured', async () => {
  await using server = await startCountingServer(({ url }, response) => {
    if (url === '/login') response.setHeader('x-id', 'ada')
    response.end('ok')
  })
  const login = requestStep({ path: ['/login'], capture: [{ name: 'id', from: { kind: 'header', name: 'x-id' } }] })
  const seal = {
    ...(call('seal', { kind: 'capture', name: 'id' }) as Exclude<Template[number], string>),
    encode: 'none' as const,
  }
  const page = requestStep({ path: ['/page'], headers: [['authorization', ['Sealed ', seal]]] })
  const result = await runShard({
    plan: planWith({ port: server.port, text: SIGN, seconds: 0.2, steps: [login, page] }),
    ...whole,
  })
  expect(unaccounted(result)).toEqual([])
  const pages = server.requests.filter(({ url }) => url === '/page')
  const seen = pages.map(({ headers }) => opened(String(headers.authorization).replace('Sealed ', '')))
  expect(seen.map(([id]) => id)).toEqual(Array(20).fill('ada'))
  expect(new Set(pages.map(({ headers }) => headers.authorization)).size).toBe(20)
  expect(seen.map(([, , iteration]) => Number(iteration)).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 20 }, (_, n) => n + 1),
  )
  for (const [, at] of seen) expect(Math.abs(Number(at) - Date.now())).toBeLessThan(60_000)
  expect(result.health.functions).toMatchObject({ calls: expect.any(Number) })
})

const CONTEXT = `export const all = (text, number, context) =>
  [text, number, typeof number, context.user, context.iteration, context.random().toFixed(9), context.captured('no')].join('_')
export const constant = () => 7n
`

test('arguments, and the context: the same for any number of workers', async () => {
  const sent = async (count: number) => {
    await using server = await startCountingServer()
    const steps = [requestStep({ path: ['/', call('all', literal('a b'), literal(5)), '/', call('constant')] })]
    const plan = planWith({ port: server.port, text: CONTEXT, level: 100, seconds: 0.2, steps })
    await threadsExecutor().run(splitPlan(plan, count))
    return server.requests.map(({ url }) => url).sort()
  }
  const [one, two] = [await sent(1), await sent(2)]
  expect(one).toHaveLength(20)
  expect(one).toEqual(two)
  expect(new Set(one).size).toBe(20)
  expect(one[0]).toMatch(/^\/a%20b_5_number_\d+_\d+_0\.\d{9}_\/7$/)
})

test('the context cannot be changed', async () => {
  await using server = await startCountingServer()
  const text = 'export const change = (context) => { context.user = 99; return "" }'
  const steps = [requestStep({ path: ['/', call('change')] })]
  const result = await runShard({
    plan: planWith({ port: server.port, text, level: 10, seconds: 0.1, steps }),
    ...whole,
  })
  expect(result.steps[0]).toMatchObject({ causes: { 'function-failed': 1 } })
})

test.each([
  ['() => { throw new RangeError("no key\\n\\u001b[31m") }', 'threw RangeError: no key[31m'],
  ['() => { throw "text" }', 'threw text'],
  ['() => undefined', 'returned nothing; it returns text or a number'],
  ['() => ({})', 'returned an object; it returns text or a number'],
  ['() => () => 1', 'returned a function; it returns text or a number'],
  ['async () => "late"', 'returned a promise: what it waits for cannot be waited for before each request; it returns'],
])('%s fails its request, of which nothing is sent', async (code, why) => {
  await using server = await startCountingServer()
  const steps = [requestStep({ path: ['/first'] }), requestStep({ path: ['/', call('broken')] })]
  const text = `export const broken = ${code}`
  const result = await runShard({
    plan: planWith({ port: server.port, text, level: 20, seconds: 0.2, steps }),
    ...whole,
  })
  expect(unaccounted(result)).toEqual([])
  expect(server.requests.map(({ url }) => url)).toEqual(Array(4).fill('/first'))
  expect(result.steps[1]).toMatchObject({ sent: 4, failed: 4, causes: { 'function-failed': 4 } })
  const detail = result.examples.find(({ cause }) => cause === 'function-failed')?.detail
  expect(detail).toContain(`loadgate.yml:8:12: broken ${why}`)
})

test('what a function is to be given and is not there, is as ever, and nothing is called', async () => {
  await using server = await startCountingServer()
  const steps = [requestStep({ path: ['/', call('broken', { kind: 'capture', name: 'none' })] })]
  const text = 'export const broken = () => { throw new Error("called") }'
  const result = await runShard({
    plan: planWith({ port: server.port, text, level: 10, seconds: 0.1, steps }),
    ...whole,
  })
  expect(result.steps[0]).toMatchObject({ causes: { 'invalid-request': 1 } })
})

test('what it prints is told to who asks, and no more than a hundred times; ending the process ends its thread alone', async () => {
  await using server = await startCountingServer()
  const text = `export const say = (context) => {
    console.log('::error::' + context.iteration)
    if (context.iteration === 150) process.exit(3)
    return 1
  }`
  const steps = [requestStep({ path: ['/', call('say')] })]
  const plan = planWith({ port: server.port, text, level: 500, seconds: 0.4, steps })
  const printed: string[] = []
  const lost: string[] = []
  const results = await threadsExecutor().run(splitPlan(plan, 1), {
    onPrinted: (piece) => printed.push(piece),
    onWorkerLost: (_, reason) => lost.push(reason),
  })
  expect(printed[0]).toMatch(/^::error::1\n/)
  expect(printed.length).toBeLessThanOrEqual(100)
  expect(results).toEqual([undefined])
  expect(lost).toEqual(['ended with code 3 before it reported'])
})

test('functions that take a tenth of the time are said to limit the generator', async () => {
  await using server = await startCountingServer()
  const text =
    'export const slow = () => { const end = performance.now() + 5; while (performance.now() < end); return 1 }'
  const steps = [requestStep({ path: ['/', call('slow')] })]
  const { health } = await runShard({
    plan: planWith({ port: server.port, text, level: 50, seconds: 0.4, steps }),
    ...whole,
  })
  expect(health.functions!.calls).toBe(20)
  expect(health.functions!.total).toBeGreaterThanOrEqual(100)
  expect(functionsLimit(health.functions)).toMatch(/^the profile's functions took [\d.]+ % of a worker's time/)
  expect(functionsLimit({ ...health.functions!, share: 0.1 })).toBeUndefined()
})

test('a plan that calls none has none, and a module that cannot be run is no run', async () => {
  await using server = await startCountingServer()
  const plan = onePlan({ port: server.port, level: 10, seconds: 0.1, steps: [requestStep()] })
  expect('functions' in (await runShard({ plan, ...whole })).health).toBe(false)
  const broken = { ...plan, functions: { file: 'functions.mjs', text: 'throw new Error("no key")' } }
  await expect(runShard({ plan: broken, ...whole })).rejects.toThrow('functions.mjs cannot be run: no key')
})
