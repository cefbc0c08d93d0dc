// A task as DescribeTasks and its own metadata endpoint tell of it.
import { arnOf, type TaskDefinition } from './clusters.ts'
import type { Container } from './launch.ts'
import type { RunTask, Tag } from './run-task-rules.ts'
import type { Task } from './task.ts'

/** A task, and what it was started by. */
export interface Started {
  readonly task: Task
  readonly region: string
  readonly cluster: string
  readonly definition: TaskDefinition
  readonly request: RunTask
  readonly container: Container
  readonly provider: 'FARGATE' | 'FARGATE_SPOT'
  tags: readonly Tag[]
}

export function taskAnswer(started: Started, withTags: boolean): Record<string, unknown> {
  const { task, region, cluster, definition, request, container, provider } = started
  const id = idOf(task.arn)
  const times = Object.entries(task.times).map(([name, ms]) => [name, ms / 1000])
  return {
    taskArn: task.arn,
    clusterArn: arnOf(region, `cluster/${cluster}`),
    taskDefinitionArn: arnOf(region, `task-definition/${definition.family}:${definition.revision}`),
    lastStatus: task.status,
    desiredStatus: task.desired,
    launchType: 'FARGATE',
    ...(request.capacityProviderStrategy && { capacityProviderName: provider }),
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    availabilityZone: `${region}a`,
    connectivity: 'CONNECTED',
    healthStatus: 'UNKNOWN',
    group: request.group ?? `family:${definition.family}`,
    cpu: String(container.cpu),
    memory: String(container.memory),
    version: 1,
    ...(request.startedBy && { startedBy: request.startedBy }),
    ...(task.ending && { stopCode: task.ending.code, stoppedReason: task.ending.reason }),
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    attachments: [{ id: `eni-${id.slice(0, 8)}`, type: 'ElasticNetworkInterface', status: 'ATTACHED', details: [] }],
    attributes: [{ name: 'ecs.cpu-architecture', value: definition.architecture === 'ARM64' ? 'arm64' : 'x86_64' }],
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...request.overrides },
    containers: [containerAnswer(started, id)],
    tags: withTags ? started.tags : [],
    ...Object.fromEntries(times),
  }
}

function containerAnswer({ task, region, cluster, definition, container }: Started, id: string): object {
  return {
    containerArn: arnOf(region, `container/${cluster}/${id}/${definition.container.name}`),
    taskArn: task.arn,
    name: definition.container.name,
    image: container.image,
    lastStatus: task.exitCode !== undefined || task.status === 'STOPPED' ? 'STOPPED' : containerStatus(task),
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: '0',
    ...(task.container && { runtimeId: `${id}-0000000000` }),
    ...(task.exitCode !== undefined && { exitCode: task.exitCode }),
    ...(task.containerReason && { reason: task.containerReason }),
  }
}

const containerStatus = (task: Task) => (task.container ? 'RUNNING' : 'PENDING')

/** Of version 4 of the endpoint inside a task. */
export function taskMetadata({ task, region, cluster, definition, container }: Started): object {
  return {
    Cluster: arnOf(region, `cluster/${cluster}`),
    TaskARN: task.arn,
    Family: definition.family,
    Revision: String(definition.revision),
    DesiredStatus: task.desired,
    KnownStatus: task.status,
    Limits: { CPU: container.cpu / 1024, Memory: container.memory },
    PullStartedAt: new Date(task.times.pullStartedAt ?? Date.now()).toISOString(),
    PullStoppedAt: new Date(task.times.pullStoppedAt ?? Date.now()).toISOString(),
    AvailabilityZone: `${region}a`,
    LaunchType: 'FARGATE',
    ClockDrift: {
      ClockErrorBound: 0.5,
      ReferenceTimestamp: new Date().toISOString(),
      ClockSynchronizationStatus: 'SYNCHRONIZED',
    },
    Containers: [
      {
        DockerId: `${idOf(task.arn)}-0000000000`,
        Name: definition.container.name,
        Image: container.image,
        DesiredStatus: task.desired,
        KnownStatus: task.status,
        Type: 'NORMAL',
      },
    ],
  }
}

export const idOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)
