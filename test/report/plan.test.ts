import { expect, test } from '@jest/globals'
import { planLoad } from '../../src/plan/plan-load.ts'
import { summarisePlan } from '../../src/plan/summarise-plan.ts'
import type { LoadProfile } from '../../src/profile/profile.ts'
import { renderGuards, renderPlan } from '../../src/report/plan.ts'
import { profile, request, scenario } from '../plan/profiles.ts'

const shown = (changes: Partial<LoadProfile>) =>
  renderPlan(summarisePlan(planLoad(profile(changes), { data: {} })), 'CURVE').split('\n')

const scenarios = [scenario('shop', 3, request(['/']), request(['/cart'])), scenario('log in', 1, request(['/login']))]

test('a plan says what it amounts to', () => {
  const stages = [{ from: 10, to: 10, over: 60_000 }]
  expect(shown({ scenarios, load: { model: 'open', warmUp: 5_000, shape: { kind: 'stages', stages } } })).toEqual([
    'CURVE',
    '',
    '5 s of warm-up, then 1 min measured; 10/s arrivals at the peak.',
    '650 arrivals, 1,138 requests if none fails.',
    'At most 175 connections, shared.',
    '',
    '   75 %  shop: 2 requests',
    '   25 %  log in: 1 request',
  ])
})

test('that redirects are followed is said, and by how many steps', () => {
  const cart = request(['/cart'], { redirects: 'follow' })
  const one = shown({ scenarios: [scenario('shop', 1, request(['/']), cart)] })
  expect(one[3]).toBe('100 arrivals, 200 requests if none fails.')
  expect(one[4]).toBe('One step follows redirects, which are not counted: one request is then up to 11 on the wire.')
  expect(shown({ scenarios, redirects: 'follow' })[4]).toMatch(/^3 steps follow redirects, which/)
  expect(shown({ scenarios }).join()).not.toContain('redirect')
})

test('files that requests carry are counted', () => {
  const content = [{ encode: 'none', value: { kind: 'file', file: 'photo.jpg' } }] as const
  const uploads = [scenario('shop', 1, request(['/'], { body: { type: undefined, content } }))]
  const plan = planLoad(profile({ scenarios: uploads }), { data: {}, files: { 'photo.jpg': Buffer.alloc(123_456) } })
  expect(renderPlan(summarisePlan(plan), 'CURVE')).toContain('The requests carry 1 file of 123 kB.')
})

test('what a profile guards is said by guard', () => {
  const expect200 = request(['/']).expect
  const written = { host: 'a.example', place: { file: 'loadgate.yml', line: 1, column: 1 } }
  const usual = { written, every: 5_000, within: 500, failures: 3, expect: expect200 }
  const guards = [
    { ...usual, name: 'status page', url: 'https://a.example/health' },
    { ...usual, name: 'https://b.example/', url: 'https://b.example/', failures: 1 },
  ]
  expect(renderGuards(guards).split('\n')).toEqual([
    '',
    'Each of 2 guards ends the load:',
    '  status page: https://a.example/health, asked every 5 s, to answer within 500 ms; 3 failures in a row',
    '  https://b.example/, asked every 5 s, to answer within 500 ms; a failure',
  ])
})

test('one is one', () => {
  const stages = [{ from: 1, to: 1, over: 1_000 }]
  const load = { warmUp: 0, shape: { kind: 'stages', stages } } as const
  const users = shown({ load: { model: 'closed', ...load } })
  expect(users[2]).toBe('1 s measured; 1 user at the peak.')
  expect(users[3]).toBe('As many requests as the answers leave time for.')
  const rate = shown({ load: { model: 'open', ...load } })
  expect(rate[3]).toBe('1 arrival, 1 request if none fails.')
  const one = { limit: 1, maxRequests: 1 }
  expect(shown({ connections: one })[4]).toBe('At most 1 connection, shared; each for at most 1 request.')
})

test.each<[LoadProfile['connections'], string]>([
  [{}, 'A connection for each user.'],
  [{ certificate: 'client.pem', key: 'KEY' }, 'A connection for each user; with a certificate of the client.'],
  [{ limit: 2_000 }, 'A connection for each user.'],
  [{ limit: 5 }, 'At most 5 connections, shared.'],
  [{ use: 'shared' }, 'At most 1,500 connections, shared.'],
  [{ use: 'per-iteration' }, 'A new connection for each iteration, at most 1,500 at a time.'],
  [{ http: '2' }, 'A connection for each user; HTTP/2.'],
  [{ http: '1.1', verify: true }, 'A connection for each user.'],
  [{ maxAge: 60_000 }, 'A connection for each user; each for at most 1 min.'],
  [{ maxRequests: 1_000 }, 'A connection for each user; each for at most 1,000 requests.'],
  [
    { use: 'shared', limit: 20, http: '2', maxAge: 90_000, maxRequests: 100, verify: false },
    'At most 20 connections, shared; HTTP/2; each for at most 1 min 30 s and 100 requests; certificates are not checked.',
  ],
])('the connections %j are told as: %s', (connections, line) => {
  const stages = [{ from: 1_500, to: 1_500, over: 1_000 }]
  const load = { model: 'closed', warmUp: 0, shape: { kind: 'stages', stages } } as const
  expect(shown({ load, connections })[4]).toBe(line)
})

test.each<[LoadProfile['connections'], string]>([
  [{}, 'At most 6 connections for each user; at most 6 requests beside a page at a time.'],
  [{ parallel: 1 }, 'A connection for each user; at most 1 request beside a page at a time.'],
  [{ http: '2' }, 'A connection for each user; HTTP/2; at most 100 requests beside a page at a time.'],
  [
    { use: 'per-iteration', limit: 50 },
    'New connections for each iteration, at most 50 at a time; at most 6 requests beside a page at a time.',
  ],
])('with requests beside a page, the connections %j are told as: %s', (connections, line) => {
  const beside = Array.from({ length: 8 }, (_, n) => request([`/${n}`], { also: true }))
  const load = {
    model: 'closed',
    warmUp: 0,
    shape: { kind: 'stages', stages: [{ from: 10, to: 10, over: 1_000 }] },
  } as const
  const lines = shown({ load, connections, scenarios: [scenario('store', 1, request(['/']), ...beside)] })
  expect(lines[4]).toBe(line)
  expect(lines.at(-1)).toBe('  100 %  store: 9 requests')
})
