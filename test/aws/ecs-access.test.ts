// Who may call the stand-in for ECS, and what it answers to those who may not; and the faults of its calls.
import {
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTagsForResourceCommand,
  ListTasksCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, expect, test } from '@jest/globals'
import { Account } from '../support/aws/account.ts'
import type { TaskDefinition } from '../support/aws/ecs/clusters.ts'
import { ecsClient, launch, run } from '../support/aws/ecs-bench.ts'
import { EcsServer } from '../support/aws/ecs-server.ts'
import type { Policy, Statement } from '../support/aws/iam.ts'

let ecs: EcsServer | undefined
afterEach(async () => {
  await ecs?.close()
  ecs = undefined
})

const ARN = 'arn:aws:ecs:eu-central-1:123456789012:'
const ROLE = 'arn:aws:iam::123456789012:role/loadgate-execution'
const DEFINITION: TaskDefinition = {
  family: 'loadgate',
  revision: 4,
  cpu: '1024',
  memory: '2048',
  executionRoleArn: ROLE,
  container: { name: 'worker', image: 'x' },
}
const CLUSTER = { ArnEquals: { 'ecs:cluster': `${ARN}cluster/loadgate` } }
const STATEMENTS: readonly Statement[] = [
  { Effect: 'Allow', Action: 'ecs:RunTask', Resource: `${ARN}task-definition/loadgate:*`, Condition: CLUSTER },
  {
    Effect: 'Allow',
    Action: 'iam:PassRole',
    Resource: ROLE,
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  },
  {
    Effect: 'Allow',
    Action: 'ecs:TagResource',
    Resource: `${ARN}task/loadgate/*`,
    Condition: { StringEquals: { 'ecs:CreateAction': 'RunTask' } },
  },
  { Effect: 'Allow', Action: ['ecs:DescribeTasks', 'ecs:StopTask'], Resource: `${ARN}task/loadgate/*` },
  { Effect: 'Allow', Action: 'ecs:ListTasks', Resource: '*', Condition: CLUSTER },
  { Effect: 'Allow', Action: 'ecs:DescribeTaskDefinition', Resource: '*' },
  { Effect: 'Allow', Action: 'ecs:DescribeClusters', Resource: `${ARN}cluster/loadgate` },
  { Effect: 'Allow', Action: 'ecs:ListTagsForResource', Resource: `${ARN}task/loadgate/*` },
]
const policyOf = (statements: readonly Statement[]): Policy => ({ Version: '2012-10-17', Statement: statements })

async function start(account = new Account()) {
  ecs = await EcsServer.start({ launch, account, delays: { provisioning: 1e6 }, taskDefinitions: [DEFINITION] })
  return { server: ecs, account, client: ecsClient(ecs.env) }
}

async function course(client: ReturnType<typeof ecsClient>): Promise<void> {
  const cluster = 'loadgate'
  await client.send(new DescribeClustersCommand({ clusters: [cluster] }))
  await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'loadgate:4' }))
  const tags = [{ key: 'run', value: 'r1' }]
  const { tasks = [] } = await run(client, { taskDefinition: 'loadgate:4', tags })
  const task = tasks[0]?.taskArn as string
  await client.send(new ListTasksCommand({ cluster }))
  await client.send(new DescribeTasksCommand({ cluster, tasks: [task] }))
  await client.send(new ListTagsForResourceCommand({ resourceArn: task }))
  await client.send(new StopTaskCommand({ cluster, task }))
}

test('a policy that is enough is enough, and nothing of it is left over', async () => {
  const { client, account } = await start(new Account({ policy: policyOf(STATEMENTS) }))
  await course(client)
  expect(account.unneeded).toEqual([])
  expect(account.asked.every(({ decision }) => decision === 'allowed')).toBe(true)
})

test.each(STATEMENTS.map((statement) => [[statement.Action].flat().join(), statement] as const))(
  'without %s the course ends in AccessDeniedException, in the words of AWS',
  async (actions, statement) => {
    const { client } = await start(new Account({ policy: policyOf(STATEMENTS.filter((other) => other !== statement)) }))
    const error = (await course(client).catch((cause: Error) => cause)) as Error
    expect(error.name).toBe('AccessDeniedException')
    const [action] = /\w+:\w+(?= on resource)/.exec(error.message) as RegExpExecArray
    expect(actions.split(',')).toContain(action)
    expect(error.message).toMatch(
      /^User: arn:aws:sts::123456789012:assumed-role\/\S+ is not authorized to perform: \S+ on resource: \S+ because no identity-based policy allows the \S+ action$/,
    )
  },
)

test('a family without a revision is not what a policy for its revisions allows', async () => {
  const { client } = await start(new Account({ policy: policyOf(STATEMENTS) }))
  await expect(run(client, { taskDefinition: 'loadgate' })).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

const KEYS = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'session/secret', sessionToken: 'token+of/it=' }
test.each([
  ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'wrong' }, 'InvalidSignatureException'],
  ['a key that is not known', { AWS_ACCESS_KEY_ID: 'AKIDOTHER' }, 'UnrecognizedClientException'],
  ['a wrong token', { AWS_SESSION_TOKEN: 'wrong' }, 'UnrecognizedClientException'],
  ['no token', { AWS_SESSION_TOKEN: '' }, 'UnrecognizedClientException'],
  ['the right ones', {}, undefined],
])('%s', async (_, change, expected) => {
  const { server } = await start(new Account({ credentials: KEYS }))
  const client = ecsClient({ ...server.env, ...change })
  const error = await client.send(new ListTasksCommand({ cluster: 'loadgate' })).catch((cause: Error) => cause)
  expect(error instanceof Error ? error.name : undefined).toBe(expected)
})

test('a session ends, and with it every call', async () => {
  const { client, account } = await start(new Account({ credentials: KEYS }))
  const list = () => client.send(new ListTasksCommand({ cluster: 'loadgate' }))
  await list()
  account.credentials = { ...KEYS, expires: Date.now() }
  await expect(list()).rejects.toMatchObject({ name: 'ExpiredTokenException' })
})

test.each([
  ['throttled', 'ThrottlingException', 0],
  ['server error', 'ServerException', 0],
  ['denied', 'AccessDeniedException', 0],
  [{ status: 400, code: 'BlockedException' }, 'BlockedException', 0],
  ['unavailable', expect.anything(), 0],
  ['reset', expect.anything(), 0],
  ['lost', expect.anything(), 1],
  ['torn', expect.anything(), 1],
  ['garbage', expect.anything(), 1],
  ['hang', 'TimeoutError', 0],
  ['hang after', 'TimeoutError', 1],
] as const)(
  'a call that is hit by %j, and only that one',
  async (kind, name, effect) => {
    const { client, server } = await start()
    server.inject({ operation: 'RunTask', kind, skip: 1, times: 1 })
    await run(client)
    await expect(run(client)).rejects.toMatchObject({ name })
    expect(server.started).toHaveLength(1 + effect)
    await run(client)
    expect(server.started).toHaveLength(2 + effect)
    expect(server.calls).toHaveLength(3)
  },
  20_000,
)

test('an answer that comes late has had its effect before', async () => {
  const { client, server } = await start()
  server.inject({ operation: 'RunTask', kind: { answeredAfter: 1_000 }, times: 1 })
  const answer = run(client)
  for (let i = 0; i < 100 && server.started.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 5))
  let answered = false
  void answer.then(() => {
    answered = true
  })
  expect([server.started.length, answered]).toEqual([1, false])
  expect((await answer).tasks).toHaveLength(1)
})

test('tags of a task count for who may touch it, as long as it has them', async () => {
  const Condition = { StringEquals: { 'aws:ResourceTag/run': 'r1' } }
  const statements: Statement[] = [
    { Effect: 'Allow', Action: ['ecs:RunTask', 'ecs:TagResource', 'iam:PassRole'], Resource: '*' },
    { Effect: 'Allow', Action: ['ecs:StopTask', 'ecs:DescribeTasks'], Resource: '*', Condition },
  ]
  const { client } = await start(new Account({ policy: policyOf(statements) }))
  const arnOf = async (value: string) => (await run(client, { tags: [{ key: 'run', value }] })).tasks?.[0]?.taskArn
  const [own, other] = [await arnOf('r1'), await arnOf('r2')]
  const stop = (task: string | undefined) => client.send(new StopTaskCommand({ cluster: 'loadgate', task }))
  await expect(stop(other)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await stop(own)
  await expect(stop(own)).rejects.toMatchObject({ name: 'AccessDeniedException' })
})

test('an answer that says nothing', async () => {
  const { client, server } = await start()
  server.inject({ operation: 'RunTask', kind: 'empty' })
  expect((await run(client)).tasks).toBeUndefined()
  server.heal()
  expect((await run(client)).tasks).toHaveLength(1)
})
