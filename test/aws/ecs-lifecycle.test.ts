// The stand-in for ECS, driven by the SDK's own client: how tasks live and end.
import { DescribeTasksCommand, ListTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs'
import { afterEach, expect, test } from '@jest/globals'
import { alive } from '../support/alive.ts'
import type { EcsOptions } from '../support/aws/ecs/state.ts'
import { describe, ecsClient, launch, reached, run } from '../support/aws/ecs-bench.ts'
import { EcsServer } from '../support/aws/ecs-server.ts'

let ecs: EcsServer | undefined
afterEach(async () => {
  await ecs?.close()
  ecs = undefined
})
// Without the limit on reads: these tests ask more often than a product may.
const FREE = { DescribeTasks: { burst: 1e9, perSecond: 1e9 } }
async function start(options: Partial<EcsOptions> = {}) {
  ecs = await EcsServer.start({ launch, limits: FREE, ...options })
  return { server: ecs, client: ecsClient(ecs.env) }
}
async function one(options: Partial<EcsOptions> = {}, environment: Record<string, string> = {}) {
  const bench = await start(options)
  const { tasks = [] } = await run(bench.client, {}, environment)
  return { ...bench, arn: tasks[0]?.taskArn as string }
}
const stop = (client: ReturnType<typeof ecsClient>, task: string, reason = 'the test wants it') =>
  client.send(new StopTaskCommand({ cluster: 'loadgate', task, reason }))

test('a task goes through every state, knows its own ARN, and ends with the exit code of its process', async () => {
  const delays = { provisioning: 300, pending: 300, activating: 300, deactivating: 300, deprovisioning: 300 }
  const { client, server, arn } = await one({ delays }, { MODE: 'exit', CODE: '7' })
  const seen: (string | undefined)[] = []
  for (let i = 0; i < 200 && seen.at(-1) !== 'STOPPED'; i++) {
    const [task] = await describe(client, [arn])
    if (task?.lastStatus !== seen.at(-1)) seen.push(task?.lastStatus)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const order = [
    'PROVISIONING',
    'PENDING',
    'ACTIVATING',
    'RUNNING',
    'DEACTIVATING',
    'STOPPING',
    'DEPROVISIONING',
    'STOPPED',
  ]
  expect(seen.map((status) => order.indexOf(status as string))).toEqual(
    seen.map((status) => order.indexOf(status as string)).toSorted((a, b) => a - b),
  )
  expect(seen).toEqual(expect.arrayContaining(['PROVISIONING', 'PENDING', 'ACTIVATING', 'STOPPED']))
  const [task] = await describe(client, [arn])
  expect(task).toMatchObject({
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'worker', exitCode: 7 }],
  })
  const { createdAt, pullStartedAt, startedAt, stoppedAt } = task as Required<NonNullable<typeof task>>
  expect([createdAt, pullStartedAt, startedAt, stoppedAt]).toEqual(
    [createdAt, pullStartedAt, startedAt, stoppedAt].toSorted((a, b) => Number(a) - Number(b)),
  )
  expect(server.started[0]?.task.container?.output()).toContain(`I am ${arn}`)
  expect(server.taskSeconds[0]).toBeGreaterThan(0.9)
})

test.each([
  ['one that heeds SIGTERM', 'wait', 143],
  ['one that ends well on it', 'polite', 0],
  ['one that does not heed it', 'deaf', 137],
])('StopTask ends %s', async (_, MODE, exitCode) => {
  const container = { name: 'worker', image: 'x', stopTimeout: 1 }
  const taskDefinitions = [{ family: 'loadgate', revision: 3, cpu: '256', memory: '512', container }]
  const { client, server, arn } = await one({ taskDefinitions }, { MODE })
  await reached(client, arn, 'RUNNING')
  await output(server, 'I am')
  await stop(client, arn)
  expect(await reached(client, arn, 'STOPPED')).toMatchObject({
    stopCode: 'UserInitiated',
    stoppedReason: 'the test wants it',
    containers: [{ exitCode }],
    tags: [],
  })
  expect(alive(server.started[0]?.task.container?.pid as number)).toBe(false)
})

async function output(server: EcsServer, text: string): Promise<void> {
  for (let i = 0; i < 400 && !server.started[0]?.task.container?.output().includes(text); i++)
    await new Promise((resolve) => setTimeout(resolve, 20))
}

test.each([
  ['an image that is not there', { fails: 'image' }, 'TaskFailedToStart', /^CannotPullContainerError/],
  ['no network interface', { fails: 'network' }, 'TaskFailedToStart', /^Timeout waiting for network interface/],
  ['no log group', { fails: 'resource' }, 'TaskFailedToStart', /^ResourceInitializationError/],
  ['Spot', { ended: 'spot', after: 50 }, 'SpotInterruption', /^Your Spot Task was interrupted\.$/],
  ['hardware', { ended: 'hardware', after: 50 }, 'InfrastructureHealth', /infrastructure/],
  ['its memory', { killed: 'out of memory', after: 300 }, 'EssentialContainerExited', /Essential container/],
] as const)('a task ends because of %s', async (_, kind, stopCode, reason) => {
  const { client, server } = await start()
  server.injectIntoTasks({ tasks: [0], kind })
  const { tasks = [] } = await run(client, { count: 2 })
  const [ill, well] = tasks.map(({ taskArn }) => taskArn as string) as [string, string]
  const task = await reached(client, ill, 'STOPPED')
  expect(task).toMatchObject({ stopCode, stoppedReason: expect.stringMatching(reason) })
  if (stopCode === 'EssentialContainerExited')
    expect(task.containers?.[0]).toMatchObject({ exitCode: 137, reason: expect.stringMatching(/^OutOfMemoryError/) })
  expect((await reached(client, well, 'RUNNING')).stopCode).toBeUndefined()
})

test('a task that hangs on its way stays there until it is stopped', async () => {
  const { client, server } = await start()
  server.injectIntoTasks({ tasks: 'all', kind: { stuck: 'PENDING' } })
  const arn = (await run(client)).tasks?.[0]?.taskArn as string
  await reached(client, arn, 'PENDING')
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect((await describe(client, [arn]))[0]?.lastStatus).toBe('PENDING')
  await stop(client, arn)
  expect((await reached(client, arn, 'STOPPED')).containers?.[0]?.exitCode).toBeUndefined()
})

test('a task that does not see the end of its process, and a StopTask that comes to nothing', async () => {
  const { client, server } = await start()
  server.injectIntoTasks({ tasks: [0], kind: 'ignores exit' }, { tasks: [0], kind: { stopsLost: 1 } })
  const arn = (await run(client, {}, { MODE: 'exit', CODE: '0' })).tasks?.[0]?.taskArn as string
  await reached(client, arn, 'RUNNING')
  for (let i = 0; i < 200 && server.started[0]?.task.exitCode === undefined; i++)
    await new Promise((resolve) => setTimeout(resolve, 20))
  expect((await stop(client, arn)).task?.desiredStatus).toBe('RUNNING')
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect((await describe(client, [arn]))[0]?.lastStatus).toBe('RUNNING')
  expect((await stop(client, arn)).task?.desiredStatus).toBe('STOPPED')
  await reached(client, arn, 'STOPPED')
})

test('a fresh task is missing for a while, and in no list', async () => {
  const { client, arn } = await one({ delays: { unseen: 1_000 } })
  const ask = () => client.send(new DescribeTasksCommand({ cluster: 'loadgate', tasks: [arn] }))
  const list = async () => (await client.send(new ListTasksCommand({ cluster: 'loadgate' }))).taskArns
  expect(await ask()).toMatchObject({ tasks: [], failures: [{ arn, reason: 'MISSING' }] })
  expect(await list()).toEqual([])
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(await ask()).toMatchObject({ tasks: [{ taskArn: arn }], failures: [] })
  expect(await list()).toEqual([arn])
})

test('the end of the server is the end of its processes, and of no others', async () => {
  const { server, client, arn } = await one({}, { MODE: 'deaf' })
  await reached(client, arn, 'RUNNING')
  const pid = server.started[0]?.task.container?.pid as number
  expect(alive(pid)).toBe(true)
  await server.close()
  ecs = undefined
  expect(alive(pid)).toBe(false)
})
