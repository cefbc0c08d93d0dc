// What RunTask refuses beyond what the model says. Limits: the API reference of RunTask; where its text of an error is not
// documented, the words are ours and the type is not.
import type { Cluster, TaskDefinition } from './clusters.ts'
import { sizeFault } from './fargate-sizes.ts'
import { demand, invalid, refused } from './refuse.ts'

/** The request, which has the shape of the model. */
export interface RunTask {
  readonly cluster?: string
  readonly taskDefinition: string
  readonly count?: number
  readonly launchType?: string
  readonly capacityProviderStrategy?: readonly { capacityProvider: string; weight?: number; base?: number }[]
  readonly networkConfiguration?: {
    readonly awsvpcConfiguration?: { subnets: readonly string[]; securityGroups?: readonly string[] }
  }
  readonly overrides?: Overrides
  readonly platformVersion?: string
  readonly startedBy?: string
  readonly group?: string
  readonly clientToken?: string
  readonly tags?: readonly Tag[]
  readonly propagateTags?: string
  readonly enableECSManagedTags?: boolean
  readonly enableExecuteCommand?: boolean
}

export interface Overrides {
  readonly containerOverrides?: readonly {
    readonly name?: string
    readonly command?: readonly string[]
    readonly environment?: readonly { readonly name?: string; readonly value?: string }[]
    readonly cpu?: number
    readonly memory?: number
  }[]
  readonly cpu?: string
  readonly memory?: string
  readonly taskRoleArn?: string
  readonly executionRoleArn?: string
}

export interface Tag {
  readonly key?: string
  readonly value?: string
}

export interface Place {
  readonly cluster: Cluster
  readonly definition: TaskDefinition
  /** Undefined: any will do. */
  readonly subnets: readonly string[] | undefined
  readonly securityGroups: readonly string[] | undefined
}

export function checkRunTask(request: RunTask, place: Place): void {
  const { count = 1, startedBy, clientToken, overrides = {}, tags = [] } = request
  demand([
    count >= 1 && count <= 10 ? undefined : 'Count must be between 1 and 10.',
    startedBy === undefined || /^[\w/-]{1,128}$/.test(startedBy)
      ? undefined
      : 'startedBy must be up to 128 letters, numbers, hyphens, forward slashes and underscores.',
    clientToken === undefined || /^[!-~]{1,64}$/.test(clientToken)
      ? undefined
      : 'clientToken must be up to 64 ASCII characters in the range of 33-126.',
    JSON.stringify(overrides).length <= 8192 ? undefined : 'Overrides length must be at most 8192.',
    tagFault(tags),
    request.platformVersion === undefined || ['LATEST', '1.4.0', '1.3.0'].includes(request.platformVersion)
      ? undefined
      : 'The specified platform does not exist.',
  ])
  checkLaunch(request, place.cluster)
  checkOverrides(overrides, place.definition)
  checkNetwork(request, place)
}

/** Beyond their number and characters, which the model knows. */
export function tagFault(tags: readonly Tag[]): string | undefined {
  if (tags.length > 50) return 'Too many tags: a resource can have at most 50.'
  if (new Set(tags.map(({ key }) => key)).size < tags.length) return 'Tag keys must be unique.'
  const reserved = tags.some(({ key = '', value = '' }) => /^aws:/i.test(key) || /^aws:/i.test(value))
  return reserved ? 'aws: prefixed tag key names are not allowed for external use.' : undefined
}

function checkLaunch(request: RunTask, { capacityProviders = ['FARGATE', 'FARGATE_SPOT'] }: Cluster): void {
  const { launchType, capacityProviderStrategy: strategy } = request
  if (launchType !== undefined && strategy !== undefined)
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    )
  if (launchType !== undefined && launchType !== 'FARGATE')
    throw invalid('No Container Instances were found in your cluster.')
  if (launchType === undefined && strategy === undefined)
    throw invalid('No Container Instances were found in your cluster.')
  const unknown = strategy?.find(({ capacityProvider }) => !capacityProviders.includes(capacityProvider))
  if (unknown)
    throw invalid(
      `The specified capacity provider '${unknown.capacityProvider}' is not associated with the cluster. Specify a valid capacity provider and try again.`,
    )
  if (strategy && !strategy.some(({ weight = 0 }) => weight > 0))
    throw invalid(
      'The specified capacity provider strategy must contain at least one capacity provider with a weight > 0.',
    )
}

function checkOverrides({ containerOverrides = [], cpu, memory }: Overrides, definition: TaskDefinition): void {
  const stranger = containerOverrides.find(({ name }) => name !== definition.container.name)
  if (stranger) throw invalid(`Override for container named ${stranger.name} is not a container in the TaskDefinition.`)
  const fault = sizeFault(cpu ?? definition.cpu, memory ?? definition.memory)
  if (fault) throw refused(fault)
}

function checkNetwork({ networkConfiguration }: RunTask, { subnets, securityGroups }: Place): void {
  const network = networkConfiguration?.awsvpcConfiguration
  if (!network) throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
  if (network.subnets.length === 0) throw invalid('subnets can not be empty.')
  if (network.subnets.length > 16) throw invalid('subnets can have at most 16 items.')
  if ((network.securityGroups?.length ?? 0) > 5) throw invalid('securityGroups can have at most 5 items.')
  const subnet = subnets && network.subnets.find((id) => !subnets.includes(id))
  if (subnet)
    throw invalid(
      `Error retrieving subnet information for [${subnet}]: The subnet ID '${subnet}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    )
  const group = securityGroups && network.securityGroups?.find((id) => !securityGroups.includes(id))
  if (group)
    throw invalid(
      `Error retrieving security group information for [${group}]: The security group '${group}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
    )
}
