// A profile that uses every key there is, as data, and ways to change it.
import { filesUsed } from '../../src/plan/plan-files.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { parseData } from '../../src/profile/data.ts'
import { readProfile } from '../../src/profile/read-profile.ts'
import type { Policy } from '../../src/trust/policy.ts'

export type Written = null | boolean | number | string | readonly Written[] | { readonly [key: string]: Written }
export type Way = readonly (string | number)[]

export const ROWS = 'email,password\na@b.example,one\nc@d.example,two\n'

/** What JSON files hold. */
export const DOCUMENT = '{ "items": [ 1 ] }'

export const FUNCTIONS = 'export const mark = (email) => `m-${email}`'

export const SHOP = {
  name: 'shop',
  target: 'https://127.0.0.1:8443',
  service: {
    prepare: 'npm ci',
    'prepare-within': '5m',
    start: 'node server.mjs',
    ready: '/healthz',
    'ready-within': '30s',
    alone: false,
  },
  load: {
    'warm-up': '5s',
    stages: [
      { rate: '50/s', to: '100/s', for: '20s' },
      { rate: '100/s', for: '40s' },
    ],
  },
  timeout: '2s',
  connections: { use: 'shared', limit: 100, 'max-age': '10s', 'max-requests': 1000, http: 1.1, verify: true },
  data: { accounts: { file: 'accounts.csv', pick: 'sequential' } },
  scenarios: [
    {
      name: 'member',
      weight: 30,
      steps: [
        {
          name: 'log in',
          post: '/login',
          query: { from: 'shop' },
          headers: { 'x-shop': 'loadgate' },
          form: { email: '${accounts.email}', password: '${accounts.password}' },
          expect: {
            status: [200, 201],
            json: { '/success': true },
            headers: { 'content-type': 'json' },
            body: 'welcome',
          },
          capture: {
            id: { json: '/user/id' },
            session: { cookie: 'session' },
            place: { header: 'location' },
            code: { regex: 'code=([0-9]+)' },
          },
          timeout: '1s',
        },
        { think: '1s..2s' },
        { get: '/orders/${id}' },
      ],
    },
    { name: 'visitor', weight: 70, steps: [{ get: '/' }, { put: '/seen', body: '<seen/>', type: 'application/xml' }] },
  ],
  budgets: [
    'p95 < 250 ms',
    'p95 < baseline + 10 % and + 5 ms',
    'p99 of member < 1 s',
    'errors < 0.5 %',
    'errors < baseline + 0.2 pp',
    'throughput > 10/s',
    'throughput > baseline - 5 %',
  ],
  guards: [
    {
      name: 'status page',
      get: 'http://127.0.0.1:9443/health',
      every: '5s',
      within: '500ms',
      failures: 3,
      expect: { status: 200, body: 'fine' },
    },
  ],
} as const satisfies Written

/** The same with one thing set, or taken out where it is undefined. Keys along the way that are not there are made. */
export function changed(profile: Written, way: Way, value: Written | undefined): Written {
  const [key, ...rest] = way
  if (key === undefined) return value as Written
  if (Array.isArray(profile)) {
    const at = Number(key)
    if (rest.length === 0 && value === undefined) return profile.toSpliced(at, 1)
    return at < profile.length ? profile.with(at, changed(profile[at], rest, value)) : [...profile, value]
  }
  const { [key]: inner, ...others } = profile as Readonly<Record<string, Written>>
  if (rest.length === 0 && value === undefined) return others
  const entries = Object.entries(profile as object).map(([name, old]) => [
    name,
    name === String(key) ? changed(old, rest, value) : old,
  ])
  return { ...Object.fromEntries(entries), ...(inner === undefined ? { [key]: changed({}, rest, value) } : {}) }
}

/** With the key of one thing called otherwise, at the same place. */
export function renamed(profile: Written, way: Way, name: string): Written {
  const [key, ...rest] = way
  if (Array.isArray(profile)) return profile.with(Number(key), renamed(profile[Number(key)], rest, name))
  return Object.fromEntries(
    Object.entries(profile as Readonly<Record<string, Written>>).map(([old, value]) => {
      if (old !== key) return [old, value]
      return rest.length === 0 ? [name, value] : [old, renamed(value, rest, name)]
    }),
  )
}

/** The way to every key and every entry of a list. */
export function waysIn(profile: Written, way: Way = []): readonly Way[] {
  if (typeof profile !== 'object' || profile === null) return []
  const keys = Array.isArray(profile) ? [...profile.keys()] : Object.keys(profile)
  return keys.flatMap((key) => {
    const inner = (profile as Readonly<Record<string | number, Written>>)[key]!
    return [[...way, key], ...waysIn(inner, [...way, key])]
  })
}

/** As the tool reads it from YAML, which JSON is; undefined where it refuses to run such a profile. */
export function policyOf(
  profile: Written,
  { file = 'loadgate.yml', rows = ROWS, upload = 'an image', functions = FUNCTIONS } = {},
): Policy | undefined {
  const { profile: read } = readProfile(JSON.stringify(profile), { file, env: { CLIENT_KEY: 'key.pem' } })
  if (read === undefined) return undefined
  try {
    const data = Object.fromEntries(
      Object.entries(read.data).map(([name, { file, format }]) => [name, parseData(rows, { file, format })]),
    )
    const files = Object.fromEntries(
      filesUsed(read).map((path) => [path, Buffer.from(path.endsWith('.json') ? DOCUMENT : upload)]),
    )
    return { profile: read, plan: planLoad(read, { data, functions, files, file }) }
  } catch {
    return undefined
  }
}

export function soundPolicy(profile: Written, options?: Parameters<typeof policyOf>[1]): Policy {
  const policy = policyOf(profile, options)
  if (policy === undefined) throw new Error(`not sound: ${JSON.stringify(profile)}`)
  return policy
}
