import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../src/errors.ts'
import type { Budget, LoadProfile, Reference, RequestStep } from '../../src/profile/profile.ts'
import { parseProfile, readProfile } from '../../src/profile/read-profile.ts'

const file = 'loadgate.yml'
const read = (text: string, env: Record<string, string> = {}) => readProfile(text, { file, env })
const codes = (text: string, env: Record<string, string> = {}) => read(text, env).issues.map(({ code }) => code)

const STOREFRONT = `name: storefront
target: \${env.TARGET_URL:-http://127.0.0.1:8080/}

service:                                   # optional: Loadgate starts it, waits until ready, stops it
  start: node server.mjs
  ready: /healthz

load:                                      # open model: arrivals keep coming whether or not answers do
  warm-up: 10s                             # sent, not measured
  stages:
    - { rate: 50/s, to: 200/s, for: 30s }
    - { rate: 200/s, for: 60s }

data:
  accounts: { file: accounts.csv, pick: unique }

scenarios:
  - name: fan club
    weight: 30
    steps:
      - post: /login
        form: { email: "\${accounts.email}", "pass word": "\${accounts.password}" }
        expect: { status: [ 200, 3xx ], json: { /success: true }, headers: { Content-Type: json }, body: Welcome }
        capture:
          userId: { cookie: userId }
          token: { json: /token }
          next: { header: Location }
      - get: \${next}/frames/\${userId}
        query: { q: "blue shoes", page: "\${random(1, 9)}" }
        headers: { Authorization: "Bearer \${env.API_TOKEN}", x-session: "\${token}" }
        timeout: 2s
      - think: 1s..10s
      - put: /photos/\${uuid()}?at=\${now()}
        name: photo
        json: { owner: "\${userId}", tags: [ a, 1, null, "say \\"hi\\"" ], price: "$\${5}" }
      - think: 500ms
      - put: /photos/x
        body: <photo/>
        type: application/xml
  - name: store
    weight: 70
    steps: [ { get: /demo/store }, { get: /demo/store } ]

budgets:
  - p95 < 250 ms
  - errors < 0.5 %
  - throughput > 190/s
  - p95 of "fan club" < baseline + 10 % and + 5 ms   # relative limit and absolute floor: both must be exceeded
  - p99.9 of photo < 1.5 s
  - errors < baseline + 0.2 pp
  - throughput > baseline - 5 %
`

const url = (value: Reference['value']): Reference => ({ encode: 'url', value })
const request = (step: Partial<RequestStep>): RequestStep => ({
  kind: 'request',
  name: '',
  method: 'GET',
  path: [],
  headers: [],
  body: undefined,
  expect: { status: [{ from: 200, to: 399 }], json: [], headers: [], body: undefined },
  capture: [],
  timeout: undefined,
  ...step,
})
const budget = (line: number, text: string, rest: Pick<Budget, 'metric' | 'limit'> & { of?: string }): Budget => ({
  text,
  of: undefined,
  place: { file, line, column: 5 },
  ...rest,
})

const EXPECTED: LoadProfile = {
  name: 'storefront',
  target: 'http://127.0.0.1:8080',
  written: { host: '127.0.0.1', place: { file, line: 2, column: 9 } },
  service: {
    prepare: undefined,
    prepareWithin: 600_000,
    start: 'node server.mjs',
    ready: '/healthz',
    readyWithin: 60_000,
    alone: false,
  },
  load: {
    model: 'open',
    warmUp: 10_000,
    shape: {
      kind: 'stages',
      stages: [
        { from: 50, to: 200, over: 30_000 },
        { from: 200, to: 200, over: 60_000 },
      ],
    },
  },
  timeout: 30_000,
  connections: {},
  data: { accounts: { file: 'accounts.csv', format: 'csv', pick: 'unique' } },
  scenarios: [
    {
      name: 'fan club',
      weight: 30,
      steps: [
        request({
          name: 'POST /login',
          method: 'POST',
          path: ['/login'],
          body: {
            type: 'application/x-www-form-urlencoded',
            content: [
              'email=',
              url({ kind: 'data', source: 'accounts', column: 'email' }),
              '&pass%20word=',
              url({ kind: 'data', source: 'accounts', column: 'password' }),
            ],
          },
          expect: {
            status: [
              { from: 200, to: 200 },
              { from: 300, to: 399 },
            ],
            json: [{ pointer: '/success', value: true }],
            headers: [{ name: 'content-type', contains: 'json' }],
            body: 'Welcome',
          },
          capture: [
            { name: 'userId', from: { kind: 'cookie', name: 'userId' } },
            { name: 'token', from: { kind: 'json', pointer: '/token' } },
            { name: 'next', from: { kind: 'header', name: 'location' } },
          ],
        }),
        request({
          name: 'GET ${next}/frames/${userId}',
          path: [
            { encode: 'none', value: { kind: 'capture', name: 'next' } },
            '/frames/',
            url({ kind: 'capture', name: 'userId' }),
            '?q=blue%20shoes&page=',
            url({ kind: 'random', from: 1, to: 9 }),
          ],
          headers: [
            ['Authorization', ['Bearer s3cret']],
            ['x-session', [{ encode: 'none', value: { kind: 'capture', name: 'token' } }]],
          ],
          timeout: 2_000,
        }),
        { kind: 'think', from: 1_000, to: 10_000 },
        request({
          name: 'photo',
          method: 'PUT',
          path: ['/photos/', url({ kind: 'uuid' }), '?at=', url({ kind: 'now' })],
          body: {
            type: 'application/json',
            content: [
              '{"owner":"',
              { encode: 'json', value: { kind: 'capture', name: 'userId' } },
              '","tags":["a",1,null,"say \\"hi\\""],"price":"${5}"}',
            ],
          },
        }),
        { kind: 'think', from: 500, to: 500 },
        request({
          name: 'PUT /photos/x',
          method: 'PUT',
          path: ['/photos/x'],
          body: { type: 'application/xml', content: ['<photo/>'] },
        }),
      ],
    },
    {
      name: 'store',
      weight: 70,
      steps: [
        request({ name: 'GET /demo/store', path: ['/demo/store'] }),
        request({ name: 'GET /demo/store (2)', path: ['/demo/store'] }),
      ],
    },
  ],
  budgets: [
    budget(45, 'p95 < 250 ms', { metric: 'p95', limit: { kind: 'absolute', value: 250 } }),
    budget(46, 'errors < 0.5 %', { metric: 'errors', limit: { kind: 'absolute', value: 0.005 } }),
    budget(47, 'throughput > 190/s', { metric: 'throughput', limit: { kind: 'absolute', value: 190 } }),
    budget(48, 'p95 of "fan club" < baseline + 10 % and + 5 ms', {
      metric: 'p95',
      of: 'fan club',
      limit: { kind: 'baseline', share: 0.1, amount: 5 },
    }),
    budget(49, 'p99.9 of photo < 1.5 s', {
      metric: 'p99.9',
      of: 'fan club › photo',
      limit: { kind: 'absolute', value: 1_500 },
    }),
    budget(50, 'errors < baseline + 0.2 pp', {
      metric: 'errors',
      limit: { kind: 'baseline', share: undefined, amount: 0.002 },
    }),
    budget(51, 'throughput > baseline - 5 %', {
      metric: 'throughput',
      limit: { kind: 'baseline', share: 0.05, amount: undefined },
    }),
  ],
}

test('a whole realistic profile', () => {
  const { profile, issues, secrets } = read(STOREFRONT, { API_TOKEN: 's3cret' })
  expect(issues).toEqual([])
  expect(profile).toEqual(EXPECTED)
  expect(secrets).toEqual(['s3cret'])
  expect(JSON.parse(JSON.stringify(profile))).toEqual(JSON.parse(JSON.stringify(EXPECTED)))
})

test('the throwing twin gives the same, or throws everything that is wrong, with the mark under it', () => {
  expect(parseProfile(STOREFRONT, { file, env: { API_TOKEN: 's3cret' } })).toEqual({
    profile: EXPECTED,
    secrets: ['s3cret'],
  })
  const broken = () => parseProfile('name: x\ntarget: http://h\nload: { rate: 5, for: 10 sek }\n', { file, env: {} })
  expect(broken).toThrow(LoadgateError)
  expect(broken).toThrow(
    /^loadgate.yml:1:1 {2}missing-key {2}.*\n.*\n.*\nloadgate.yml:3:15 {2}unknown-unit {2}[^\n]*\n {2}3 \| load: \{ rate: 5,/,
  )
})

const shop = (load: string, step = '{ get: / }', rest = '') => `name: shop
target: http://h
load: ${load}
${rest}
scenarios: [ { name: store, steps: [ ${step} ] } ]
`
const loadOf = (load: string) => read(shop(load)).profile?.load

test.each<[string, object]>([
  // one straight piece
  [
    '{ rate: 30/m, for: 1m }',
    { model: 'open', shape: { kind: 'stages', stages: [{ from: 0.5, to: 0.5, over: 60_000 }] } },
  ],
  [
    '{ users: 10, to: 20 users, for: 10s }',
    { model: 'closed', shape: { stages: [{ from: 10, to: 20, over: 10_000 }] } },
  ],
  ['{ users: 1 user, for: 10s, warm-up: 0s }', { model: 'closed', warmUp: 0, shape: { stages: [{ from: 1, to: 1 }] } }],
  // down to nothing, and from nothing
  [
    '{ stages: [ { rate: 9/s, to: 0/s, for: 1s }, { rate: 0/s, to: 9/s, for: 1s } ] }',
    {
      shape: {
        stages: [
          { from: 9, to: 0 },
          { from: 0, to: 9 },
        ],
      },
    },
  ],
  // a staircase, bounded or not
  [
    '{ steps: { rate: 10/s, add: 5/s, every: 30s, until: 100/s, for: 5m } }',
    { shape: { kind: 'steps', from: 10, add: 5, every: 30_000, until: 100, over: 300_000 } },
  ],
  [
    '{ steps: { users: 0, add: 5, every: 30s, for: 5m } }',
    { model: 'closed', shape: { kind: 'steps', from: 0, add: 5, until: undefined } },
  ],
  // levels
  [
    '{ levels: [ { at: 0s, rate: 1/s }, { at: 2s, rate: 0/s } ], for: 3s }',
    {
      shape: {
        kind: 'levels',
        levels: [
          { at: 0, level: 1 },
          { at: 2_000, level: 0 },
        ],
        over: 3_000,
      },
    },
  ],
  // the bounds themselves
  ['{ rate: 1000000/s, for: 24h }', { model: 'open' }],
  ['{ users: 100000, for: 24h }', { model: 'closed' }],
])('the load %s', (load, expected) => {
  expect(read(shop(load)).issues).toEqual([])
  expect(loadOf(load)).toMatchObject(expected)
})

test.each([
  ['{ rate: 1000001/s, for: 1s }', 'out-of-range'],
  ['{ users: 100001, for: 1s }', 'out-of-range'],
  ['{ users: 1.5, for: 1s }', 'out-of-range'],
  ['{ users: 10/s, for: 1s }', 'conflict'],
  ['{ rate: 10 users, for: 1s }', 'conflict'],
  ['{ users: 5, to: 10/s, for: 1s }', 'conflict'],
  ['{ users: many, for: 1s }', 'wrong-type'],
  ['{ rate: 1/s, for: 24h 1ms }', 'out-of-range'],
  ['{ rate: 1/s, for: 24h, warm-up: 1ms }', 'out-of-range'],
  ['{ users: 0, for: 1s }', 'out-of-range'],
  ['{ steps: { users: 0, add: 5, every: 30s, for: 30s } }', 'out-of-range'],
  ['{ steps: { rate: 1/s, add: 1000000/s, every: 1s, for: 1h } }', 'out-of-range'],
  ['{ steps: { rate: 1/s, add: 1/s, every: 1s }, for: 1h }', 'missing-key'],
  ['{ levels: [ { at: 0s, rate: 1/s } ] }', 'missing-key'],
  ['{ levels: [], for: 1m }', 'wrong-type'],
  ['{ stages: [ { to: 10/s, for: 1s } ] }', 'missing-key'],
])('the load %s is %s', (load, code) => {
  expect(codes(shop(load))).toContain(code)
})

const LOAD = '{ rate: 1/s, for: 1s }'

test.each([
  ['http://h/', 'http://h'],
  ['HTTPS://Example.COM:443/api//', 'https://example.com/api'],
  ['http://[::1]:8080/base/', 'http://[::1]:8080/base'],
])('the target %s is %s', (written, target) => {
  expect(read(shop(LOAD).replace('http://h', `"${written}"`)).profile?.target).toBe(target)
})

test.each([
  'ftp://h',
  'http:h',
  '//h',
  'http://',
  'http://a b',
  'http://u@h',
  'http://h?',
  'http://h#',
  'http://h\\\\x',
])('the target %s is refused', (written) =>
  expect(codes(shop(LOAD).replace('http://h', `"${written}"`))).toEqual(['invalid-value']),
)

const connected = (connections: string, load = LOAD, target = 'https://h') =>
  shop(load, undefined, `connections: ${connections}`).replace('http://h', target)

test('connections as they are chosen', () => {
  const all = '{ use: per-iteration, limit: 200, max-age: 1m 30s, max-requests: 100, http: 2, verify: false }'
  expect(read(connected(all)).profile?.connections).toEqual({
    use: 'per-iteration',
    limit: 200,
    maxAge: 90_000,
    maxRequests: 100,
    http: '2',
    verify: false,
  })
  expect(read(connected('{}')).profile?.connections).toEqual({})
  const env = '{ limit: "${env.LIMIT}", http: "${env.HTTP:-2}", verify: "${env.VERIFY:-false}" }'
  expect(read(connected(env), { LIMIT: '7' }).profile?.connections).toEqual({ limit: 7, http: '2', verify: false })
})

test.each([
  ['1', '1.1'],
  ['1.1', '1.1'],
  ['1.10', '1.1'],
  ['"1.1"', '1.1'],
  ['2', '2'],
  ['2.0', '2'],
  ["'2'", '2'],
  ['"2.0"', '2'],
])('http: %s is version %s', (written, http) => {
  expect(read(connected(`{ http: ${written} }`)).profile?.connections).toEqual({ http })
})

test.each([
  ['3', 'write 2 or 1.1'],
  ['h3', 'write 2 or 1.1'],
  ['h2', 'write 2'],
  ['h2c', 'write 2'],
  ['HTTP/2', 'write 2'],
  ['http2', 'write 2'],
  ['HTTP/1.1', 'write 2 or 1.1'],
  ['0', 'write 2 or 1.1'],
  ['1.2', 'write 2 or 1.1'],
  ['true', 'write 2 or 1.1'],
])('http: %s is told to %s', (written, advice) => {
  const { issues } = read(connected(`{ http: ${written} }`))
  expect(issues).toMatchObject([{ code: 'invalid-value', message: expect.stringMatching(`; ${advice}$`) }])
})

const USERS = (users: number) => `{ users: 1, to: ${users}, for: 1s }`

test.each<[string, string, string[], string]>([
  ['{ use: per-user }', LOAD, ['conflict'], 'https://h'],
  ['{ use: per-user }', USERS(25_000), [], 'https://h'],
  ['{ use: per-user }', USERS(25_001), ['conflict'], 'https://h'],
  ['{ use: per-user, limit: 25000 }', USERS(25_001), ['conflict'], 'https://h'],
  ['{ use: per-user, limit: 10 }', USERS(10), [], 'https://h'],
  ['{ use: per-user, limit: 10 }', USERS(11), ['conflict'], 'https://h'],
  ['{ use: per-user, limit: 10 }', '{ stages: [ { users: 11, to: 1, for: 1s } ] }', ['conflict'], 'https://h'],
  [
    '{ use: per-user, limit: 10 }',
    '{ levels: [ { at: 0s, users: 1 }, { at: 1s, users: 11 } ], for: 2s }',
    ['conflict'],
    'https://h',
  ],
  ['{ use: per-user, limit: 10 }', '{ steps: { users: 1, add: 5, every: 1s, for: 2s } }', [], 'https://h'],
  [
    '{ use: per-user, limit: 10 }',
    '{ steps: { users: 1, add: 5, every: 1s, for: 2001ms } }',
    ['conflict'],
    'https://h',
  ],
  ['{ use: per-user, limit: 10 }', '{ steps: { users: 1, add: 5, every: 1s, until: 10, for: 1h } }', [], 'https://h'],
  ['{ limit: 10 }', USERS(11), [], 'https://h'],
  ['{ use: shared, limit: 1 }', USERS(11), [], 'https://h'],
  ['{ use: per-iteration, limit: 1 }', USERS(11), [], 'https://h'],
  ['{ verify: false }', LOAD, ['conflict'], 'http://h'],
  ['{ verify: false }', LOAD, ['conflict'], 'HTTP://h'],
  ['{ verify: true }', LOAD, [], 'http://h'],
  ['{ http: 2 }', LOAD, [], 'http://h'],
  // what is wrong elsewhere is not told a second time here
  ['{ use: per-user }', '{ rate: many, for: 1s }', ['unknown-unit'], 'https://h'],
  ['{ verify: false }', LOAD, ['invalid-value'], 'ftp://h'],
])('connections %s of the load %s: %j', (connections, load, expected, target) => {
  expect(codes(connected(connections, load, target))).toEqual(expected)
})

test.each([
  ['{ limit: 1, max-requests: 1, max-age: 1ms }', []],
  ['{ limit: 25000, max-requests: 1000000, max-age: 24h }', []],
  ['{ limit: 25001 }', ['out-of-range']],
  ['{ limit: 1.5 }', ['out-of-range']],
  ['{ limit: -1 }', ['out-of-range']],
  ['{ limit: "" }', ['wrong-type']],
  ['{ limit: true }', ['wrong-type']],
  ['{ limit: .inf }', ['out-of-range']],
  ['{ max-requests: 0 }', ['out-of-range']],
  ['{ max-requests: 1000001 }', ['out-of-range']],
  ['{ max-requests: 100/s }', ['wrong-type']],
  ['{ max-age: 0s }', ['out-of-range']],
  ['{ max-age: 60 }', ['unknown-unit']],
  ['{ verify: yes }', ['wrong-type']],
  ['{ verify: 0 }', ['wrong-type']],
  ['{ use: own }', ['invalid-value']],
  ['2', ['wrong-type']],
])('connections %s: %j', (connections, expected) => {
  expect(codes(connected(connections))).toEqual(expected)
})

test.each(['a.csv', './rows/a.json', 'A.CSV', 'a..b.csv'])('the data file %s is possible', (name) => {
  expect(codes(shop(LOAD, undefined, `data: { d: { file: "${name}" } }`))).toEqual([])
})

test.each([
  '../a.csv',
  'x/../../a.csv',
  '/a.csv',
  'C:/a.csv',
  'c:a.csv',
  '..\\\\a.csv',
  'x\\\\a.csv',
  '\\\\\\\\host\\\\a.csv',
  'a.txt',
  '.csv',
  'a.csv\\0',
])('the data file %s is refused', (name) =>
  expect(codes(shop(LOAD, undefined, `data: { d: { file: "${name}" } }`))).toEqual(['invalid-value']),
)

test('a name is one form of its letters, without blanks around it', () => {
  expect(read(shop(LOAD).replace('name: shop', 'name: "  cafe\u0301 "')).profile?.name).toBe('café')
})

test('names of steps are each their own, however they come about', () => {
  const steps = '{ get: / }, { get: /, name: GET / (2) }, { get: / }, { get: "/${env.X:-a}" }, { post: / }'
  const { profile } = read(shop(LOAD, steps), { X: 'b' })
  const names = profile?.scenarios[0]?.steps.map((step) => 'name' in step && step.name)
  expect(names).toEqual(['GET /', 'GET / (2)', 'GET / (3)', 'GET /${env.X:-a}', 'POST /'])
})

test('a value from a regular expression is looked for as it is written', () => {
  const { profile, issues } = read(shop(LOAD, `{ get: /, capture: { csrf: { regex: 'value="([^"]+)"' } } }`))
  expect(issues).toEqual([])
  expect(profile?.scenarios[0]?.steps[0]).toMatchObject({
    capture: [{ name: 'csrf', from: { kind: 'regex', pattern: 'value="([^"]+)"' } }],
  })
})

test.each([
  ["'(a'", 'missing closing )'],
  ["'a(?=b)'", 'invalid or unsupported Perl syntax'],
  [`'${'a'.repeat(1_001)}'`, 'at most 1000 characters'],
])('a regular expression %s is refused', (written, words) => {
  const { issues } = read(shop(LOAD, `{ get: /, capture: { x: { regex: ${written} } } }`))
  expect(issues).toHaveLength(1)
  expect(issues[0]?.message).toContain(words)
})

test('how often a request is sent', () => {
  const written = 'chance: 1 in 500, when: { role: [ admin, owner ], id: 7 }, repeat: 1..5, between: 1s..3s'
  const capture = '{ get: /, capture: { role: { header: x-role }, id: { json: /id } } }'
  const { profile, issues } = read(
    shop(LOAD, `${capture}, { get: /a, ${written} }, { get: /b, repeat: 3 }, { get: /c }`),
  )
  expect(issues).toEqual([])
  expect(profile?.scenarios[0]?.steps.slice(1)).toMatchObject([
    {
      flow: {
        chance: 0.002,
        when: [
          { capture: 'role', is: ['admin', 'owner'] },
          { capture: 'id', is: ['7'] },
        ],
        repeat: { from: 1, to: 5, between: { from: 1_000, to: 3_000 } },
      },
    },
    { flow: { when: [], repeat: { from: 3, to: 3 } } },
    {},
  ])
  expect(profile?.scenarios[0]?.steps[3]).not.toHaveProperty('flow')
})

test.each([
  ['{ get: /, chance: 2 }, { get: /a }', 'unknown-unit', 'write 1 in 500, or 5 %'],
  ['{ get: /, chance: 3 in 2 }, { get: /a }', 'out-of-range', 'at most 1 in 1'],
  ['{ get: /, chance: 0 % }, { get: /a }', 'out-of-range', 'above 0'],
  ['{ get: /, chance: 1 in 2 }', 'missing-key', 'may be skipped'],
  ['{ get: /, repeat: 0 }', 'out-of-range', 'from 1 to 10000'],
  ['{ get: /, repeat: 5..2 }', 'out-of-range', 'write 2..5'],
  ['{ get: /, repeat: often }', 'wrong-type', 'no number of times'],
  ['{ get: /, between: 1s }', 'conflict', 'of a "repeat"'],
  ['{ get: /, when: { role: admin } }, { get: /a }', 'unknown-reference', 'an earlier step has to capture it'],
  ['{ think: 1s, repeat: 2 }, { get: / }', 'conflict', 'a pause has no "repeat"'],
])('how often, not like this: %s', (steps, code, words) => {
  const { issues } = read(shop(LOAD, steps))
  expect(issues.map((issue) => issue.code)).toEqual([code])
  expect(issues[0]?.message).toContain(words)
})

test.each([
  ['of an earlier step', '{ get: /, capture: { id: { cookie: c } } }, { get: "/${id}" }', []],
  ['of the same step', '{ get: "/${id}", capture: { id: { cookie: c } } }', ['unknown-reference']],
  ['of a later step', '{ get: "/${id}" }, { get: /, capture: { id: { cookie: c } } }', ['unknown-reference']],
])('a value captured %s', (_, steps, expected) => {
  expect(codes(shop(LOAD, steps))).toEqual(expected)
})

test.each([
  ['2s', { from: 2_000, to: 2_000 }],
  ['1s..10s', { from: 1_000, to: 10_000 }],
  ['normal(5s, 1s)', { shape: 'normal', mean: 5_000, deviation: 1_000 }],
  [' normal ( 500ms,250ms ) ', { shape: 'normal', mean: 500, deviation: 250 }],
  ['exponential(1m 30s)', { shape: 'exponential', mean: 90_000 }],
])('a pause of %s', (written, pause) => {
  const { profile, issues } = read(shop(LOAD, `{ think: "${written}" }, { get: / }`))
  expect(issues).toEqual([])
  expect(profile?.scenarios[0]?.steps[0]).toEqual({ kind: 'think', ...pause })
})

test.each([
  ['normal(5s)', 'invalid-value', 'normal(5s, 1s) with its deviation'],
  ['normal(5, 1)', 'unknown-unit', 'write 5s or 5ms'],
  ['normal(1s, 501ms)', 'out-of-range', 'at most half of the mean, 500 ms'],
  ['exponential(2h)', 'out-of-range', 'at most 1 h'],
  ['poisson(2s)', 'invalid-value', 'exponential(5s)'],
  ['exponential(1s, 2s)', 'invalid-value', 'exponential(5s)'],
  ['exponential(-1s)', 'out-of-range', 'negative'],
])('a pause of %s is refused', (written, code, words) => {
  const { issues } = read(shop(LOAD, `{ think: "${written}" }, { get: / }`))
  expect(issues.map((issue) => issue.code)).toEqual([code])
  expect(issues[0]?.message).toContain(words)
})

test.each([
  ['{ file: a.csv, pick: weighted, by: share }', [], { file: 'a.csv', format: 'csv', pick: 'weighted', by: 'share' }],
  ['{ file: a.csv, pick: weighted }', ['missing-key'], undefined],
  ['{ file: a.csv, pick: random, by: share }', ['conflict'], undefined],
  ['{ file: a.csv, by: share }', ['conflict'], undefined],
])('rows by their weights: %s', (written, expected, source) => {
  const { profile, issues } = read(shop(LOAD, '{ get: / }', `data: { rows: ${written} }`))
  expect(issues.map(({ code }) => code)).toEqual(expected)
  if (source) expect(profile?.data.rows).toEqual(source)
})

test('what is done once stands before the steps, which know what it captured', () => {
  const scenario = `{ name: s, once: [ { post: /login, capture: { id: { cookie: c } } }, { think: 1s } ], steps: [ { get: "/\${id}" }, { post: /login } ] }`
  const { profile, issues } = read(`name: n\ntarget: http://127.0.0.1:1\nload: ${LOAD}\nscenarios: [ ${scenario} ]\n`)
  expect(issues).toEqual([])
  expect(profile?.scenarios[0]?.steps).toMatchObject([
    { kind: 'request', name: 'POST /login', once: true },
    { kind: 'think', from: 1_000, once: true },
    { kind: 'request', name: 'GET /${id}' },
    { kind: 'request', name: 'POST /login (2)' },
  ])
  expect(profile?.scenarios[0]?.steps.map(({ once }) => once)).toEqual([true, true, undefined, undefined])
})

test.each([
  ['sends nothing else', 'once: [ { get: / } ], steps: [ { think: 1s } ]', 'missing-key'],
  ['is no list', 'once: { get: / }, steps: [ { get: / } ]', 'wrong-type'],
  ['is empty', 'once: [], steps: [ { get: / } ]', 'wrong-type'],
  [
    'needs what comes later',
    'once: [ { get: "/${id}" } ], steps: [ { get: /, capture: { id: { cookie: c } } } ]',
    'unknown-reference',
  ],
  ['is called as a step', 'once: [ { get: /, name: a } ], steps: [ { get: /, name: a } ]', 'duplicate-name'],
])('a scenario whose beginning %s', (_, scenario, code) => {
  const text = `name: n\ntarget: http://127.0.0.1:1\nload: ${LOAD}\nscenarios: [ { name: s, ${scenario} } ]\n`
  expect(codes(text)).toEqual([code])
})

test('a value captured in another scenario is none here', () => {
  const text = `${shop(LOAD, '{ get: /, capture: { id: { cookie: c } } }').replace(/ \]\n$/, '')}, { name: other, steps: [ { get: "/\${id}" } ] } ]`
  expect(codes(text)).toEqual(['unknown-reference'])
})

test('a query is added behind one that is there', () => {
  const { profile } = read(shop(LOAD, '{ get: "/a?b=1", query: { "c d": "e&f", n: 007 } }'))
  expect(profile?.scenarios[0]?.steps[0]).toMatchObject({ path: ['/a?b=1&c%20d=e%26f&n=007'] })
})

test('what is not ASCII in a path is encoded, the rest stays as it is written', () => {
  const { profile } = read(shop(LOAD, '{ get: "/caf\u00e9/%2F/a+b" }'))
  expect(profile?.scenarios[0]?.steps[0]).toMatchObject({ path: ['/caf%C3%A9/%2F/a+b'] })
})

test('a service: how it is prepared, and whether two versions can serve at once', () => {
  const service =
    '{ prepare: "npm ci && npm run build", prepare-within: 1h, start: "bin/server --port $PORT", alone: true }'
  expect(read(shop(LOAD, undefined, `service: ${service}`)).profile?.service).toEqual({
    prepare: 'npm ci && npm run build',
    prepareWithin: 3_600_000,
    start: 'bin/server --port $PORT',
    ready: '/',
    readyWithin: 60_000,
    alone: true,
  })
  expect(codes(shop(LOAD, undefined, 'service: { start: x, alone: "${env.ALONE}" }'), { ALONE: 'true' })).toEqual([])
})

test('secrets: what goes into a request, or is called one, and came from the environment', () => {
  const env = {
    TARGET: 'http://h',
    X: 'in a header',
    Y: 'in json',
    Z: 'in-a-query',
    P: 'path',
    DB_PASSWORD: 'hunter22',
    KEY: 'abc',
    UNUSED_TOKEN: 'elsewhere',
    Q: 'in-the-path-query',
  }
  const steps =
    '{ post: "/${env.P}?k=${env.Q}", headers: { x: "${env.X}", d: "${env.NO:-default}", k: "${env.KEY}" }, json: { a: [ "${env.Y}" ] }, query: { z: "${env.Z}" } }'
  const text = shop(LOAD, steps, 'service: { start: "db ${env.DB_PASSWORD}" }').replace('http://h', '${env.TARGET}')
  expect([...read(text, env).secrets].sort()).toEqual([
    'hunter22',
    'in a header',
    'in json',
    'in-a-query',
    'in-the-path-query',
  ])
  // Also of a broken profile, and no message holds one.
  const broken = read(`${text}nonsense: 1\ntimeout: "\${env.DB_PASSWORD}"`, env)
  expect(broken.secrets).toContain('hunter22')
  expect(JSON.stringify(broken.issues)).not.toContain('hunter22')
})

test('a value of the environment is text, whatever is in it', () => {
  const env = { A: '${uuid()}', B: '$', C: '"}, {"x": 1', N: 'line\nbreak' }
  const steps = '{ post: /, headers: { a: "${env.A}", b: "${env.B}{x}${env.B}${uuid()}" }, json: { c: "${env.C}" } }'
  expect(read(shop(LOAD, steps), env).profile?.scenarios[0]?.steps[0]).toMatchObject({
    headers: [
      ['a', ['${uuid()}']],
      ['b', ['${x}$', { encode: 'none', value: { kind: 'uuid' } }]],
    ],
    body: { content: ['{"c":"\\"}, {\\"x\\": 1"}'] },
  })
  expect(codes(shop(LOAD, '{ get: /, headers: { n: "${env.N}" } }'), env)).toEqual(['invalid-value'])
})

test('numbers may come from the environment, with their unit', () => {
  const text = shop('{ rate: "${env.RATE:-50/s}", for: "${env.FOR}" }').replace(
    'name: store',
    'name: store, weight: "${env.W:-3}"',
  )
  const { profile } = read(text, { FOR: '5s' })
  expect(profile?.load?.shape).toMatchObject({ stages: [{ from: 50, over: 5_000 }] })
  expect(profile?.scenarios[0]?.weight).toBe(3)
})

test('aliases are followed, to a bound', () => {
  const shared = shop(LOAD, '{ get: /, headers: &h { accept: "*/*" } }, { get: /b, headers: *h }')
  expect(read(shared).profile?.scenarios[0]?.steps[1]).toMatchObject({ headers: [['accept', ['*/*']]] })
  const bomb = `a: &a [x,x]\n${[...'bcdefghij'].map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[n]}`)}]`).join('\n')}\n`
  expect(codes(bomb)).toContain('too-large')
})

test('a mark of byte order and Windows line ends change nothing', () => {
  const { profile, issues } = read(`\ufeff${STOREFRONT.replaceAll('\n', '\r\n')}`, { API_TOKEN: 's3cret' })
  expect(issues).toEqual([])
  expect(profile).toEqual(EXPECTED)
})

test.each([
  ['too large', `# ${'x'.repeat(1_048_576)}`, 'too-large'],
  ['empty', ' \n', 'missing-key'],
  ['only a comment', '# nothing\n', 'wrong-type'],
  ['binary', 'name: \0', 'syntax'],
  ['half a character', 'name: \ud800', 'syntax'],
  ['half a character, escaped', 'name: "\\ud800"', 'invalid-value'],
])('a text that is %s', (_, text, code) => {
  expect(codes(text)).toContain(code)
})

test('a list of more than 1000 entries is refused', () => {
  const steps = (count: number) => shop(LOAD, Array(count).fill('{get: /}').join(','))
  expect(codes(steps(1_000))).toEqual([])
  expect(codes(steps(1_001))).toContain('too-large')
})

test('no message of a broken profile quotes a secret, or a piece of one', () => {
  const text = `
name: shop
target: http://127.0.0.1:8080
load: { rate: 1/s, for: 1s }
scenarios:
  - { name: "of \${env.API_TOKEN}", steps: [ { get: / } ] }
  - { name: "of \${env.API_TOKEN}", steps: [ { get: / } ] }
budgets:
  - "p95 < \${env.API_TOKEN}"
  - "p95 of \${env.API_TOKEN} < 1 s"
  - "\${env.API_TOKEN} < 1 s"
  - "errors < baseline + \${env.API_TOKEN}"
  - "p95 of nobody < 1 s"
`
  const thrown = (() => {
    try {
      return parseProfile(text, { file: 'loadgate.yml', env: { API_TOKEN: 'first=second third' } })
    } catch (error) {
      return error as LoadgateError
    }
  })()
  expect(thrown).toBeInstanceOf(LoadgateError)
  const told = JSON.stringify([(thrown as LoadgateError).message, (thrown as LoadgateError).mistakes])
  expect(told).toContain('API_TOKEN')
  expect(told).not.toMatch(/first|second|third/)
})

test('a budget of a scenario whose name cannot be read is no other budget said twice', () => {
  const text = `
name: shop
target: http://127.0.0.1:8080
load: { rate: 1/s, for: 1s }
scenarios: [ { name: ${'x'.repeat(101)}, steps: [ { get: / } ] } ]
budgets: [ errors < 1 %, errors of store < 2 % ]
`
  expect(codes(text)).toHaveLength(1)
})
