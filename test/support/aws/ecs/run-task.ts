import { randomBytes } from 'node:crypto'
import { ACCOUNT_ID } from '../account.ts'
import { arnOf, type TaskDefinition } from './clusters.ts'
import type { Container } from './launch.ts'
import { EcsError, refused } from './refuse.ts'
import { checkRunTask, type RunTask, type Tag } from './run-task-rules.ts'
import type { EcsState } from './state.ts'
import { Task } from './task.ts'
import { idOf, type Started, taskAnswer } from './task-answer.ts'
import { LAUNCH_REASONS, type LaunchFault } from './task-faults.ts'

/** `metadata` is where the tasks find their own metadata. */
export function runTask(state: EcsState, region: string, request: RunTask, metadata: string): object {
  const cluster = state.cluster(region, request.cluster)
  const definition = state.definition(region, request.taskDefinition)
  authorise(state, region, request, definition)
  if (cluster.status === 'INACTIVE') throw new EcsError('ClusterNotFoundException', 'Cluster not found.')
  if (definition.status === 'INACTIVE') throw refused('TaskDefinition is inactive')
  const { subnets, securityGroups } = state.options
  checkRunTask(request, { cluster, definition, subnets, securityGroups })

  const token = request.clientToken && `${region} ${request.clientToken}`
  const text = JSON.stringify(request)
  const before = token ? state.answered.get(token) : undefined
  if (before && before.request !== text)
    throw new EcsError(
      'ConflictException',
      'The request could not be processed: the client token was used before with other parameters.',
      { resourceIds: before.arns },
    )
  if (before) return before.answer

  const count = request.count ?? 1
  state.throttle(region, `launches`, count)
  const started: Started[] = []
  const failures: LaunchFault[] = []
  for (let i = 0; i < count; i++) {
    const fault = state.launchFault() ?? quotaFault(state, region, request, definition)
    if (fault) failures.push(fault)
    else started.push(begin(state, { region, cluster: cluster.name, definition, request, metadata }))
  }
  const answer = {
    tasks: started.map((task) => taskAnswer(task, true)),
    failures: failures.map(({ reason, detail }) => ({ reason, ...(detail && { detail }) })),
  }
  if (token) state.answered.set(token, { request: text, arns: started.map(({ task }) => task.arn), answer })
  return answer
}

function authorise(state: EcsState, region: string, request: RunTask, definition: TaskDefinition): void {
  const cluster = state.cluster(region, request.cluster).name
  const tags = tagContext(request.tags ?? [])
  const context = { 'ecs:cluster': arnOf(region, `cluster/${cluster}`), ...tags }
  // Without a revision in the request, there is none in the ARN that the policy is asked about.
  const revision = /:\d+$/.test(request.taskDefinition) ? `:${definition.revision}` : ''
  state.authorise('ecs:RunTask', arnOf(region, `task-definition/${definition.family}${revision}`), context)
  const { taskRoleArn, executionRoleArn } = { ...definition, ...request.overrides }
  for (const role of new Set([taskRoleArn, executionRoleArn]))
    if (role) state.authorise('iam:PassRole', role, { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' })
  if ((request.tags?.length ?? 0) > 0 || request.enableECSManagedTags)
    state.authorise('ecs:TagResource', arnOf(region, `task/${cluster}/*`), {
      ...context,
      'ecs:CreateAction': 'RunTask',
    })
}

export function tagContext(tags: readonly Tag[]): Record<string, string | readonly string[]> {
  return {
    ...Object.fromEntries(tags.map(({ key, value = '' }) => [`aws:RequestTag/${key}`, value])),
    'aws:TagKeys': tags.map(({ key = '' }) => key),
  }
}

function quotaFault(
  state: EcsState,
  region: string,
  request: RunTask,
  definition: TaskDefinition,
): LaunchFault | undefined {
  const { vcpus = Number.POSITIVE_INFINITY } = state.options
  const provider = providerOf(request)
  const busy = state.started
    .filter((other) => other.region === region && other.provider === provider && other.task.status !== 'STOPPED')
    .reduce((sum, other) => sum + other.container.cpu / 1024, 0)
  const wanted = Number(request.overrides?.cpu ?? definition.cpu) / 1024
  return busy + wanted > vcpus ? { reason: LAUNCH_REASONS.vcpus } : undefined
}

const providerOf = ({ capacityProviderStrategy = [] }: RunTask) =>
  capacityProviderStrategy.toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0))[0]?.capacityProvider === 'FARGATE_SPOT'
    ? 'FARGATE_SPOT'
    : 'FARGATE'

type Place = Pick<Started, 'region' | 'cluster' | 'definition' | 'request'> & { readonly metadata: string }

function begin(state: EcsState, place: Place): Started {
  const { region, cluster, definition, request } = place
  const arn = arnOf(region, `task/${cluster}/${randomBytes(16).toString('hex')}`)
  const number = state.started.length
  const container = containerOf(arn, number, place)
  const task = new Task({
    arn,
    delays: state.delays,
    stopTimeout: (definition.container.stopTimeout ?? 30) * 1000,
    faults: state.taskFaults.filter(({ tasks }) => tasks === 'all' || tasks.includes(number)).map(({ kind }) => kind),
    start: () => state.options.launch(container),
  })
  const provider = providerOf(request)
  const tags = [
    ...(request.tags ?? []),
    ...(request.enableECSManagedTags ? [{ key: 'aws:ecs:clusterName', value: cluster }] : []),
  ]
  const started: Started = { task, region, cluster, definition, request, container, provider, tags }
  state.started.push(started)
  return started
}

function containerOf(arn: string, number: number, { region, definition, request, metadata }: Place): Container {
  const { containerOverrides = [], cpu, memory, taskRoleArn } = request.overrides ?? {}
  const own = containerOverrides.find(({ name }) => name === definition.container.name)
  const given = (own?.environment ?? []).map(({ name = '', value = '' }) => [name, value])
  const id = idOf(arn)
  const role = taskRoleArn ?? definition.taskRoleArn
  return {
    taskArn: arn,
    number,
    image: definition.container.image,
    command: own?.command ?? definition.container.command ?? [],
    cpu: Number(cpu ?? definition.cpu),
    memory: Number(memory ?? definition.memory),
    environment: {
      ...definition.container.environment,
      ...Object.fromEntries(given),
      AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      ECS_CONTAINER_METADATA_URI: `${metadata}/v3/${id}-0000000000`,
      ECS_CONTAINER_METADATA_URI_V4: `${metadata}/v4/${id}-0000000000`,
      ...(role && { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${ACCOUNT_ID}` }),
    },
  }
}
