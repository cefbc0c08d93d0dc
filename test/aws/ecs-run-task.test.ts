// The stand-in for ECS, driven by the SDK's own client: what RunTask does, and what it refuses.
import {
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTagsForResourceCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  TagResourceCommand,
} from '@aws-sdk/client-ecs'
import { afterEach, expect, test } from '@jest/globals'
import type { EcsOptions } from '../support/aws/ecs/state.ts'
import { LAUNCH_REASONS } from '../support/aws/ecs/task-faults.ts'
import { ecsClient, launch, run, runRequest } from '../support/aws/ecs-bench.ts'
import { EcsServer } from '../support/aws/ecs-server.ts'

let ecs: EcsServer | undefined
afterEach(async () => {
  await ecs?.close()
  ecs = undefined
})
// These tasks are never more than asked for: no process is started for them.
const SLOW = { provisioning: 1e6 }
async function start(options: Partial<EcsOptions> = {}) {
  ecs = await EcsServer.start({ launch, delays: SLOW, subnets: ['subnet-1'], ...options })
  return { server: ecs, client: ecsClient(ecs.env) }
}
async function errorOf(act: Promise<unknown>) {
  const error = await act.then(
    () => undefined,
    (cause: Error) => cause,
  )
  return [error?.name, error?.message]
}

const name = 'worker'
const worker = (value: string) => ({ containerOverrides: [{ name, environment: [{ name: 'A', value }] }] })
const refusals: readonly (readonly [string, Partial<RunTaskCommandInput>, string, RegExp])[] = [
  ['eleven tasks', { count: 11 }, 'InvalidParameterException', /between 1 and 10/],
  ['no task', { count: 0 }, 'InvalidParameterException', /between 1 and 10/],
  ['long overrides', { overrides: worker('x'.repeat(8192)) }, 'InvalidParameterException', /8192/],
  ['another container', { overrides: { containerOverrides: [{ name: 'x' }] } }, 'InvalidParameterException', /named x/],
  ['a pair of sizes', { overrides: { cpu: '256', memory: '4096' } }, 'ClientException', /No Fargate configuration/],
  ['a size', { overrides: { cpu: '300', memory: '512' } }, 'ClientException', /Invalid 'cpu' setting/],
  ['a long startedBy', { startedBy: 'a'.repeat(129) }, 'InvalidParameterException', /startedBy/],
  ['a colon in startedBy', { startedBy: 'a:b' }, 'InvalidParameterException', /startedBy/],
  ['a long token', { clientToken: 'a'.repeat(65) }, 'InvalidParameterException', /clientToken/],
  ['a space in the token', { clientToken: 'a b' }, 'InvalidParameterException', /clientToken/],
  [
    'fifty-one tags',
    { tags: Array.from({ length: 51 }, (_, i) => ({ key: `${i}` })) },
    'InvalidParameterException',
    /50/,
  ],
  [
    'a long key',
    { tags: [{ key: 'k'.repeat(129), value: '' }] },
    'InvalidParameterException',
    /tags\[0\]\.key is not within/,
  ],
  [
    'a long value',
    { tags: [{ key: 'k', value: 'v'.repeat(257) }] },
    'InvalidParameterException',
    /tags\[0\]\.value is not within/,
  ],
  ['a foreign character', { tags: [{ key: 'k?', value: '' }] }, 'InvalidParameterException', /does not match/],
  ['a tag twice', { tags: [{ key: 'k' }, { key: 'k' }] }, 'InvalidParameterException', /unique/],
  ['a tag of AWS', { tags: [{ key: 'aws:x', value: '' }] }, 'InvalidParameterException', /aws:/],
  ['a cluster', { cluster: 'elsewhere' }, 'ClusterNotFoundException', /Cluster not found/],
  ['a definition', { taskDefinition: 'elsewhere:1' }, 'ClientException', /task definition/],
  [
    'a launch type and a strategy',
    { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] },
    'InvalidParameterException',
    /both/,
  ],
  ['a launch type', { launchType: 'SPOT' as 'FARGATE' }, 'InvalidParameterException', /launchType is none of/],
  ['no network', { networkConfiguration: undefined }, 'InvalidParameterException', /Network Configuration must/],
  [
    'a subnet',
    { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-2'] } } },
    'InvalidParameterException',
    /subnet-2.*does not exist/,
  ],
  ['a missing member', { taskDefinition: undefined }, 'InvalidParameterException', /taskDefinition is missing/],
]

test.each(refusals)('RunTask refuses %s', async (_, more, type, text) => {
  const { client, server } = await start()
  expect(await errorOf(run(client, more))).toEqual([type, expect.stringMatching(text)])
  expect(server.started).toEqual([])
})

test('overrides of exactly 8,192 characters pass', async () => {
  const { client } = await start()
  const room = 8192 - JSON.stringify(worker('')).length
  expect((await run(client, { overrides: worker('x'.repeat(room)) })).tasks).toHaveLength(1)
  expect(await errorOf(run(client, { overrides: worker('x'.repeat(room + 1)) }))).toContain('InvalidParameterException')
})

test('what is not in the model, of another type or no JSON is refused', async () => {
  const { client, server } = await start()
  const send = async (change: (text: string) => string) => {
    client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: Uint8Array | string; headers: Record<string, string> }
        request.body = change(new TextDecoder().decode(request.body as Uint8Array))
        request.headers['content-length'] = String(Buffer.byteLength(request.body))
        return next(args)
      },
      { step: 'build', name: 'change', override: true },
    )
    return errorOf(run(client))
  }
  expect(await send((text) => text.replace('"taskDefinition"', '"unheardOf":1,"taskDefinition"'))).toEqual([
    'SerializationException',
    '.unheardOf is not in the model',
  ])
  expect(await send((text) => text.replace('"loadgate"', '3'))).toContain('SerializationException')
  expect(await send((text) => text.slice(1))).toContain('SerializationException')
  expect(server.calls.map(({ error }) => error)).toEqual(Array(3).fill('SerializationException'))
})

test('the same token and request start nothing twice; with another request it is a conflict', async () => {
  const { client, server } = await start()
  const first = await run(client, { count: 3, clientToken: 'run-1' })
  const again = await run(client, { count: 3, clientToken: 'run-1' })
  expect(again.tasks).toEqual(first.tasks)
  expect(server.started).toHaveLength(3)
  const arns = first.tasks?.map(({ taskArn }) => taskArn)
  await expect(run(client, { count: 2, clientToken: 'run-1' })).rejects.toMatchObject({
    name: 'ConflictException',
    resourceIds: arns,
  })
})

test('an answer that is lost has had its effect; the retry with the token finds the tasks', async () => {
  const { client, server } = await start()
  server.inject({ operation: 'RunTask', kind: 'lost', times: 1 })
  await expect(run(client, { count: 4, clientToken: 'run-1' })).rejects.toThrow()
  expect((await run(client, { count: 4, clientToken: 'run-1' })).tasks).toHaveLength(4)
  expect(server.started).toHaveLength(4)
})

test('k of n are started, and the rest is told with 200', async () => {
  const { client, server } = await start()
  server.injectIntoLaunches({ skip: 2, times: 3, reason: LAUNCH_REASONS.capacity, detail: 'az-1' })
  const { tasks, failures } = await run(client, { count: 7 })
  expect(tasks).toHaveLength(4)
  expect(failures).toEqual(Array(3).fill({ reason: LAUNCH_REASONS.capacity, detail: 'az-1' }))
  expect((await run(client, { count: 2 })).tasks).toHaveLength(2)
})

test('the quota of vCPUs is counted over what still runs, for Spot apart', async () => {
  const { client } = await start({ vcpus: 3 })
  const spot = { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] }
  expect((await run(client, { count: 5 })).failures).toEqual(Array(2).fill({ reason: LAUNCH_REASONS.vcpus }))
  const { tasks = [] } = await run(client, { count: 3, ...spot })
  expect(tasks.map(({ capacityProviderName }) => capacityProviderName)).toEqual(Array(3).fill('FARGATE_SPOT'))
  expect((await run(client, { count: 1 })).tasks).toEqual([])
})

test('tasks are launched from a bucket, and a call too many is throttled whole', async () => {
  const { client, server } = await start({ limits: { launches: { burst: 25, perSecond: 0.001 } } })
  for (let i = 0; i < 2; i++) expect((await run(client, { count: 10 })).tasks).toHaveLength(10)
  expect(await errorOf(run(client, { count: 10 }))).toEqual(['ThrottlingException', 'Rate exceeded'])
  expect((await run(client, { count: 5 })).tasks).toHaveLength(5)
  expect(server.started).toHaveLength(25)
})

test('20 calls of RunTask at once pass, in each region, and not 21 and more', async () => {
  const { server } = await start({ limits: { RunTask: { burst: 20, perSecond: 0.001 } } })
  for (const region of ['eu-central-1', 'us-east-1']) {
    const client = ecsClient(server.env, 1, region)
    const answers = await Promise.all(Array.from({ length: 22 }, () => errorOf(run(client))))
    expect(answers.filter(([type]) => type === 'ThrottlingException')).toHaveLength(2)
  }
  expect(server.started.filter(({ region }) => region === 'us-east-1')).toHaveLength(20)
})

test('tasks are listed by who started them, page by page, with tags until they are stopped', async () => {
  const { client } = await start()
  const tags = [{ key: 'loadgate:run', value: 'r1' }]
  const { tasks = [] } = await run(client, { count: 5, startedBy: 'loadgate/r1', tags })
  await run(client, { startedBy: 'other' })
  const arns = tasks.map(({ taskArn }) => taskArn as string)
  const filter = { cluster: 'loadgate', startedBy: 'loadgate/r1', maxResults: 3 }
  const page = await client.send(new ListTasksCommand(filter))
  const rest = await client.send(new ListTasksCommand({ ...filter, nextToken: page.nextToken }))
  expect([...(page.taskArns ?? []), ...(rest.taskArns ?? [])]).toEqual(arns)
  expect(rest.nextToken).toBeUndefined()
  const tagsOf = async (resourceArn: string) =>
    (await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags
  expect(await tagsOf(arns[0] as string)).toEqual(tags)
  await client.send(new TagResourceCommand({ resourceArn: arns[0], tags: [{ key: 'a', value: 'b' }] }))
  expect(await tagsOf(arns[0] as string)).toHaveLength(2)
  await client.send(new StopTaskCommand({ cluster: 'loadgate', task: arns[0] as string }))
  expect(await tagsOf(arns[0] as string)).toEqual([])
  const { taskArns } = await client.send(new ListTasksCommand({ ...filter, maxResults: 100 }))
  expect(taskArns).toEqual(arns.slice(1))
})

test('DescribeTasks takes 1 to 100 tasks, and StopTask one that there is', async () => {
  const { client } = await start()
  const ask = (count: number) =>
    client.send(new DescribeTasksCommand({ cluster: 'loadgate', tasks: Array(count).fill('0'.repeat(32)) }))
  expect(await errorOf(ask(101))).toEqual(['InvalidParameterException', 'taskIds can have at most 100 items.'])
  expect(await errorOf(ask(0))).toEqual(['InvalidParameterException', 'Tasks cannot be empty.'])
  expect((await ask(100)).failures).toHaveLength(100)
  const stop = client.send(new StopTaskCommand({ cluster: 'loadgate', task: '0'.repeat(32) }))
  expect(await errorOf(stop)).toEqual(['InvalidParameterException', 'The referenced task was not found.'])
})

test('a task definition that is registered can be described and run', async () => {
  const { client, server } = await start()
  const { taskDefinition } = await client.send(
    new RegisterTaskDefinitionCommand({
      family: 'loadgate',
      cpu: '2048',
      memory: '4096',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [{ name: 'worker', image: 'x:2', environment: [{ name: 'B', value: 'b' }] }],
    }),
  )
  expect(taskDefinition?.revision).toBe(2)
  const described = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'loadgate' }))
  expect(described.taskDefinition).toMatchObject({ revision: 2, cpu: '2048', containerDefinitions: [{ image: 'x:2' }] })
  await run(client)
  expect(server.started[0]?.container).toMatchObject({ image: 'x:2', cpu: 2048, environment: { B: 'b' } })
})

test('a container gets what its definition and the overrides say, and nothing of ours', async () => {
  const { client, server } = await start()
  await run(client, {
    overrides: { ...runRequest({}, { LOADGATE_ORDERS: 'url' }).overrides, cpu: '256', memory: '512' },
  })
  const { environment, cpu, memory } = server.started[0]?.container ?? {}
  expect([cpu, memory]).toEqual([256, 512])
  expect(Object.keys(environment ?? {}).sort()).toEqual([
    'AWS_DEFAULT_REGION',
    'AWS_EXECUTION_ENV',
    'AWS_REGION',
    'ECS_CONTAINER_METADATA_URI',
    'ECS_CONTAINER_METADATA_URI_V4',
    'LOADGATE_ORDERS',
  ])
})

test('a cluster is described, or missing', async () => {
  const { client } = await start()
  const { clusters, failures } = await client.send(new DescribeClustersCommand({ clusters: ['loadgate', 'other'] }))
  expect(clusters).toMatchObject([{ clusterName: 'loadgate', status: 'ACTIVE' }])
  expect(failures).toMatchObject([{ reason: 'MISSING' }])
})
