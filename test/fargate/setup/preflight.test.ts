import { expect, test } from '@jest/globals'
import { estimateCost } from '../../../src/fargate/setup/cost.ts'
import type { PreflightFacts } from '../../../src/fargate/setup/facts.ts'
import type { Finding } from '../../../src/fargate/setup/finding.ts'
import { preflight, stops } from '../../../src/fargate/setup/preflight.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { DIGEST, settings } from './made-settings.ts'

const MINUTE = 60_000
const NOW = Date.UTC(2026, 10, 21)
const load = (seconds: number, level = 100) =>
  onePlan({
    port: 1,
    steps: [requestStep()],
    seconds,
    level,
    target: 'https://shop.example',
    connections: { limit: 5_000 },
  })
const identity = { account: '123456789012', arn: 'arn:aws:sts::x', temporary: true, expires: NOW + 60 * MINUTE }

function facts(changes: Partial<PreflightFacts> = {}): PreflightFacts {
  const plan = changes.plan ?? load(600)
  const of = changes.settings ?? settings()
  const workers = changes.workers ?? { count: 2, why: '' }
  const fleets = of.places.map(({ region, architecture, publicAddress }) => {
    return { region, architecture, publicAddress, size: of.size, spot: of.spot, workers: workers.count }
  })
  return {
    plan,
    targetIsHere: false,
    settings: of,
    workers,
    estimate: estimateCost(fleets, plan, of.stagger),
    identity,
    tried: [],
    version: '0.1.0',
    quota: { 'eu-central-1': 100 },
    jobLimit: undefined,
    attached: true,
    now: NOW,
    ...changes,
  }
}
const withImage = (image: string | undefined) => ({
  settings: settings({ places: settings().places.map((place) => ({ ...place, image })) }),
})
const problem: Finding = { level: 'stop', what: 'no credentials', where: 'AWS credentials', remedy: 'Give some.' }

test('nothing speaks against a run of ten minutes', () => {
  expect(preflight(facts())).toEqual([])
})

test.each<[string, Partial<PreflightFacts>, level: Finding['level'], what: RegExp, where: string]>([
  ['no identity', { identity: { problem } }, 'stop', /^no credentials$/, 'AWS credentials'],
  ['a permission missing', { tried: [{ ...problem, where: 'the bucket' }] }, 'stop', /^no credentials$/, 'the bucket'],
  [
    'a client certificate',
    { plan: { ...load(600), tls: { certificate: 'PEM', key: 'CLIENT_KEY' } } },
    'stop',
    /its key does not leave this machine/,
    'the profile',
  ],
  ['a target on this machine', { targetIsHere: true }, 'stop', /cannot reach https:\/\/shop\.example/, 'the profile'],
  [
    'an older image',
    withImage(`r/loadgate:0.0.9@${DIGEST}`),
    'stop',
    /is version 0\.0\.9, and this is 0\.1\.0/,
    'output Image of the stack',
  ],
  [
    'a newer image, by v',
    withImage(`r:5000/loadgate:v0.2.0@${DIGEST}`),
    'stop',
    /is version 0\.2\.0/,
    'output Image of the stack',
  ],
  ['an image that may move', withImage('r/loadgate:0.1.0'), 'warning', /is not pinned/, 'output Image of the stack'],
  [
    'credentials that end before the load',
    { identity: { ...identity, expires: NOW + 14 * MINUTE } },
    'stop',
    /last for another 14 min, and the run takes 17 min 2 s/,
    'AWS credentials',
  ],
  [
    'credentials that have ended',
    { identity: { ...identity, expires: NOW - 1 } },
    'stop',
    /another 0 ms/,
    'AWS credentials',
  ],
  [
    'a load of more than a week',
    { identity: { ...identity, temporary: false }, plan: load(7 * 24 * 3_600), settings: settings({ maxCost: 1_000 }) },
    'stop',
    /workers can be spoken to for 168 h/,
    'the profile',
  ],
  [
    'credentials that do not say when they end, and a long load',
    { identity: { ...identity, expires: undefined }, plan: load(3_600) },
    'stop',
    /one hour is usual/,
    'AWS credentials',
  ],
  ['a job that ends before the load', { jobLimit: 15 * MINUTE }, 'stop', /a job ends after 15 min/, 'the job'],
  [
    'a run that is too dear',
    { settings: settings({ maxCost: 0.01 }) },
    'stop',
    /will cost about \$0\.0\d, more than \$0\.01/,
    '`max-cost`',
  ],
  [
    'a run that may be too dear',
    { settings: settings({ maxCost: 0.03 }) },
    'warning',
    /but up to \$0\.13 if all go wrong that can/,
    '`max-cost`',
  ],
  [
    'a region without prices',
    {
      settings: settings({ places: [{ ...settings().places[0]!, region: 'eu-south-9' }] }),
      quota: { 'eu-south-9': 9 },
    },
    'note',
    /prices of eu-south-9 are not known/,
    'the estimate',
  ],
  [
    'too many workers',
    { workers: { count: 5_001, why: '' }, settings: settings({ maxCost: 1e9 }), quota: { 'eu-central-1': 1e9 } },
    'stop',
    /5,001 workers cannot share what is there for 5,000/,
    '`fargate-workers`',
  ],
  [
    'a quota that is too low',
    { quota: { 'eu-central-1': 1 } },
    'stop',
    /takes 2 vCPUs at once, and the account may have 1/,
    'Fargate On-Demand vCPUs in eu-central-1',
  ],
  [
    'a quota that is not known',
    { quota: {}, workers: { count: 7, why: '' } },
    'note',
    /takes 7 vCPUs at once; new accounts may have 6/,
    'Fargate On-Demand vCPUs in eu-central-1',
  ],
  [
    'a lot to send',
    { plan: load(600, 1_000_000) },
    'warning',
    /MB\/s leave the workers at the peak, which is more than 1 Gbit\/s/,
    "AWS's testing policy",
  ],
  ['a lot to receive', { plan: load(600, 20_000) }, 'note', /Answers of 6\.25 kB or more/, "AWS's testing policy"],
  [
    'workers that never overlap',
    { settings: settings({ stagger: 600_000 }) },
    'warning',
    /has ended by then/,
    '`start`',
  ],
  ['Spot', { settings: settings({ spot: true }) }, 'note', /take Spot workers away/, '`fargate-spot`'],
])('%s', (_, changes, level, what, where) => {
  const findings = preflight(facts(changes))
  expect(findings).toEqual([
    { level, what: expect.stringMatching(what), where, remedy: expect.stringMatching(/^[A-Z].*\.$/) },
  ])
  expect(stops(findings)).toBe(level === 'stop')
})

test.each<[string, Partial<PreflightFacts>]>([
  [
    'credentials that do not end',
    { identity: { ...identity, temporary: false, expires: undefined }, plan: load(7_200) },
  ],
  ['credentials that do not say when they end, and a short load', { identity: { ...identity, expires: undefined } }],
  ['a run that is handed over', { attached: false, jobLimit: MINUTE }],
  ['an image that only the task definition knows', withImage(undefined)],
  ['an image by its digest alone', withImage(`r/loadgate@${DIGEST}`)],
  ['workers that overlap', { settings: settings({ stagger: 60_000 }) }],
])('nothing is said of %s', (_, changes) => {
  expect(preflight(facts(changes))).toEqual([])
})

test('regions must have one image', () => {
  const [place] = settings().places
  const places = [place!, { ...place!, region: 'us-east-1', image: `r/loadgate:0.1.0@sha256:${'b'.repeat(64)}` }]
  const [finding] = preflight(facts({ settings: settings({ places }) }))
  expect(finding).toMatchObject({ level: 'stop', what: 'The regions have 2 different images' })
})

test('the worst comes first', () => {
  const all = preflight(
    facts({ targetIsHere: true, ...withImage('r/loadgate:latest'), quota: {}, workers: { count: 9, why: '' } }),
  )
  expect(all.map(({ level }) => level)).toEqual(['stop', 'warning', 'note'])
})
