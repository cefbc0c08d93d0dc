// The operations of ECS that there are. Inputs have been held to the model before, answers are after.
import { ACCOUNT_ID } from '../account.ts'
import { arnOf, clusterName, definitionAnswer, type TaskDefinition } from './clusters.ts'
import { sizeFault } from './fargate-sizes.ts'
import { demand, EcsError, invalid, refused } from './refuse.ts'
import { runTask, tagContext } from './run-task.ts'
import { type RunTask, type Tag, tagFault } from './run-task-rules.ts'
import type { EcsState } from './state.ts'
import { type Started, taskAnswer } from './task-answer.ts'

export interface Call {
  readonly state: EcsState
  readonly region: string
  readonly metadata: string
}

type Act = (call: Call, input: never) => object

export const OPERATIONS: Readonly<Record<string, Act>> = {
  RunTask: ({ state, region, metadata }, input: RunTask) => runTask(state, region, input, metadata),
  DescribeTasks: describeTasks,
  ListTasks: listTasks,
  StopTask: stopTask,
  DescribeTaskDefinition: describeTaskDefinition,
  RegisterTaskDefinition: registerTaskDefinition,
  DescribeClusters: describeClusters,
  ListTagsForResource: listTagsForResource,
  TagResource: tagResource,
}

const clusterContext = (region: string, cluster: string) => ({ 'ecs:cluster': arnOf(region, `cluster/${cluster}`) })

/** By its tags too: a task that was told to stop has none any more. */
function authoriseTask(
  state: EcsState,
  action: string,
  arn: string,
  context: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  const tags = state.started.find(({ task }) => task.arn === arn)?.tags ?? []
  const ofResource = tags.flatMap(({ key, value = '' }) => [
    [`aws:ResourceTag/${key}`, value],
    [`ecs:ResourceTag/${key}`, value],
  ])
  state.authorise(action, arn, { ...context, ...Object.fromEntries(ofResource) })
}

interface DescribeTasks {
  readonly cluster?: string
  readonly tasks: readonly string[]
  readonly include?: readonly string[]
}

function describeTasks({ state, region }: Call, { cluster, tasks, include = [] }: DescribeTasks): object {
  const { name } = state.cluster(region, cluster)
  demand([
    tasks.length === 0 ? 'Tasks cannot be empty.' : undefined,
    tasks.length > 100 ? 'taskIds can have at most 100 items.' : undefined,
    ...tasks.map(idFault),
  ])
  const arns = tasks.map((task) => (task.startsWith('arn:') ? task : arnOf(region, `task/${name}/${task}`)))
  for (const arn of arns) authoriseTask(state, 'ecs:DescribeTasks', arn, clusterContext(region, name))
  const found = arns.map((arn) => state.find(region, name, arn))
  return {
    tasks: found.filter((task) => task !== undefined).map((task) => taskAnswer(task, include.includes('TAGS'))),
    failures: arns.filter((_, index) => !found[index]).map((arn) => ({ arn, reason: 'MISSING' })),
  }
}

function idFault(task: string): string | undefined {
  const id = task.slice(task.lastIndexOf('/') + 1)
  if (id.length > 36) return 'taskId longer than 36.'
  return /^[0-9a-f-]+$/.test(id) ? undefined : 'Invalid identifier: Identifier is for task, but is not valid.'
}

interface ListTasks {
  readonly cluster?: string
  readonly family?: string
  readonly startedBy?: string
  readonly serviceName?: string
  readonly containerInstance?: string
  readonly launchType?: string
  readonly desiredStatus?: string
  readonly maxResults?: number
  readonly nextToken?: string
}

function listTasks({ state, region }: Call, input: ListTasks): object {
  const { name } = state.cluster(region, input.cluster)
  state.authorise('ecs:ListTasks', arnOf(region, `container-instance/${name}/*`), clusterContext(region, name))
  const { family, startedBy, serviceName, containerInstance, desiredStatus = 'RUNNING', maxResults = 100 } = input
  if (startedBy !== undefined && [family, serviceName, containerInstance, input.launchType].some((it) => it))
    throw invalid('cannot specify startedBy together with another filter.')
  if (maxResults < 1 || maxResults > 100) throw invalid('maxResults must be between 1 and 100.')
  if (serviceName !== undefined) throw new EcsError('ServiceNotFoundException', 'Service not found.')
  const from = input.nextToken === undefined ? 0 : Number(Buffer.from(input.nextToken, 'base64').toString())
  if (!Number.isInteger(from)) throw invalid('Invalid token.')
  const all = state.started.filter(
    ({ task, region: its, cluster, definition, request }) =>
      its === region &&
      cluster === name &&
      task.seen &&
      containerInstance === undefined &&
      task.desired === desiredStatus &&
      (family === undefined || definition.family === family) &&
      (startedBy === undefined || request.startedBy === startedBy),
  )
  const until = from + maxResults
  return {
    taskArns: all.slice(from, until).map(({ task }) => task.arn),
    ...(until < all.length && { nextToken: Buffer.from(String(until)).toString('base64') }),
  }
}

interface StopTask {
  readonly cluster?: string
  readonly task: string
  readonly reason?: string
}

function stopTask({ state, region }: Call, { cluster, task: given, reason }: StopTask): object {
  const { name } = state.cluster(region, cluster)
  const arn = given.startsWith('arn:') ? given : arnOf(region, `task/${name}/${given}`)
  demand([idFault(arn), (reason?.length ?? 0) > 1024 ? 'reason can have at most 1024 characters.' : undefined])
  authoriseTask(state, 'ecs:StopTask', arn, clusterContext(region, name))
  const found = state.find(region, name, arn)
  if (!found) throw invalid('The referenced task was not found.')
  found.task.stop(reason ?? 'Task stopped by user')
  if (found.task.desired === 'STOPPED') found.tags = []
  return { task: taskAnswer(found, false) }
}

function describeTaskDefinition({ state, region }: Call, { taskDefinition }: { taskDefinition: string }): object {
  state.authorise('ecs:DescribeTaskDefinition', '*')
  return { taskDefinition: definitionAnswer(region, state.definition(region, taskDefinition)), tags: [] }
}

interface Register {
  readonly family: string
  readonly cpu?: string
  readonly memory?: string
  readonly taskRoleArn?: string
  readonly executionRoleArn?: string
  readonly networkMode?: string
  readonly runtimePlatform?: { readonly cpuArchitecture?: 'X86_64' | 'ARM64' }
  readonly requiresCompatibilities?: readonly string[]
  readonly tags?: readonly Tag[]
  readonly containerDefinitions: readonly {
    readonly name?: string
    readonly image?: string
    readonly command?: readonly string[]
    readonly environment?: readonly { readonly name?: string; readonly value?: string }[]
    readonly stopTimeout?: number
  }[]
}

function registerTaskDefinition({ state, region }: Call, input: Register): object {
  const { family, cpu, memory, containerDefinitions, taskRoleArn, executionRoleArn, runtimePlatform } = input
  const { tags = [], ...registered } = input
  state.authorise('ecs:RegisterTaskDefinition', arnOf(region, `task-definition/${family}:*`), tagContext(tags))
  demand([
    /^[\w-]{1,255}$/.test(family) ? undefined : 'Family contains invalid characters.',
    tagFault(tags),
    containerDefinitions.length === 1 ? undefined : 'this stand-in runs tasks of one container only.',
  ])
  const [{ name, image, command, environment = [], stopTimeout } = {}] = containerDefinitions
  if (!name || !image) throw refused('Container.image should not be null or empty.')
  if ((stopTimeout ?? 0) > 120) throw refused("Invalid 'stopTimeout' setting for container: at most 120 on Fargate.")
  if (input.networkMode !== 'awsvpc') throw refused('Fargate only supports network mode ‘awsvpc’.')
  if (cpu === undefined || memory === undefined)
    throw refused('Fargate requires task definition to have CPU and memory.')
  const fault = sizeFault(cpu, memory)
  if (fault) throw refused(fault)
  const revision = 1 + Math.max(0, ...state.definitions.filter((it) => it.family === family).map((it) => it.revision))
  const definition: TaskDefinition = {
    family,
    revision,
    cpu,
    memory,
    container: {
      name,
      image,
      environment: Object.fromEntries(environment.map(({ name: key = '', value = '' }) => [key, value])),
      ...(command && { command }),
      ...(stopTimeout !== undefined && { stopTimeout }),
    },
    registered,
    ...(taskRoleArn && { taskRoleArn }),
    ...(executionRoleArn && { executionRoleArn }),
    ...(runtimePlatform?.cpuArchitecture && { architecture: runtimePlatform.cpuArchitecture }),
  }
  state.definitions = [...state.definitions, definition]
  return { taskDefinition: definitionAnswer(region, definition), tags }
}

function describeClusters(
  { state, region }: Call,
  { clusters = ['default'] }: { clusters?: readonly string[] },
): object {
  if (clusters.length > 100) throw invalid('clusterIds can have at most 100 items.')
  const answers = clusters.map((given) => {
    const name = clusterName(region, given)
    const clusterArn = name === undefined ? given : arnOf(region, `cluster/${name}`)
    state.authorise('ecs:DescribeClusters', clusterArn)
    const found = (state.options.clusters ?? [{ name: 'loadgate' }]).find((cluster) => cluster.name === name)
    if (!found) return { failure: { arn: clusterArn, reason: 'MISSING' } }
    const tasks = state.started.filter((started) => started.region === region && started.cluster === name)
    const count = (statuses: readonly string[]) => tasks.filter(({ task }) => statuses.includes(task.status)).length
    const cluster = {
      clusterArn,
      clusterName: name,
      status: found.status ?? 'ACTIVE',
      registeredContainerInstancesCount: 0,
      runningTasksCount: count(['RUNNING']),
      pendingTasksCount: count(['PROVISIONING', 'PENDING', 'ACTIVATING']),
      activeServicesCount: 0,
      statistics: [],
      tags: [],
      settings: [],
      capacityProviders: found.capacityProviders ?? ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    }
    return { cluster }
  })
  return {
    clusters: answers.flatMap(({ cluster }) => cluster ?? []),
    failures: answers.flatMap(({ failure }) => failure ?? []),
  }
}

function listTagsForResource({ state }: Call, { resourceArn }: { resourceArn: string }): object {
  authoriseTask(state, 'ecs:ListTagsForResource', resourceArn)
  return { tags: tagged(state, resourceArn).tags }
}

function tagResource({ state }: Call, { resourceArn, tags }: { resourceArn: string; tags: readonly Tag[] }): object {
  authoriseTask(state, 'ecs:TagResource', resourceArn, tagContext(tags))
  const task = tagged(state, resourceArn)
  const both = [...task.tags.filter(({ key }) => !tags.some((tag) => tag.key === key)), ...tags]
  demand([tagFault(both)])
  task.tags = both
  return {}
}

function tagged(state: EcsState, arn: string): Started {
  if (!arn.startsWith('arn:aws:ecs:') || !arn.includes(`:${ACCOUNT_ID}:`)) throw invalid('Invalid ARN.')
  const found = state.started.find(({ task }) => task.arn === arn && task.seen)
  if (!found) throw new EcsError('ResourceNotFoundException', 'The specified resource was not found.')
  return found
}
