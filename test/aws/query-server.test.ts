// The stand-ins for CloudFormation and STS, driven by the SDK's own clients.
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type Cloud, startCloud } from '../support/aws/cloud.ts'
import { launch } from '../support/aws/ecs-bench.ts'

const OUTPUTS = { Cluster: 'loadgate', Subnets: 'subnet-1,subnet-2', Odd: '<&"\'> é' }
let cloud: Cloud
beforeAll(async () => {
  const stacks = [
    { name: 'loadgate', outputs: OUTPUTS, parameters: { Cpu: '1024' } },
    { name: 'half', outputs: {}, status: 'ROLLBACK_COMPLETE', reason: 'as asked' },
    { name: 'far', outputs: {}, region: 'us-east-1' },
  ]
  cloud = await startCloud({ launch, stacks })
})
beforeEach(() => {
  cloud.account.policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
  cloud.query.heal()
})
afterAll(() => cloud.close())

function options(region = 'eu-central-1', secretAccessKey = cloud.account.credentials.secretAccessKey) {
  const { accessKeyId } = cloud.account.credentials
  return { region, credentials: { accessKeyId, secretAccessKey }, endpoint: cloud.query.address, maxAttempts: 1 }
}
const describe = (StackName?: string, region?: string) =>
  new CloudFormationClient(options(region)).send(new DescribeStacksCommand({ StackName }))

test('a stack gives out what it is said to, by its name and by its ARN', async () => {
  const { Stacks = [] } = await describe('loadgate')
  expect(Stacks).toMatchObject([
    {
      StackName: 'loadgate',
      StackStatus: 'CREATE_COMPLETE',
      CreationTime: expect.any(Date),
      Parameters: [{ ParameterKey: 'Cpu', ParameterValue: '1024' }],
    },
  ])
  const outputs = Stacks[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])
  expect(Object.fromEntries(outputs ?? [])).toEqual(OUTPUTS)
  expect((await describe(Stacks[0]?.StackId)).Stacks).toEqual(Stacks)
  expect((await describe('half')).Stacks).toMatchObject([
    { StackStatus: 'ROLLBACK_COMPLETE', StackStatusReason: 'as asked' },
  ])
  expect((await describe()).Stacks).toHaveLength(2)
})

test('a stack is in its region, and one that is not there is said not to be', async () => {
  expect((await describe('far', 'us-east-1')).Stacks).toHaveLength(1)
  await expect(describe('far')).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id far does not exist',
  })
})

test('who asks is told, whatever he may', async () => {
  cloud.account.policy = { Version: '2012-10-17', Statement: [] }
  const identity = await new STSClient(options()).send(new GetCallerIdentityCommand({}))
  expect(identity).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:sts::123456789012:assumed-role/loadgate/test',
  })
  await expect(describe('loadgate')).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringMatching(
      /not authorized to perform: cloudformation:DescribeStacks on resource: arn:aws:cloudformation:eu-central-1:123456789012:stack\/loadgate\//,
    ),
  })
})

test('a wrong secret is no identity', async () => {
  const client = new STSClient(options('eu-central-1', 'wrong'))
  await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
})

test.each([
  ['throttled', 'Throttling'],
  ['server error', 'InternalFailure'],
  ['unavailable', 'ServiceUnavailable'],
  ['denied', 'AccessDenied'],
  ['reset', expect.anything()],
  ['torn', expect.anything()],
] as const)('a call that is hit by %s', async (kind, name) => {
  cloud.query.inject({ operation: 'DescribeStacks', kind, times: 1 })
  await expect(describe('loadgate')).rejects.toMatchObject({ name })
  expect((await describe('loadgate')).Stacks).toHaveLength(1)
})

test('one environment leads to all of them', () => {
  expect(Object.keys(cloud.env).sort()).toEqual([
    'AWS_ACCESS_KEY_ID',
    'AWS_ENDPOINT_URL_CLOUDFORMATION',
    'AWS_ENDPOINT_URL_ECS',
    'AWS_ENDPOINT_URL_S3',
    'AWS_ENDPOINT_URL_SERVICE_QUOTAS',
    'AWS_ENDPOINT_URL_STS',
    'AWS_REGION',
    'AWS_SECRET_ACCESS_KEY',
  ])
})
