// What there is to start tasks with, as plain data, and how AWS names it.
import { ACCOUNT_ID } from '../account.ts'

/** As in the answers of DescribeTaskDefinition; only one container, and on Fargate. */
export interface TaskDefinition {
  readonly family: string
  readonly revision: number
  readonly cpu: string
  readonly memory: string
  readonly taskRoleArn?: string
  readonly executionRoleArn?: string
  readonly container: {
    readonly name: string
    readonly image: string
    readonly command?: readonly string[]
    readonly environment?: Readonly<Record<string, string>>
    /** In s; 30 if left out. */
    readonly stopTimeout?: number
    readonly readonlyRootFilesystem?: boolean
    readonly user?: string
  }
  readonly architecture?: 'X86_64' | 'ARM64'
  readonly status?: 'ACTIVE' | 'INACTIVE'
  /** Whatever else a registered one says, as it was registered. */
  readonly registered?: Readonly<Record<string, unknown>>
}

export interface Cluster {
  readonly name: string
  readonly status?: 'ACTIVE' | 'INACTIVE'
  readonly capacityProviders?: readonly string[]
}

export const arnOf = (region: string, resource: string) => `arn:aws:ecs:${region}:${ACCOUNT_ID}:${resource}`

/** The name of a cluster, by its name or its ARN in this region; undefined for another region's. */
export function clusterName(region: string, given = 'default'): string | undefined {
  if (!given.startsWith('arn:')) return given
  const start = arnOf(region, 'cluster/')
  return given.startsWith(start) ? given.slice(start.length) : undefined
}

/** By family, family:revision or ARN; the latest where no revision is given. */
export function findDefinition(
  region: string,
  definitions: readonly TaskDefinition[],
  given: string,
): TaskDefinition | undefined {
  const start = arnOf(region, 'task-definition/')
  const [family, revision] = (given.startsWith(start) ? given.slice(start.length) : given).split(':')
  const found = definitions.filter((definition) => definition.family === family)
  const active = found.filter(({ status }) => status !== 'INACTIVE')
  return revision === undefined
    ? active.toSorted((a, b) => b.revision - a.revision)[0]
    : found.find((definition) => String(definition.revision) === revision)
}

export function definitionAnswer(region: string, definition: TaskDefinition): Record<string, unknown> {
  const { family, revision, container, architecture = 'X86_64', status = 'ACTIVE', registered } = definition
  const { environment = {}, ...rest } = container
  return {
    ...(registered ?? {
      containerDefinitions: [
        {
          essential: true,
          cpu: 0,
          portMappings: [],
          mountPoints: [],
          volumesFrom: [],
          ...rest,
          environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
        },
      ],
      cpu: definition.cpu,
      memory: definition.memory,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: { cpuArchitecture: architecture, operatingSystemFamily: 'LINUX' },
      volumes: [],
      placementConstraints: [],
      ...(definition.taskRoleArn && { taskRoleArn: definition.taskRoleArn }),
      ...(definition.executionRoleArn && { executionRoleArn: definition.executionRoleArn }),
    }),
    family,
    revision,
    status,
    taskDefinitionArn: arnOf(region, `task-definition/${family}:${revision}`),
    compatibilities: ['EC2', 'FARGATE'],
  }
}
