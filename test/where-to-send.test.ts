// What the account may have at once, held against what a run takes, over the wire and before anything costs money.
import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { GivenFargate } from '../src/fargate/setup/settings.ts'
import { createOutput } from '../src/output/output.ts'
import { loadProfile } from '../src/profile-file.ts'
import { VERSION } from '../src/version.ts'
import { whereToSend } from '../src/where-to-send.ts'
import { DIGEST, given, OUTPUTS } from './fargate/setup/made-settings.ts'
import { type Cloud, startCloud } from './support/aws/cloud.ts'
import { madeStack, STACK } from './support/aws/made-stack.ts'
import { ON_DEMAND, type Quota, SPOT } from './support/aws/quota-server.ts'
import { type Workspace, workspace } from './support/run-cli.ts'

const PROFILE = `name: shop
target: https://shop.example
load: { rate: 50/s, for: 60s }
scenarios: [ { name: store, steps: [ { get: / } ] } ]
`
// Without a region in them.
const NAMES = { Cluster: 'loadgate', TaskDefinition: 'loadgate-worker:3' }
const REGIONS = ['eu-central-1', 'us-east-1']

let place: Workspace
let cloud: Cloud
let log: string
let before: NodeJS.ProcessEnv
beforeEach(async () => {
  place = workspace()
  log = ''
  before = { ...process.env }
  writeFileSync(place.at('loadgate.yml'), PROFILE)
  cloud = await startCloud({
    launch: () => {
      throw new Error('nothing may be started')
    },
    bucket: 'loadgate-bucket-1',
    clusters: [{ name: 'loadgate' }],
    stacks: REGIONS.map((region) => ({
      name: STACK,
      region,
      outputs: { ...OUTPUTS, ...NAMES, Image: `registry/loadgate:${VERSION}@${DIGEST}` },
    })),
  })
  delete process.env.AWS_SESSION_TOKEN
  Object.assign(process.env, cloud.env)
})
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
  place[Symbol.dispose]()
  await cloud.close()
})

async function send(changes: Partial<GivenFargate> = {}): Promise<unknown> {
  const write = (written: string) => {
    log += written
  }
  const stream = { columns: 100, write }
  const output = createOutput({ stdout: stream, stderr: stream, github: false })
  const fargate = given({ stack: STACK, workers: 8, ...changes })
  const planned = await loadProfile(place.at('loadgate.yml'), {})
  const doors = { output, env: process.env, signal: new AbortController().signal }
  return whereToSend(planned, { runOn: 'fargate', fargate }, doors).catch((error: unknown) => error)
}

const OK = { kind: 'fargate' }
const both = REGIONS.map((region) => ({ region, share: 1 }))

test('eight vCPUs where six may be are refused before anything costs money', async () => {
  cloud.quotas.quotas = [
    { code: ON_DEMAND, value: 6 },
    { code: SPOT, value: 100 },
  ]
  expect(await send()).toMatchObject({
    kind: 'usage',
    message: 'Fargate cannot send this load: The run takes 8 vCPUs at once, and the account may have 6',
    hint: 'Ask for more at Service Quotas; it can take a day.',
  })
  expect(log).toMatch(/stop: {4}The run takes 8 vCPUs at once.* \(Fargate On-Demand vCPUs in eu-central-1\)/)
  expect(new Set(cloud.ecs.calls.map(({ operation }) => operation))).toEqual(new Set(['ListTasks']))
})

test('as many as there may be are sent, and nothing is said', async () => {
  cloud.quotas.quotas = [{ code: ON_DEMAND, value: 8 }]
  expect(await send()).toMatchObject(OK)
  expect(log).not.toMatch(/vCPUs at once/)
  expect(cloud.quotas.calls).toEqual([
    { operation: 'GetServiceQuota', region: 'eu-central-1', code: ON_DEMAND, error: undefined },
  ])
})

test('Spot has a quota of its own', async () => {
  const quotas = (onDemand: number, spot: number): readonly Quota[] => [
    { code: ON_DEMAND, value: onDemand },
    { code: SPOT, value: spot },
  ]
  cloud.quotas.quotas = quotas(1, 8)
  expect(await send({ spot: true })).toMatchObject(OK)
  cloud.quotas.quotas = quotas(8, 1)
  expect(await send({ spot: true })).toMatchObject({ kind: 'usage' })
  expect(log).toMatch(/the account may have 1 \(Fargate Spot vCPUs in eu-central-1\)/)
})

test('each of two regions is held to its own', async () => {
  cloud.quotas.quotas = [
    { code: ON_DEMAND, value: 4, region: 'eu-central-1' },
    { code: ON_DEMAND, value: 3, region: 'us-east-1' },
  ]
  expect(await send({ regions: both })).toMatchObject({ kind: 'usage' })
  expect(log).toMatch(/takes 4 vCPUs at once, and the account may have 3 \(Fargate On-Demand vCPUs in us-east-1\)/)
  expect(log).not.toMatch(/vCPUs in eu-central-1/)
  expect(cloud.quotas.calls.map(({ region }) => region).sort()).toEqual(REGIONS)
})

test('one region that does not tell does not hide what another says', async () => {
  cloud.quotas.quotas = [{ code: ON_DEMAND, value: 3, region: 'us-east-1' }]
  expect(await send({ regions: both, workers: 14 })).toMatchObject({ kind: 'usage' })
  expect(log).toMatch(/note: {4}The run takes 7 vCPUs at once; .*could not be read \(.* in eu-central-1\)/)
  expect(log).toMatch(/stop: {4}The run takes 7 vCPUs at once, and the account may have 3 \(.* in us-east-1\)/)
})

test.each([
  ['is denied', { kind: 'denied' }],
  ['fails', { kind: 'server error' }],
  ['never answers', { kind: 'hang' }],
  ['says nothing', { kind: 'empty' }],
] as const)(
  'a quota that %s is noted, and refuses nothing',
  async (_, { kind }) => {
    cloud.quotas.inject({ operation: 'GetServiceQuota', kind })
    expect(await send()).toMatchObject(OK)
    expect(log).toMatch(/note: {4}The run takes 8 vCPUs at once; new accounts may have 6, .*could not be read/)
  },
  20_000,
)

test('the policy of the stack is enough to ask, for either kind', async () => {
  cloud.account.policy = madeStack('x').policy
  for (const spot of [false, true]) expect(await send({ spot })).toMatchObject(OK)
  expect(cloud.account.asked.filter(({ decision }) => decision !== 'allowed')).toEqual([])
  expect(cloud.quotas.calls.map(({ code, error }) => [code, error])).toEqual([
    [ON_DEMAND, undefined],
    [SPOT, undefined],
  ])
})
