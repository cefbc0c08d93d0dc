import type { LookupAddress } from 'node:dns'
import { expect, test } from '@jest/globals'
import { readListedTarget } from '../src/allowed-targets.ts'
import { checkTargets, targetRules } from '../src/check-targets.ts'
import { LoadgateError } from '../src/errors.ts'
import type { LoadProfile } from '../src/profile/profile.ts'
import { parseProfile } from '../src/profile/read-profile.ts'
import { pullRequest } from './trust/pull-request.ts'
import { changed, SHOP } from './trust/shop.ts'

const text = (target: string, ...guards: string[]) => `name: shop
target: ${target}
load: { rate: 50/s, for: 60s }
scenarios: [ { name: store, steps: [ { get: / } ] } ]
${guards.length === 0 ? '' : `guards:\n${guards.map((get) => `  - { get: "${get}" }\n`).join('')}`}`

const env = {
  HOST: 'shop.example',
  OTHER: 'other.example',
  URL: 'https://shop.example',
  PORT: '8443',
  LOCAL: 'http://127.0.0.1:1',
}
const profileOf = (yaml: string) => parseProfile(yaml, { file: 'loadgate.yml', env }).profile

/** A name is what stands before it here, and public where nothing does. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'shop.internal': ['10.0.0.5'],
  'both.example': ['93.184.215.14', '10.0.0.5'],
  'cloud.example': ['169.254.169.254'],
  'here.example': ['127.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
}
const resolve = async (name: string): Promise<LookupAddress[]> => {
  if (name === 'unknown.example') throw new Error('ENOTFOUND')
  return (NAMES[name] ?? ['93.184.215.14']).map((address) => ({ address, family: 4 }))
}

interface Around {
  readonly reviewed?: LoadProfile | undefined
  readonly allow?: readonly string[]
  readonly baseTarget?: string
  readonly resolves?: boolean
}

async function check(yaml: string, around: Around = {}): Promise<LoadgateError | undefined> {
  const profile = profileOf(yaml)
  const { allow = [], baseTarget, resolves = true } = around
  const reviewed = 'reviewed' in around ? around.reviewed : profile
  const allowTargets = allow.map((one) => readListedTarget(one)!)
  const rules = targetRules({ reviewed, allowTargets, baseTarget })
  try {
    await checkTargets(profile, rules, { file: 'loadgate.yml', resolves, resolve })
    return undefined
  } catch (error) {
    if (!(error instanceof LoadgateError)) throw error
    return error
  }
}

test.each<[what: string, yaml: string, around: Around]>([
  ['this machine', text('http://127.0.0.1:8080'), {}],
  ['this machine, of a pull request', text('http://localhost:8080'), { reviewed: undefined }],
  ['this machine, by the environment', text('${env.LOCAL}'), {}],
  ['a written host', text('https://shop.example'), {}],
  ['a written host that is the default', text('${env.NOT_SET:-https://shop.example}'), {}],
  ['a default that the environment says again', text('${env.URL:-https://shop.example}'), {}],
  ['a written host whose port is not', text('https://shop.example:${env.PORT}'), {}],
  ['a written private address', text('http://10.0.0.5:8080'), {}],
  ['an environment that says what is listed', text('${env.URL}'), { allow: ['shop.example'] }],
  ['a private name that is listed', text('http://shop.internal'), { allow: ['shop.internal'] }],
  ['a private name whose network is listed', text('http://shop.internal'), { allow: ['10.0.0.0/8'] }],
  [
    'a pull request with what is listed',
    text('https://shop.example'),
    { reviewed: undefined, allow: ['*.example', 'shop.example'].slice(1) },
  ],
  ['where the base is deployed', text('${env.URL}'), { baseTarget: 'https://shop.example/base' }],
  ['a name that nobody knows here', text('https://unknown.example'), {}],
  ['a private name, from elsewhere', text('http://shop.internal'), { resolves: false }],
  ['a guard that is written', text('http://127.0.0.1:1', 'https://status.example/health'), {}],
  ['a guard that is listed', text('http://127.0.0.1:1', '${env.URL}/health'), { allow: ['shop.example:443'] }],
])('%s may be sent to', async (_, yaml, around) => {
  expect(await check(yaml, around)).toBeUndefined()
})

test.each<[what: string, yaml: string, around: Around, says: RegExp]>([
  [
    'the environment alone',
    text('${env.URL}'),
    {},
    /:2:9 the target: shop\.example is not allowed; the environment says it/,
  ],
  ['a part by the environment', text('https://${env.HOST}'), {}, /the environment says it/],
  [
    'an end by the environment',
    text('https://shop${env.NOTHING:-.example}'),
    { reviewed: undefined },
    /reviewed does not name it/,
  ],
  [
    'another than the default',
    text('${env.URL:-https://other.example}'),
    {},
    /shop\.example is not allowed; the environment/,
  ],
  [
    'a new profile of a pull request',
    text('https://shop.example'),
    { reviewed: undefined },
    /the profile that has been reviewed does not name it/,
  ],
  [
    'another host than the base has',
    text('https://evil.example'),
    { reviewed: profileOf(text('https://shop.example')) },
    /evil\.example is not allowed/,
  ],
  ['a private name', text('http://shop.internal'), {}, /shop\.internal leads to 10\.0\.0\.5, a private address/],
  ['a name that is private as well', text('http://both.example'), {}, /leads to 10\.0\.0\.5/],
  ['a name of this machine', text('http://here.example'), {}, /leads to 127\.0\.0\.1, this machine itself/],
  [
    'the cloud by a name',
    text('http://cloud.example'),
    { allow: ['cloud.example'] },
    /an address of the cloud's own services/,
  ],
  ['the cloud by its address', text('http://169.254.169.254'), {}, /169\.254\.169\.254 is an address of the cloud/],
  ['a listed host at another port', text('${env.URL}'), { allow: ['shop.example:80'] }, /shop\.example is not allowed/],
  [
    'a guard of the environment',
    text('http://127.0.0.1:1', '${env.URL}/health'),
    {},
    /:6:12 the guard "https:\/\/shop\.example\/health": shop\.example is not allowed/,
  ],
  [
    'a guard of a pull request',
    text('http://127.0.0.1:1', 'https://status.example/'),
    { reviewed: undefined },
    /the guard .* does not name it/,
  ],
  [
    'a guard that leads to the cloud, from elsewhere',
    text('http://127.0.0.1:1', 'http://cloud.example/'),
    { resolves: false },
    /the guard .*cloud/,
  ],
  [
    'the load to what a guard watches',
    text('${env.URL}', 'https://shop.example/health'),
    {},
    /:2:9 the target: shop\.example is not allowed/,
  ],
  [
    'a guard of what the load is for',
    text('https://shop.example', '${env.URL}/health'),
    {},
    /the guard .*the environment says it/,
  ],
])('%s may not', async (_, yaml, around, says) => {
  const error = await check(yaml, around)
  expect(error).toMatchObject({ kind: 'usage', hint: expect.stringContaining('`allow-targets`') })
  expect(error?.message).toMatch(says)
})

test('all that is not allowed is told at once, each at its place', async () => {
  const error = await check(text('${env.URL}', 'https://status.example/', '${env.URL}/', 'http://shop.internal/'))
  expect(error?.mistakes.map(({ place }) => [place.file, place.line, place.column])).toEqual([
    ['loadgate.yml', 2, 9],
    ['loadgate.yml', 7, 12],
    ['loadgate.yml', 8, 12],
  ])
})

test('a resolver that says nothing holds nobody up for ever', async () => {
  const profile = profileOf(text('https://shop.example'))
  const rules = targetRules({ reviewed: profile, allowTargets: [], baseTarget: undefined })
  await checkTargets(profile, rules, { file: 'x', resolves: true, resolve: () => new Promise(() => {}), within: 10 })
})

test('whose addresses have been reviewed: those of the base, or of a head that is accepted', async () => {
  using request = pullRequest({ profile: SHOP })
  const evil = { profile: changed(SHOP, ['target'], 'https://evil.example') }
  const targets = async (accepted: boolean) => (await request.heldTo(evil, { accepted })).reviewed?.target
  expect(await targets(false)).toBe(SHOP.target)
  expect(await targets(true)).toBe('https://evil.example')
  using first = pullRequest({ profile: undefined })
  expect((await first.heldTo(evil)).reviewed).toBeUndefined()
  expect((await first.heldTo(evil, { accepted: true })).reviewed?.target).toBe('https://evil.example')
})
