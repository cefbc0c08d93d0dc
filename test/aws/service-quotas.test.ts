// How many vCPUs there may be, asked by the real client of AWS's SDK.
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { vcpuQuota } from '../../src/aws/service-quotas.ts'
import { LoadgateError } from '../../src/errors.ts'
import { ON_DEMAND, QuotaServer, SPOT } from '../support/aws/quota-server.ts'

let server: QuotaServer
let before: NodeJS.ProcessEnv
beforeEach(async () => {
  before = { ...process.env }
  delete process.env.AWS_SESSION_TOKEN
  server = await QuotaServer.start({
    quotas: [
      { code: ON_DEMAND, value: 6, region: 'eu-central-1' },
      { code: ON_DEMAND, value: 64, region: 'us-east-1' },
      { code: SPOT, value: 12 },
    ],
  })
  Object.assign(process.env, server.env)
})
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
  await server.close()
})

const refused = (act: Promise<unknown>): Promise<LoadgateError> =>
  act.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: LoadgateError) => error,
  )

test('each region has its own, and Spot another', async () => {
  const read = await Promise.all([
    vcpuQuota('eu-central-1', false),
    vcpuQuota('us-east-1', false),
    vcpuQuota('eu-central-1', true),
  ])
  expect(read).toEqual([6, 64, 12])
  expect(server.account.asked.map(({ action }) => action)).toEqual(Array(3).fill('servicequotas:GetServiceQuota'))
})

test('an account may have none', async () => {
  server.quotas = [{ code: ON_DEMAND, value: 0 }]
  expect(await vcpuQuota('eu-central-1', false)).toBe(0)
})

test('a permission that is missing is named', async () => {
  server.account.policy = { Version: '2012-10-17', Statement: [] }
  const error = await refused(vcpuQuota('eu-central-1', false))
  expect(error).toBeInstanceOf(LoadgateError)
  expect([error.kind, error.message, error.hint]).toEqual([
    'infrastructure',
    expect.stringMatching(
      /^There is no permission for AWS Service Quotas in eu-central-1: AccessDeniedException: User: /,
    ),
    'The role needs servicequotas:GetServiceQuota.',
  ])
  expect(server.calls).toHaveLength(1)
})

test('a quota that AWS does not tell is not known', async () => {
  server.quotas = []
  const { message } = await refused(vcpuQuota('eu-central-1', false))
  expect(message).toMatch(/could not be reached: NoSuchResourceException/)
})

test('a value beside a reason for not knowing it is none', async () => {
  server.quotas = [{ code: ON_DEMAND, value: 6, error: 'DEPENDENCY_SERVICE_ERROR' }]
  const { message } = await refused(vcpuQuota('eu-central-1', false))
  expect(message).toBe('AWS Service Quotas in eu-central-1 did not say how many vCPUs there may be')
})

test.each(['throttled', 'server error', 'unavailable', 'reset', 'torn'] as const)(
  'what is %s twice is asked a third time',
  async (kind) => {
    server.inject({ operation: 'GetServiceQuota', kind, times: 2 })
    expect(await vcpuQuota('eu-central-1', false)).toBe(6)
    expect(server.calls).toHaveLength(3)
  },
)

test.each(['empty', 'garbage'] as const)('an answer that is %s is no answer', async (kind) => {
  server.inject({ operation: 'GetServiceQuota', kind })
  expect(await refused(vcpuQuota('eu-central-1', false))).toBeInstanceOf(LoadgateError)
})

test.each(['hang', 'throttled', 'reset'] as const)(
  'nobody waits for long where all is %s',
  async (kind) => {
    server.inject({ operation: 'GetServiceQuota', kind })
    const error = await refused(vcpuQuota('eu-central-1', false))
    expect(error).toBeInstanceOf(LoadgateError)
    expect(server.calls.length).toBeLessThanOrEqual(4)
  },
  15_000,
)
