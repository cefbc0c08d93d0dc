// The door to ECS, by the SDK itself against a server that answers as a test says.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { openTasks } from '../../src/aws/ecs.ts'
import { LoadgateError } from '../../src/errors.ts'
import { explainFailure } from '../../src/fargate/coordinator/failures.ts'
import { Refused, type RunTasks } from '../../src/fargate/doors.ts'

type Answer = { readonly status?: number; readonly body: object }
let answer: (action: string, request: Record<string, unknown>) => Answer | 'reset'
const requests: { action: string; request: Record<string, unknown> }[] = []

const server = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const action = String(request.headers['x-amz-target']).split('.')[1]!
  const body = JSON.parse(Buffer.concat(parts).toString())
  requests.push({ action, request: body })
  const said = answer(action, body)
  if (said === 'reset') return void response.socket?.resetAndDestroy()
  response
    .writeHead(said.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' })
    .end(JSON.stringify(said.body))
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_ECS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  })
})
beforeEach(() => {
  requests.length = 0
  answer = () => ({ body: {} })
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
})

const open = () =>
  openTasks({
    region: undefined,
    cluster: 'loadgate',
    taskDefinition: 'loadgate-worker:3',
    container: 'worker',
    subnets: ['subnet-1', 'subnet-2'],
    securityGroups: ['sg-1'],
    publicAddress: true,
  })
const RUN = 'abcdefghij234567abcd'
const request: RunTasks = {
  count: 7,
  token: `${RUN}-0-0`,
  runId: RUN,
  environment: { LOADGATE_ORDERS: 'https://example.test/orders' },
  cpu: 1024,
  memory: 2048,
  spot: false,
  tags: { 'loadgate:profile': 'shop' },
}
const arn = (n: number) => `arn:aws:ecs:eu-central-1:123456789012:task/loadgate/${n}`
const failing = (type: string, message: string, status = 400) => ({ status, body: { __type: type, message } })
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: LoadgateError) => error,
  )

test('a batch is asked for with all that it needs, and answered with what started', async () => {
  answer = () => ({
    body: { tasks: [{ taskArn: arn(1) }, { taskArn: arn(2) }], failures: [{ reason: 'RESOURCE:ENI', detail: 'none' }] },
  })
  expect(await open().run(request)).toEqual({ arns: [arn(1), arn(2)], failures: ['RESOURCE:ENI: none'] })
  expect(requests).toEqual([
    {
      action: 'RunTask',
      request: {
        cluster: 'loadgate',
        taskDefinition: 'loadgate-worker:3',
        count: 7,
        clientToken: `${RUN}-0-0`,
        startedBy: `loadgate/${RUN}`,
        launchType: 'FARGATE',
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: ['subnet-1', 'subnet-2'],
            securityGroups: ['sg-1'],
            assignPublicIp: 'ENABLED',
          },
        },
        overrides: {
          cpu: '1024',
          memory: '2048',
          containerOverrides: [
            { name: 'worker', environment: [{ name: 'LOADGATE_ORDERS', value: 'https://example.test/orders' }] },
          ],
        },
        tags: [{ key: 'loadgate:profile', value: 'shop' }],
      },
    },
  ])
})

test('Spot comes by its capacity provider', async () => {
  await open().run({ ...request, spot: true })
  expect(requests[0]!.request).toMatchObject({
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
  })
  expect(requests[0]!.request).not.toHaveProperty('launchType')
})

test('an answer without tasks and failures is nothing', async () => {
  expect(await open().run(request)).toEqual({ arns: [], failures: [] })
})

test('a token that is known answers with its tasks', async () => {
  answer = () => ({ status: 400, body: { __type: 'ConflictException', message: 'used', resourceIds: [arn(4)] } })
  expect(await open().run(request)).toEqual({ arns: [arn(4)], failures: [] })
})

test('tasks are described as far as they are known', async () => {
  const task = {
    ...{ taskArn: arn(1), lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited', stoppedReason: 'Essential' },
    ...{ startedAt: 1_700_000_000.5, stoppedAt: 1_700_000_060 },
    containers: [{ name: 'other' }, { name: 'worker', exitCode: 137, reason: 'OutOfMemoryError' }],
  }
  answer = () => ({
    body: { tasks: [task, { taskArn: arn(2), lastStatus: 'PENDING' }], failures: [{ arn: arn(3), reason: 'MISSING' }] },
  })
  expect(await open().describe([arn(1), arn(2), arn(3)])).toMatchObject([
    {
      ...{ arn: arn(1), status: 'STOPPED', stopCode: 'EssentialContainerExited', stoppedReason: 'Essential' },
      ...{ exitCode: 137, reason: 'OutOfMemoryError', startedAt: 1_700_000_000_500, stoppedAt: 1_700_000_060_000 },
    },
    { arn: arn(2), status: 'PENDING', exitCode: undefined },
  ])
})

test('tasks of this tool are listed, page by page, with their run, whether they shall run or have stopped', async () => {
  const ours = `loadgate/${RUN}`
  const tasks = [
    { taskArn: arn(1), lastStatus: 'RUNNING', startedBy: ours },
    { taskArn: arn(2), lastStatus: 'RUNNING', startedBy: 'somebody' },
    { taskArn: arn(3), lastStatus: 'RUNNING', startedBy: 'loadgate/../x' },
    { taskArn: arn(4), lastStatus: 'DEPROVISIONING', startedBy: ours },
    { taskArn: arn(5), lastStatus: 'STOPPED', startedBy: ours },
  ]
  // As ECS does it: one of the two, and the first unless told otherwise.
  const pages = { RUNNING: [[1, 2], [3]], STOPPED: [[3], [4, 5]] }
  answer = (action, { desiredStatus = 'RUNNING', nextToken, tasks: asked = [] }) => {
    if (action === 'DescribeTasks')
      return { body: { tasks: tasks.filter(({ taskArn }) => (asked as string[]).includes(taskArn)) } }
    const [first, second] = pages[desiredStatus as 'RUNNING' | 'STOPPED'].map((page) => page.map(arn))
    return { body: nextToken ? { taskArns: second } : { taskArns: first, nextToken: 'n' } }
  }
  const door = open()
  const listed = [
    { arn: arn(1), runId: RUN, hasStopped: false },
    { arn: arn(4), runId: RUN, hasStopped: false },
    { arn: arn(5), runId: RUN, hasStopped: true },
  ]
  expect(await door.list()).toEqual(listed)
  expect(requests.map(({ action }) => action)).toEqual([...Array(4).fill('ListTasks'), 'DescribeTasks'])
  // What has stopped is not asked about again.
  expect(new Set(await door.list())).toEqual(new Set(listed))
  expect(requests.at(-1)!.request.tasks).toEqual([1, 2, 3, 4].map(arn))
})

test('a task that is not there need not be stopped', async () => {
  answer = () => failing('InvalidParameterException', 'The referenced task was not found.')
  await open().stop(arn(1), 'over')
  expect(requests[0]!.request).toEqual({ cluster: 'loadgate', task: arn(1), reason: 'over' })
})

test.each([
  ['ThrottlingException', 'Rate exceeded', 400],
  ['InvalidParameterException', 'Error retrieving subnet information (ErrorCode: RequestLimitExceeded)', 400],
  ['ServerException', 'Service Unavailable. Please try again later.', 500],
  ['ClientException', 'Capacity is unavailable at this time.', 400],
])('%s (%s) may be tried again, and is tried once', async (type, message, status) => {
  answer = () => failing(type, message, status)
  const error = await failure(open().run(request))
  expect(error).toBeInstanceOf(LoadgateError)
  expect(error).not.toBeInstanceOf(Refused)
  expect(error.message).toContain(message)
  expect(explainFailure(error.message).passes).toBe(true)
  expect(requests).toHaveLength(1)
})

test('a connection that breaks may be tried again', async () => {
  answer = () => 'reset'
  const error = await failure(open().describe([arn(1)]))
  expect(error).not.toBeInstanceOf(Refused)
  expect(error.message).toMatch(/^ECS \(DescribeTasks\) could not be reached/)
})

test.each([
  [
    'AccessDeniedException',
    'User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: iam:PassRole on resource: x',
    /^There is no permission for ECS \(RunTask\): .*iam:PassRole/,
    'The role needs iam:PassRole.',
  ],
  ['AccessDeniedException', 'no', /^There is no permission for ECS \(RunTask\)/, 'The role needs ecs:RunTask.'],
  ['ExpiredTokenException', 'The security token is expired', /^The AWS session has ended/, /longer than the run/],
  ['UnrecognizedClientException', 'Invalid', /AWS does not know the credentials/, /Take the role anew/],
  [
    'ClusterNotFoundException',
    'Cluster not found.',
    /^AWS refuses ECS \(RunTask\): ClusterNotFound/,
    /update the stack/,
  ],
  ['ClientException', 'No Fargate configuration exists for given values.', /^AWS refuses ECS/, /update the stack/],
])('%s (%s) is final', async (type, message, said, hint) => {
  answer = () => failing(type, message)
  const error = await failure(open().run(request))
  expect(error).toBeInstanceOf(Refused)
  expect(error.message).toMatch(said)
  expect(error.hint).toMatch(hint)
})
