// What a pull request might do to its profile: every key taken out, emptied and misspelt, and by hand whatever makes a
// demand looser or tighter.
import type { Effect } from '../../src/trust/difference.ts'
import { changed, ROWS, renamed, SHOP, type Way, type Written, waysIn } from './shop.ts'

export interface Edit {
  readonly what: string
  readonly profile: Written
  readonly rows?: string
  /** What the head's `loadgate-accept.yml` holds. */
  readonly accept?: string
  /** Of what `policyDifferences` should say, at least one must be of this kind; undefined where that is not the point. */
  readonly effect?: Effect
}

const STEP = ['scenarios', 0, 'steps', 0]

const { weight: _, ...VISITOR } = SHOP.scenarios[1]

// biome-ignore format: a table
const BY_HAND: readonly (readonly [way: Way, value: Written, effect: Effect])[] = [
  [['name'], 'shop two', 'different'],
  [['target'], 'https://127.0.0.1:9443', 'different'],
  [['target'], 'https://127.0.0.1:8443/fast', 'different'],
  [['service', 'start'], 'node fast.mjs', 'different'],
  [['service', 'ready'], '/', 'different'],
  [['service', 'prepare'], 'npm ci && npm run faster', 'different'],
  [['service', 'prepare-within'], '9m', 'looser'],
  [['service', 'prepare-within'], '1m', 'tighter'],
  [['service', 'alone'], true, 'different'],
  [['service'], { start: 'node server.mjs', ready: '/healthz' }, 'different'],
  [['service', 'ready-within'], '60s', 'looser'],
  [['service', 'ready-within'], '10s', 'tighter'],
  [['load', 'warm-up'], '50s', 'different'],
  [['load', 'warm-up'], '0s', 'different'],
  [['load', 'stages', 1, 'for'], '4s', 'looser'],
  [['load', 'stages', 1, 'for'], '400s', 'tighter'],
  [['load', 'stages', 1, 'rate'], '110/s', 'tighter'],
  [['load', 'stages', 1, 'rate'], '90/s', 'looser'],
  [['load', 'stages', 0, 'rate'], '1/s', 'looser'],
  [['load', 'stages', 0, 'to'], '99/s', 'looser'],
  [['load', 'stages'], [{ rate: '100/s', for: '40s' }, { rate: '100/s', to: '50/s', for: '20s' }], 'different'],
  [['load'], { 'warm-up': '55s', stages: [{ rate: '100/s', for: '5s' }] }, 'looser'],
  [['load'], { users: 10, for: '60s' }, 'different'],
  [['load'], { rate: '100/s', for: '60s' }, 'tighter'],
  [['load'], { 'warm-up': '5s', steps: { rate: '10/s', add: '10/s', every: '10s', until: '40/s', for: '60s' } }, 'looser'],
  [['load'], { 'warm-up': '5s', levels: [{ at: '0s', rate: '10/s' }, { at: '30s', rate: '20/s' }], for: '60s' }, 'looser'],
  [['timeout'], '60s', 'looser'],
  [['timeout'], '500ms', 'tighter'],
  [['connections', 'use'], 'per-iteration', 'different'],
  [['connections', 'limit'], 2000, 'looser'],
  [['connections', 'limit'], 10, 'tighter'],
  [['connections', 'max-age'], '60s', 'looser'],
  [['connections', 'max-age'], '1s', 'tighter'],
  [['connections', 'max-requests'], 100_000, 'looser'],
  [['connections', 'max-requests'], 1, 'tighter'],
  [['connections', 'http'], 2, 'different'],
  [['connections', 'verify'], false, 'looser'],
  [['guards'], [{ get: 'http://127.0.0.1:9/' }], 'looser'],
  [['guards', 0, 'every'], '30s', 'looser'],
  [['guards', 0, 'every'], '1s', 'tighter'],
  [['guards', 0, 'within'], '10s', 'looser'],
  [['guards', 0, 'within'], '100ms', 'tighter'],
  [['guards', 0, 'failures'], 20, 'looser'],
  [['guards', 0, 'failures'], 1, 'tighter'],
  [['guards', 0, 'get'], 'http://127.0.0.1:9/', 'different'],
  [['guards', 0, 'name'], 'no guard', 'looser'],
  [['guards', 0, 'expect', 'status'], [200, 503], 'looser'],
  [['guards', 0, 'expect'], { status: 200 }, 'looser'],
  [['guards', 1], { get: 'http://127.0.0.1:9/' }, 'tighter'],
  [['connections', 'ca'], 'ca.pem', 'different'],
  [
    ['connections'],
    { ...SHOP.connections, certificate: 'client.pem', key: '${env.CLIENT_KEY}' },
    'different',
  ],
  [['data', 'accounts', 'file'], 'others.csv', 'different'],
  [['data', 'accounts', 'pick'], 'random', 'different'],
  [['data', 'accounts', 'env'], true, 'different'],
  [['scenarios', 0, 'weight'], 1, 'different'],
  [['scenarios', 1, 'weight'], 7000, 'different'],
  [['scenarios', 2], { name: 'nothing', weight: 10_000, steps: [{ get: '/healthz' }] }, 'different'],
  [['scenarios', 1], { ...VISITOR, load: { rate: '70/s', for: '60s' }, background: true }, 'looser'],
  [['scenarios', 1], { ...VISITOR, load: { rate: '1/s', after: '30s', for: '10s' } }, 'different'],
  [['scenarios', 0, 'steps', 3], { get: '/healthz' }, 'different'],
  [['scenarios', 1, 'once'], [{ get: '/welcome' }], 'different'],
  [
    ['scenarios', 1],
    { name: 'visitor', weight: 70, once: [{ put: '/seen', body: '<seen/>', type: 'application/xml' }], steps: [{ get: '/' }] },
    'looser',
  ],
  [['scenarios', 0, 'steps', 1, 'think'], '10s', 'looser'],
  [['scenarios', 0, 'steps', 1, 'think'], '0s..1s', 'tighter'],
  [['scenarios', 0, 'steps', 1, 'think'], '1.5s', 'different'],
  [['scenarios', 0, 'steps', 1, 'think'], 'exponential(1.5s)', 'different'],
  [['scenarios', 0, 'steps', 1, 'think'], 'normal(2s, 1s)', 'looser'],
  [['scenarios', 0, 'steps', 2, 'get'], '/healthz', 'looser'],
  [[...STEP, 'name'], 'sign in', 'looser'],
  [[...STEP, 'post'], '/fast', 'different'],
  [[...STEP, 'query', 'from'], 'cache', 'different'],
  [[...STEP, 'query', 'cached'], 'true', 'different'],
  [[...STEP, 'headers', 'x-shop'], 'fast', 'different'],
  [[...STEP, 'headers', 'x-fast'], 'yes', 'different'],
  [[...STEP, 'form', 'email'], 'always@the.same', 'different'],
  [[...STEP, 'expect', 'status'], '2xx', 'looser'],
  [[...STEP, 'expect', 'status'], ['2xx', '5xx'], 'looser'],
  [[...STEP, 'expect', 'status'], 200, 'tighter'],
  [[...STEP, 'expect', 'status'], 204, 'different'],
  [[...STEP, 'expect', 'json'], { '/success': false }, 'different'],
  [[...STEP, 'expect', 'json'], { '/success': true, '/more': 1 }, 'tighter'],
  [[...STEP, 'expect', 'headers', 'content-type'], 'html', 'different'],
  [[...STEP, 'expect', 'body'], 'sorry', 'different'],
  [[...STEP, 'capture', 'id'], { json: '/error/id' }, 'different'],
  [[...STEP, 'capture', 'code'], { regex: 'code=([a-z]+)' }, 'different'],
  [[...STEP, 'capture', 'code'], { html: 'input[name=code]', attribute: 'data-code' }, 'different'],
  [[...STEP, 'timeout'], '30s', 'looser'],
  [['scenarios', 0, 'steps', 2, 'chance'], '1 in 500', 'looser'],
  [['scenarios', 0, 'steps', 2, 'when'], { id: ['7', '8'] }, 'different'],
  [['scenarios', 0, 'steps', 2, 'repeat'], '1..5', 'different'],
  [[...STEP, 'expect', 'without'], 'Exception', 'tighter'],
  [[...STEP, 'expect', 'matches'], 'order [0-9]+', 'tighter'],
  [[...STEP, 'expect', 'size'], '< 1 MB', 'tighter'],
  [[...STEP, 'expect', 'schema'], { type: 'object' }, 'tighter'],
  [['scenarios', 0, 'steps', 2, 'also'], [{ get: '/app.css' }], 'different'],
  [['scenarios', 0, 'steps', 2], { chance: '1 in 500', steps: [{ get: '/orders/${id}' }] }, 'looser'],
  [['scenarios', 0, 'steps', 2], { repeat: '2..4', steps: [{ get: '/orders/${id}' }] }, 'different'],
  [['scenarios', 0, 'steps', 2], { when: { id: '7' }, steps: [{ get: '/orders/${id}' }] }, 'different'],
  [['scenarios', 0, 'steps', 1], { repeat: 3, steps: [{ think: '1s..2s' }] }, 'looser'],
  [['scenarios', 0, 'pace'], '2..4', 'looser'],
  [['scenarios', 0, 'pace'], '0.5', 'tighter'],
  [['scenarios', 0, 'pace'], '0.5..1.5', 'different'],
  [[...STEP, 'timeout'], '200ms', 'tighter'],
  [[...STEP, 'redirects'], 'follow', 'different'],
  [[...STEP, 'events'], { until: { event: 'done' }, within: '1s' }, 'different'],
  [['redirects'], 'follow', 'different'],
  [['scenarios', 1, 'steps', 1], { put: '/seen', multipart: { seen: { file: 'seen.xml', type: 'a/b', name: 'a' } } }, 'different'],
  [['scenarios', 1, 'steps', 1], { put: '/seen', body: { file: 'seen.xml' }, type: 'application/xml' }, 'different'],
  [['scenarios', 1, 'steps', 2], { post: '/graphql', graphql: { file: 'seen.graphql', operation: 'Seen' } }, 'different'],
  [['scenarios', 1, 'steps', 2], { post: '/graphql', graphql: { query: '{ a }', variables: { b: 1 } } }, 'different'],
  [['scenarios', 1, 'steps', 2], { websocket: '/room', subprotocol: 'chat', talk: [{ send: 'a', receive: { text: 'b' } }] }, 'different'],
  [['scenarios', 1, 'steps', 1, 'body'], '<other/>', 'different'],
  [['scenarios', 1, 'steps', 1, 'type'], 'text/plain', 'different'],
  [['budgets', 0], 'p95 < 25 s', 'looser'],
  [['budgets', 0], 'p95 < 200 ms', 'tighter'],
  [['budgets', 0], 'p50 < 250 ms', 'looser'],
  [['budgets', 0], 'p95 of visitor < 250 ms', 'looser'],
  [['budgets', 1], 'p95 < baseline + 1000 %', 'different'],
  [['budgets', 1], 'p95 < baseline + 10 % and + 900 ms', 'looser'],
  [['budgets', 1], 'p95 < baseline + 5 % and + 900 ms', 'different'],
  [['budgets', 1], 'p95 < baseline + 900 ms', 'different'],
  [['budgets', 1], 'p95 < baseline + 5 %', 'tighter'],
  [['budgets', 1], 'p95 of visitor < 9 s', 'looser'],
  [['budgets', 1], 'p95 of "GET /" < baseline + 10 % and + 5 ms', 'looser'],
  [['budgets', 2], 'p99 of member < 20 s', 'looser'],
  [['budgets', 2], 'p99 of visitor < 1 s', 'looser'],
  [['budgets', 2], 'p99 of "log in" < 1 s', 'looser'],
  [['budgets', 3], 'errors < 100 %', 'looser'],
  [['budgets', 3], 'errors of visitor < 0.5 %', 'looser'],
  [['budgets', 3], 'errors < 0.1 %', 'tighter'],
  [['budgets', 4], 'errors < baseline + 99 pp', 'looser'],
  [['budgets', 4], 'errors of visitor < baseline + 0.2 pp', 'looser'],
  [['budgets', 5], 'throughput > 0.1/s', 'looser'],
  [['budgets', 5], 'throughput > 12/s', 'tighter'],
  [['budgets', 6], 'throughput > baseline - 99 %', 'looser'],
  [['budgets', 6], 'throughput > baseline - 1 %', 'tighter'],
  [['budgets'], ['p50 < 1 h'], 'looser'],
  [['budgets'], [...SHOP.budgets, 'p50 < 1 h', 'errors of visitor < 90 %'], 'tighter'],
  // Each further budget against the baseline makes all of them blunter, were they one family.
  [['budgets'], [...SHOP.budgets, ...Array.from({ length: 90 }, (_, n) => `p${n + 1} < baseline + 1000 %`)], 'tighter'],
]

/** Regressions that a head accepts by itself. */
const ACCEPTED: readonly (readonly [metric: string, limit: string])[] = [
  ['p95', '+ 1000 %'],
  ['p95', '9 s'],
  ['errors', '+ 99 pp'],
  ['throughput', '- 99 %'],
]

const written = (value: Written | undefined) => JSON.stringify(value)?.slice(0, 60)

export const EDITS: readonly Edit[] = [
  ...BY_HAND.map(([way, value, effect]) => ({
    what: `${way.join('.')} is ${written(value)}`,
    profile: changed(SHOP, way, value),
    effect,
  })),
  ...waysIn(SHOP).flatMap((way) => [
    { what: `${way.join('.')} is removed`, profile: changed(SHOP, way, undefined) },
    { what: `${way.join('.')} is null`, profile: changed(SHOP, way, null) },
    ...(typeof way.at(-1) === 'string'
      ? [{ what: `${way.join('.')} is renamed`, profile: renamed(SHOP, way, `${way.at(-1)}x`) }]
      : []),
  ]),
  {
    what: 'a scenario is called otherwise, everywhere',
    profile: JSON.parse(JSON.stringify(SHOP).replaceAll('member', 'guest')),
    effect: 'looser',
  },
  {
    what: 'the scenarios change places',
    profile: changed(SHOP, ['scenarios'], SHOP.scenarios.toReversed()),
    effect: 'different',
  },
  {
    what: 'the steps change places',
    profile: changed(SHOP, ['scenarios', 1, 'steps'], SHOP.scenarios[1].steps.toReversed()),
    effect: 'different',
  },
  {
    what: 'a request in a row, with pauses',
    profile: changed(
      changed(SHOP, ['scenarios', 0, 'steps', 2, 'repeat'], 3),
      ['scenarios', 0, 'steps', 2, 'between'],
      '1s',
    ),
    effect: 'different',
  },
  {
    what: 'a header that a function makes',
    profile: changed(
      changed(SHOP, ['functions'], 'functions.mjs'),
      [...STEP, 'headers', 'x-shop'],
      '${mark(accounts.email)}',
    ),
    effect: 'different',
  },
  ...['100 kB', '1 MB'].map((size) => ({
    what: `a document of ${size}`,
    profile: changed(SHOP, ['scenarios', 1, 'steps', 1], {
      put: '/seen',
      generate: { file: 'order.json', size, list: '/items' },
    }),
    effect: 'different' as const,
  })),
  {
    what: 'a check by a function',
    profile: changed(changed(SHOP, ['functions'], 'functions.mjs'), [...STEP, 'expect', 'check'], 'mark'),
    effect: 'tighter',
  },
  {
    what: 'a request is sent beside another instead of behind it',
    profile: changed(
      SHOP,
      ['scenarios', 1, 'steps'],
      [{ ...SHOP.scenarios[1].steps[0], also: SHOP.scenarios[1].steps.slice(1) }],
    ),
    effect: 'different',
  },
  {
    what: 'requests beside a page, fewer at a time',
    profile: changed(
      changed(SHOP, ['scenarios', 0, 'steps', 2, 'also'], [{ get: '/a.css' }, { get: '/b.css' }]),
      ['connections', 'parallel'],
      1,
    ),
    effect: 'different',
  },
  {
    what: 'rows by their weights',
    profile: changed(SHOP, ['data', 'accounts'], { file: 'accounts.csv', pick: 'weighted', by: 'password' }),
    rows: 'email,password\na@b.example,1\nc@d.example,2\n',
    effect: 'different',
  },
  { what: 'fewer rows', profile: SHOP, rows: ROWS.split('\n').slice(0, 2).join('\n'), effect: 'looser' },
  { what: 'other rows', profile: SHOP, rows: ROWS.replace('one', 'two'), effect: 'different' },
  ...ACCEPTED.map(([metric, limit]) => ({
    what: `${metric} is accepted at ${limit}`,
    profile: SHOP,
    accept: JSON.stringify({ accept: [{ metric, limit, reason: 'because', expires: '2026-12-31' }] }),
  })),
  { what: 'more rows', profile: SHOP, rows: `${ROWS}e@f.example,three\n`, effect: 'tighter' },
]
