import type { Ms, PerSecond } from '../../units.ts'
import type { Finding } from './finding.ts'
import type { Architecture, Dollars } from './prices.ts'
import { formatSize, leastMemory, memoriesFor, type TaskSize } from './sizes.ts'

/** Name of the worker in the task definition, also in one that was not made from infra/stack.yml. */
const CONTAINER = 'loadgate'

/** What a person chose; "" for what is left to the stack. */
export interface GivenFargate {
  readonly stack: string
  readonly regions: readonly GivenRegion[]
  readonly cluster: string
  readonly taskDefinition: string
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
  readonly publicAddress: boolean | 'auto'
  readonly bucket: string
  readonly workers: number | 'auto'
  /** What one worker of that size sends of this profile; `auto` for what the table says of any. */
  readonly workerRate: PerSecond | 'auto'
  /** 1,024 are a vCPU. */
  readonly cpu: number
  /** MiB; `auto` for the least there is for the CPU. */
  readonly memory: number | 'auto'
  readonly spot: boolean
  readonly maxCost: Dollars
  /** Between the starts of two workers; 0 for all at once. */
  readonly stagger: Ms
}

export interface GivenRegion {
  readonly region: string
  /** Weight among the regions. */
  readonly share: number
}

/** Where workers run: one stack, in one region. */
export interface Place {
  readonly region: string
  readonly share: number
  /** Name or ARN, as the next. */
  readonly cluster: string
  readonly taskDefinition: string
  readonly container: string
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
  readonly publicAddress: boolean
  /** Undefined where only the task definition knows it. */
  readonly image: string | undefined
  readonly architecture: Architecture
}

export interface FargateSettings {
  /** At least one. */
  readonly places: readonly Place[]
  /** The one bucket of the run, which is in the first region. */
  readonly bucket: string
  readonly size: TaskSize
  readonly spot: boolean
  readonly maxCost: Dollars
  readonly stagger: Ms
}

/** The outputs of a stack by name, or why they are not known. */
export type Outputs = { readonly outputs: Readonly<Record<string, string>> } | { readonly problem: Finding }

export interface ReadSettings {
  /** Undefined where something is missing or wrong. */
  readonly settings: FargateSettings | undefined
  readonly findings: readonly Finding[]
}

/**
 * Settings from what was given and, for what was not, from the outputs of the stack in each region.
 * @param stacks by region; none where no stack was named
 */
export function readSettings(given: GivenFargate, stacks: ReadonlyMap<string, Outputs>): ReadSettings {
  const findings: Finding[] = []
  const size = sizeOf(given, findings)
  if (given.regions.length === 0)
    findings.push(mistake('No region is known', '`fargate-regions`', 'Name one, or set AWS_REGION.'))
  const own = ownValues(given)
  if (!namesPlace(given))
    findings.push(
      mistake(
        'It is not known where workers run',
        '`fargate-stack`',
        'Name the stack made from infra/stack.yml; docs/fargate.md has the steps.',
      ),
    )
  if (given.regions.length > 1 && own.length > 0)
    findings.push(
      mistake(
        `${own.join(', ')} can be in one region only, and there are ${given.regions.length}`,
        '`fargate-regions`',
        'Leave it to the stacks, one of the same name in each region.',
      ),
    )
  if (!namesPlace(given) || given.regions.length === 0) return { settings: undefined, findings }
  const places = given.regions.map((region) => placeIn(region, given, stacks.get(region.region), findings))
  const bucket = valueFor('bucket', given.bucket, stacks.get(given.regions[0]!.region), findings)
  const { spot, maxCost, stagger } = given
  const settings = { places, bucket, size, spot, maxCost, stagger }
  return findings.some(({ level }) => level === 'stop') ? { settings: undefined, findings } : { settings, findings }
}

/** Whether it was said at all where workers run. */
export function namesPlace(given: GivenFargate): boolean {
  return given.stack !== '' || ownValues(given).length > 0
}

/** Inputs that stand in for the stack's outputs. */
function ownValues({ cluster, taskDefinition, subnets, securityGroups, bucket }: GivenFargate): readonly string[] {
  const values = {
    cluster,
    'task-definition': taskDefinition,
    subnets: subnets.join(),
    'security-groups': securityGroups.join(),
    bucket,
  }
  return Object.entries(values).flatMap(([name, value]) => (value === '' ? [] : [`\`fargate-${name}\``]))
}

function sizeOf({ cpu, memory }: GivenFargate, findings: Finding[]): TaskSize {
  if (memory === 'auto') return { cpu, memory: leastMemory(cpu) }
  const size = { cpu, memory }
  const memories = memoriesFor(cpu)
  if (!memories.includes(memory)) {
    const allowed = memories.map((each) => each / 1_024)
    findings.push(
      mistake(
        `Fargate has no tasks with ${formatSize(size)}`,
        '`fargate-memory`',
        `Write one of these, in GB: ${allowed.join(', ')}; or auto.`,
      ),
    )
  }
  return size
}

/** What a value is called and looks like. */
interface Kind {
  readonly input: string
  /** In infra/stack.yml; of the second where a network was there already. */
  readonly outputs: readonly string[]
  readonly pattern: RegExp
  readonly example: string
}

const ARN = String.raw`arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:`
const KINDS = {
  cluster: {
    input: 'fargate-cluster',
    outputs: ['Cluster'],
    pattern: new RegExp(`^(${ARN}cluster/)?[A-Za-z0-9_-]{1,255}$`),
    example: 'loadgate',
  },
  taskDefinition: {
    input: 'fargate-task-definition',
    outputs: ['TaskDefinition'],
    pattern: new RegExp(String.raw`^(${ARN}task-definition/)?[A-Za-z0-9_-]{1,255}(:\d+)?$`),
    example: 'loadgate-worker:3',
  },
  subnets: {
    input: 'fargate-subnets',
    outputs: ['Subnets', 'SubnetsThere'],
    pattern: /^subnet-[0-9a-f]{8,17}(,subnet-[0-9a-f]{8,17}){0,15}$/,
    example: 'subnet-0123456789abcdef0',
  },
  securityGroups: {
    input: 'fargate-security-groups',
    outputs: ['SecurityGroups', 'SecurityGroupsThere'],
    pattern: /^sg-[0-9a-f]{8,17}(,sg-[0-9a-f]{8,17}){0,4}$/,
    example: 'sg-0123456789abcdef0',
  },
  bucket: {
    input: 'fargate-bucket',
    outputs: ['Bucket'],
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    example: 'my-loadgate-bucket',
  },
} as const satisfies Record<string, Kind>

function placeIn(
  { region, share }: GivenRegion,
  given: GivenFargate,
  stack: Outputs | undefined,
  findings: Finding[],
): Place {
  if (stack && 'problem' in stack) findings.push(stack.problem)
  const outputs = stack && 'outputs' in stack ? stack.outputs : {}
  const read = (kind: keyof typeof KINDS, own: string) => valueFor(kind, own, stack, findings)
  const regional = (kind: 'cluster' | 'taskDefinition', own: string) => {
    const value = read(kind, own)
    const other = /^arn:[^:]*:ecs:([^:]+):/.exec(value)?.[1]
    if (other !== undefined && other !== region)
      findings.push(
        mistake(`${value} is in ${other}, not in ${region}`, `\`${KINDS[kind].input}\``, 'Name one of that region.'),
      )
    return value
  }
  return {
    region,
    share,
    cluster: regional('cluster', given.cluster),
    taskDefinition: regional('taskDefinition', given.taskDefinition),
    container: CONTAINER,
    subnets: read('subnets', given.subnets.join()).split(','),
    securityGroups: read('securityGroups', given.securityGroups.join()).split(','),
    publicAddress: given.publicAddress === 'auto' ? outputs.AssignPublicIp !== 'DISABLED' : given.publicAddress,
    image: outputs.Image,
    architecture: outputs.Architecture === 'ARM64' ? 'ARM64' : 'X86_64',
  }
}

function valueFor(name: keyof typeof KINDS, own: string, stack: Outputs | undefined, findings: Finding[]): string {
  const { input, outputs, pattern, example }: Kind = KINDS[name]
  // What is wrong with the stack is said once, of the stack.
  if (own === '' && stack && 'problem' in stack) return ''
  const [output, value] = Object.entries(stack && 'outputs' in stack ? stack.outputs : {}).find(([key]) =>
    outputs.includes(key),
  ) ?? [outputs[0], '']
  const taken = own || value
  if (pattern.test(taken)) return taken
  const where = own || !stack ? `\`${input}\`` : `output ${output} of the stack`
  findings.push(
    taken === ''
      ? mistake(`${input.replace('fargate-', '').replaceAll('-', ' ')} not given`, where, missing(input, stack))
      : mistake(`"${taken.slice(0, 100)}" does not look right`, where, `Write it as in ${example}.`),
  )
  return ''
}

function missing(input: string, stack: Outputs | undefined): string {
  return stack
    ? `Update the stack from infra/stack.yml, or set \`${input}\`.`
    : `Set \`${input}\`, or name a stack with \`fargate-stack\`.`
}

function mistake(what: string, where: string, remedy: string): Finding {
  return { level: 'stop', what, where, remedy }
}
