// What is asked of AWS before a run, by the real clients of its SDK, of servers that answer in its documented shape.
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { stackOutputs } from '../../src/aws/cloudformation.ts'
import { callerIn } from '../../src/aws/sts.ts'
import { LoadgateError } from '../../src/errors.ts'
import { type QueryAnswer, queryServer } from '../support/aws-query-server.ts'

const NAMES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_ENDPOINT_URL_STS',
  'AWS_ENDPOINT_URL_CLOUDFORMATION',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
]
let before: Record<string, string | undefined>
beforeEach(() => {
  before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]))
  for (const name of NAMES) delete process.env[name]
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  })
})
afterEach(() => {
  for (const [name, value] of Object.entries(before))
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
})

const IDENTITY = {
  xml: '<Arn>arn:aws:sts::123456789012:assumed-role/loadgate/ci</Arn><UserId>AROA:ci</UserId><Account>123456789012</Account>',
}
const refused = (act: Promise<unknown>): Promise<LoadgateError> =>
  act.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: LoadgateError) => error,
  )

test.each([
  [{}, { temporary: false, expires: undefined }],
  [{ AWS_SESSION_TOKEN: 'token' }, { temporary: true, expires: undefined }],
  [
    { AWS_SESSION_TOKEN: 'token', AWS_CREDENTIAL_EXPIRATION: '2026-11-21T19:00:00Z' },
    { temporary: true, expires: Date.UTC(2026, 10, 21, 19) },
  ],
  [
    { AWS_SESSION_TOKEN: 'token', AWS_CREDENTIAL_EXPIRATION: 'soon' },
    { temporary: true, expires: undefined },
  ],
])('who credentials with %j are of', async (env, wanted) => {
  await using sts = await queryServer(() => IDENTITY)
  Object.assign(process.env, env, { AWS_ENDPOINT_URL_STS: sts.url })
  expect(await callerIn('eu-central-1')).toEqual({
    account: '123456789012',
    arn: 'arn:aws:sts::123456789012:assumed-role/loadgate/ci',
    ...wanted,
  })
  expect(sts.requests.map((fields) => fields.get('Action'))).toEqual(['GetCallerIdentity'])
})

test('no credentials at all are found out without asking anybody', async () => {
  await using sts = await queryServer(() => IDENTITY)
  process.env.AWS_ENDPOINT_URL_STS = sts.url
  delete process.env.AWS_ACCESS_KEY_ID
  const { message, hint } = await refused(callerIn('eu-central-1'))
  expect(message).toBe('There is no permission for AWS STS: no AWS credentials were found')
  expect(hint).toContain('configure-aws-credentials')
  expect(sts.requests).toEqual([])
})

test.each([
  [403, 'ExpiredToken', /The AWS session has ended: AWS STS/],
  [403, 'InvalidClientTokenId', /does not know the credentials/],
  [403, 'AccessDenied', /no permission for AWS STS: AccessDenied/],
])('STS that says %s %s', async (status, code, words) => {
  await using sts = await queryServer(() => ({ status, code, message: 'no' }))
  process.env.AWS_ENDPOINT_URL_STS = sts.url
  const error = await refused(callerIn('eu-central-1'))
  expect(error).toBeInstanceOf(LoadgateError)
  expect([error.kind, error.message]).toEqual(['infrastructure', expect.stringMatching(words)])
})

const stack = (status: string, reason = '') => ({
  xml: `<Stacks><member><StackName>loadgate</StackName><CreationTime>2026-11-01T00:00:00Z</CreationTime>
    <StackStatus>${status}</StackStatus><StackStatusReason>${reason}</StackStatusReason>
    <Outputs><member><OutputKey>Bucket</OutputKey><OutputValue>b-1</OutputValue></member>
    <member><OutputKey>Cluster</OutputKey><OutputValue>arn:aws:ecs:x</OutputValue></member></Outputs></member></Stacks>`,
})
const cloudFormation = async (answer: (fields: URLSearchParams, number: number) => QueryAnswer) => {
  const server = await queryServer(answer)
  process.env.AWS_ENDPOINT_URL_CLOUDFORMATION = server.url
  return server
}

test.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'])(
  'the outputs of a stack that is %s',
  async (status) => {
    await using server = await cloudFormation(() => stack(status))
    expect(await stackOutputs('loadgate', 'eu-central-1')).toEqual({ Bucket: 'b-1', Cluster: 'arn:aws:ecs:x' })
    expect(server.requests.map((fields) => fields.get('StackName'))).toEqual(['loadgate'])
  },
)

test.each([
  ['ROLLBACK_COMPLETE', /^Stack loadgate in eu-central-1 is ROLLBACK_COMPLETE: it broke$/, /Make it anew/],
  ['CREATE_IN_PROGRESS', /is CREATE_IN_PROGRESS/, /Wait until it is done/],
  ['DELETE_COMPLETE', /is DELETE_COMPLETE/, /Make it anew/],
])('a stack that is %s is not used', async (status, message, hint) => {
  await using _ = await cloudFormation(() => stack(status, 'it broke'))
  const error = await refused(stackOutputs('loadgate', 'eu-central-1'))
  expect([error.message, error.hint]).toEqual([expect.stringMatching(message), expect.stringMatching(hint)])
})

test('a stack that does not exist is a mistake, and the region is named', async () => {
  const answer = { status: 400, code: 'ValidationError', message: 'Stack with id loadgat does not exist' }
  await using _ = await cloudFormation(() => answer)
  const { kind, message, hint } = await refused(stackOutputs('loadgat', 'eu-west-1'))
  expect([kind, message]).toEqual(['usage', 'Stack loadgat in eu-west-1 does not exist'])
  expect(hint).toContain('eu-west-1')
})

test('a permission that is missing is named', async () => {
  const message = 'User: x is not authorized to perform: cloudformation:DescribeStacks'
  await using _ = await cloudFormation(() => ({ status: 403, code: 'AccessDenied', message }))
  const error = await refused(stackOutputs('loadgate', 'eu-central-1'))
  expect([error.message, error.hint]).toEqual([
    expect.stringMatching(/no permission for Stack loadgate in eu-central-1: AccessDenied: User: x/),
    'The role needs cloudformation:DescribeStacks.',
  ])
})

test('what passes is tried again', async () => {
  await using server = await cloudFormation((_, number) =>
    number < 3 ? { status: 400, code: 'Throttling', message: 'Rate exceeded' } : stack('CREATE_COMPLETE'),
  )
  expect(await stackOutputs('loadgate', 'eu-central-1')).toHaveProperty('Bucket')
  expect(server.requests).toHaveLength(3)
})

test('what does not pass is given up', async () => {
  await using server = await cloudFormation(() => ({ status: 400, code: 'Throttling', message: 'Rate exceeded' }))
  expect((await refused(stackOutputs('loadgate', 'eu-central-1'))).message).toMatch(/asks to slow down/)
  expect(server.requests).toHaveLength(4)
})
