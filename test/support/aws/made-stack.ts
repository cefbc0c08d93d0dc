// infra/stack.yml as the stand-in for AWS has it once it is made: all that a run asks for is what the template says.
import { resolveStack } from '../stack-template.ts'
import type { TaskDefinition } from './ecs/clusters.ts'
import type { Policy } from './iam.ts'
import type { Stack } from './query-server.ts'

export const STACK = 'loadgate'
export const STACK_BUCKET = 'loadgate-bucket-1'

/** What AWS would call the resources. */
const NAMES = {
  Cluster: 'loadgate',
  TaskDefinition: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/loadgate-worker:1',
  Bucket: STACK_BUCKET,
  SubnetA: 'subnet-0123456789abcdef0',
  SubnetB: 'subnet-0123456789abcdef1',
  SecurityGroup: 'sg-0123456789abcdef0',
}

export interface MadeStack {
  /** Of whoever runs Loadgate. */
  readonly policy: Policy
  readonly stack: Stack
  readonly taskDefinition: TaskDefinition
  readonly container: ContainerDefinition
}

/** As in AWS::ECS::TaskDefinition, as far as it concerns how a container is held. */
export interface ContainerDefinition {
  readonly Name: string
  readonly Image: string
  readonly User: string
  readonly ReadonlyRootFilesystem: boolean
  readonly Privileged: boolean
  readonly StopTimeout: number
  readonly LinuxParameters: {
    readonly InitProcessEnabled: boolean
    readonly Capabilities: { readonly Drop: readonly string[] }
  }
}

export function madeStack(image: string): MadeStack {
  const { Resources, Outputs } = resolveStack({ ...NAMES, Image: image })
  const definition = Resources.TaskDefinition?.Properties as unknown as Definition
  const [container] = definition.ContainerDefinitions
  const { Name, Image, User, ReadonlyRootFilesystem, StopTimeout } = container
  const outputs = Object.entries(Outputs).map(([name, { Value }]) => [name, String(Value)])
  return {
    policy: Resources.CoordinatorPolicy?.Properties.PolicyDocument as unknown as Policy,
    stack: { name: STACK, outputs: Object.fromEntries(outputs) },
    taskDefinition: {
      family: definition.Family,
      revision: 1,
      cpu: definition.Cpu,
      memory: definition.Memory,
      taskRoleArn: definition.TaskRoleArn,
      executionRoleArn: definition.ExecutionRoleArn,
      container: {
        name: Name,
        image: Image,
        user: User,
        readonlyRootFilesystem: ReadonlyRootFilesystem,
        stopTimeout: StopTimeout,
      },
    },
    container,
  }
}

interface Definition {
  readonly Family: string
  readonly Cpu: string
  readonly Memory: string
  readonly TaskRoleArn: string
  readonly ExecutionRoleArn: string
  readonly ContainerDefinitions: readonly [ContainerDefinition]
}
