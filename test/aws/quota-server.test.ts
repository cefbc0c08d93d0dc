// The stand-in for Service Quotas, driven by the SDK's own client.
import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { Account } from '../support/aws/account.ts'
import { ON_DEMAND, QuotaServer, SPOT } from '../support/aws/quota-server.ts'

const account = new Account()
const EVERYTHING = account.policy
let server: QuotaServer
beforeAll(async () => {
  server = await QuotaServer.start({
    account,
    quotas: [
      { code: ON_DEMAND, value: 6 },
      { code: SPOT, value: 9, region: 'us-east-1' },
    ],
  })
})
beforeEach(() => {
  account.policy = EVERYTHING
  server.heal()
})
afterAll(() => server.close())

function ask(QuotaCode: string, { region = 'eu-central-1', ServiceCode = 'fargate', secret = '' } = {}) {
  const { accessKeyId, secretAccessKey } = account.credentials
  const client = new ServiceQuotasClient({
    region,
    credentials: { accessKeyId, secretAccessKey: secret || secretAccessKey },
    endpoint: server.address,
    maxAttempts: 1,
  })
  return client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode })).finally(() => client.destroy())
}

test('a quota is of its service, its code and its region', async () => {
  expect((await ask(ON_DEMAND)).Quota).toMatchObject({
    ServiceCode: 'fargate',
    QuotaCode: ON_DEMAND,
    QuotaName: 'Fargate On-Demand vCPU resource count',
    QuotaArn: 'arn:aws:servicequotas:eu-central-1:123456789012:fargate/L-3032A538',
    Value: 6,
    Unit: 'None',
  })
  expect((await ask(SPOT, { region: 'us-east-1' })).Quota).toMatchObject({ QuotaCode: SPOT, Value: 9 })
  for (const missing of [ask(SPOT), ask('L-0000'), ask(ON_DEMAND, { ServiceCode: 'ec2' })])
    await expect(missing).rejects.toMatchObject({ name: 'NoSuchResourceException' })
})

test('what is not as the model says, and a wrong secret', async () => {
  await expect(ask('1')).rejects.toMatchObject({ name: 'IllegalArgumentException' })
  await expect(ask(ON_DEMAND, { secret: 'wrong' })).rejects.toMatchObject({ name: 'InvalidSignatureException' })
})

test('a policy is asked about the quota itself', async () => {
  const Resource = 'arn:aws:servicequotas:*:123456789012:fargate/L-3032A538'
  account.policy = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'servicequotas:GetServiceQuota', Resource },
  }
  expect((await ask(ON_DEMAND)).Quota?.Value).toBe(6)
  await expect(ask(SPOT, { region: 'us-east-1' })).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringMatching(
      /not authorized to perform: servicequotas:GetServiceQuota on resource: arn:aws:servicequotas:us-east-1:123456789012:fargate\/L-36FBB829/,
    ),
  })
})

test.each([
  ['throttled', 'TooManyRequestsException'],
  ['server error', 'ServiceException'],
  ['denied', 'AccessDeniedException'],
  ['unavailable', expect.anything()],
  ['reset', expect.anything()],
  ['torn', expect.anything()],
  [{ status: 400, code: 'DependencyAccessDeniedException' }, 'DependencyAccessDeniedException'],
] as const)('a call that is hit by %j', async (kind, name) => {
  server.inject({ operation: 'GetServiceQuota', kind, times: 1 })
  await expect(ask(ON_DEMAND)).rejects.toMatchObject({ name })
  expect((await ask(ON_DEMAND)).Quota?.Value).toBe(6)
})
