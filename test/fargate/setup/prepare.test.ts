import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../../src/errors.ts'
import { type Preparation, prepareFargate, type SetupDoors } from '../../../src/fargate/setup/prepare.ts'
import { tryOut } from '../../../src/fargate/setup/try-out.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { given, OUTPUTS } from './made-settings.ts'

const plan = onePlan({
  port: 1,
  steps: [requestStep()],
  seconds: 60,
  level: 9_000,
  target: 'https://shop.example',
  connections: { limit: 100 },
})
const identity = { account: '123456789012', arn: 'arn:aws:sts::x', temporary: false, expires: undefined }
const asked = (changes: Partial<Preparation> = {}): Preparation => ({
  given: given({ stack: 'loadgate' }),
  region: undefined,
  targetIsHere: false,
  version: '0.1.0',
  jobLimit: undefined,
  attached: true,
  now: 0,
  ...changes,
})
const aws = (changes: Partial<SetupDoors> = {}): SetupDoors => ({
  identity: async () => identity,
  outputs: async () => OUTPUTS,
  quota: async () => 4_000,
  ...changes,
})
const refusal = (message: string) => async () => {
  throw new LoadgateError('infrastructure', message, { hint: 'Do this.' })
}

test('who, where, how many, what for, and what speaks against it', async () => {
  const { findings, identity: who, fleet } = await prepareFargate(plan, asked(), aws())
  expect([findings, who]).toEqual([[], identity])
  expect(fleet).toMatchObject({ workers: { count: 3 }, perPlace: [3], settings: { bucket: OUTPUTS.Bucket } })
  expect(fleet?.estimate.expected.total).toBeGreaterThan(0)
})

test('what was measured for the profile stands in for the table', async () => {
  const measured = given({ stack: 'loadgate', workerRate: 1_800 })
  const { fleet } = await prepareFargate(plan, asked({ given: measured }), aws())
  expect(fleet?.workers).toEqual({
    count: 5,
    why: '9,000 requests/s, 1,800 requests/s from each worker, as `fargate-worker-rate` says',
  })
})

test('the region of the environment is taken where none was given', async () => {
  const regions: string[] = []
  const outputs = async (_: string, region: string) => {
    regions.push(region)
    return OUTPUTS
  }
  const { fleet } = await prepareFargate(
    plan,
    asked({ given: given({ stack: 's', regions: [] }), region: 'eu-central-1' }),
    aws({ outputs }),
  )
  expect([regions, fleet?.settings.places[0]?.region]).toEqual([['eu-central-1'], 'eu-central-1'])
})

test('what AWS refuses is a finding, with what to do', async () => {
  const doors = aws({ identity: refusal('no credentials'), outputs: refusal('no stack') })
  const { findings, fleet } = await prepareFargate(plan, asked(), doors)
  expect(fleet).toBeUndefined()
  expect(findings).toEqual([
    { level: 'stop', what: 'no credentials', where: 'AWS credentials', remedy: 'Do this.' },
    { level: 'stop', what: 'no stack', where: '`fargate-stack`', remedy: 'Do this.' },
  ])
})

test('without a stack AWS is not asked for one, and nothing is tried without settings', async () => {
  const never = () => Promise.reject(new Error('it was asked'))
  const { findings } = await prepareFargate(plan, asked({ given: given() }), aws({ outputs: never, tries: never }))
  expect(findings).toMatchObject([{ where: '`fargate-stack`' }])
})

test('the quota of each region is asked for, and counts where it is told', async () => {
  const asks: unknown[] = []
  const quota = async (...ask: readonly [region: string, spot: boolean]) => {
    asks.push(ask)
    return ask[0] === 'us-east-1' ? refusal('denied')() : 1
  }
  const regions = ['eu-central-1', 'us-east-1'].map((region) => ({ region, share: 1 }))
  const two = asked({ given: given({ stack: 's', regions, spot: true, workers: 4 }) })
  const outputs = async () => ({ ...OUTPUTS, Cluster: 'loadgate', TaskDefinition: 'loadgate-worker:3' })
  const { findings } = await prepareFargate(plan, two, aws({ quota, outputs }))
  expect(asks).toEqual([
    ['eu-central-1', true],
    ['us-east-1', true],
  ])
  expect(findings.filter(({ where }) => where.includes('vCPUs'))).toMatchObject([
    { level: 'stop', where: 'Fargate Spot vCPUs in eu-central-1' },
  ])
})

test('without credentials no quota is asked for', async () => {
  let asks = 0
  const quota = async () => ++asks
  const { findings } = await prepareFargate(plan, asked(), aws({ identity: refusal('no credentials'), quota }))
  expect([asks, findings]).toMatchObject([0, [{ what: 'no credentials' }]])
})

test('what was tried and failed stops the run', async () => {
  const tried = { level: 'stop', what: 'no', where: 'the bucket', remedy: 'Do.' } as const
  const { findings, fleet } = await prepareFargate(plan, asked(), aws({ tries: async () => [tried] }))
  expect([findings, fleet?.workers.count]).toEqual([[tried], 3])
})

const bucket = (changes: object = {}) => {
  let kept = Buffer.alloc(0)
  return {
    put: async (_: string, body: Buffer | string) => {
      kept = Buffer.from(body)
    },
    get: async () => kept,
    list: async () => [],
    ...changes,
  }
}

test.each([
  ['all works', {}, {}, []],
  ['no writing', { put: refusal('denied') }, {}, [['denied', 'writing to the bucket']]],
  ['no reading', { get: refusal('denied') }, {}, [['denied', 'reading from the bucket']]],
  [
    'something else is there',
    { get: async () => Buffer.from('x') },
    {},
    [[expect.stringMatching(/not there/), 'reading from the bucket']],
  ],
  ['no listing', { list: refusal('denied') }, {}, [['denied', 'listing the bucket']]],
  ['no tasks', {}, { list: refusal('denied') }, [['denied', 'listing the tasks of the cluster']]],
  [
    'nothing at all',
    { put: refusal('a'), list: refusal('b') },
    { list: refusal('c') },
    [
      ['a', 'writing to the bucket'],
      ['b', 'listing the bucket'],
      ['c', 'listing the tasks of the cluster'],
    ],
  ],
])('tried out: %s', async (_, objects, tasks, wanted) => {
  const findings = await tryOut({ objects: bucket(objects), tasks: [{ list: async () => [], ...tasks }] })
  expect(findings.map(({ what, where }) => [what, where])).toEqual(wanted)
})
