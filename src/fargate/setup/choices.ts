import { LoadgateError } from '../../errors.ts'
import { type Ms, type PerSecond, parseDuration, parseRate } from '../../units.ts'
import type { GivenFargate, GivenRegion } from './settings.ts'
import { VCPUS } from './sizes.ts'
import { MOST_WORKERS } from './workers.ts'

/** Inputs and flags about Fargate; a part of the table of all of them. */
export const FARGATE_CHOICES = {
  'fargate-stack': {
    about: 'Name of the CloudFormation stack made from `infra/stack.yml`: where workers run.',
    default: '',
    flag: 'fargate-stack',
  },
  'fargate-regions': {
    about:
      'Regions with a stack of that name, with their shares of the workers, as in `eu-central-1=2, us-east-1=1`; else the one of `AWS_REGION`.',
    default: '',
    flag: 'fargate-regions',
  },
  'fargate-workers': {
    about: 'How many workers: a number, or `auto` (from the plan).',
    default: 'auto',
    flag: 'fargate-workers',
  },
  'fargate-worker-rate': {
    about:
      'What one worker of that size sends of this profile, as `loadgate calibrate` measures it: requests as in `2400/s`, or `auto` (from a table).',
    default: 'auto',
    flag: 'fargate-worker-rate',
  },
  'fargate-cpu': {
    about: 'vCPUs of a worker: 0.25, 0.5, 1, 2, 4, 8 or 16. It sends from one thread: more than 2 are of no use.',
    default: '1',
    flag: 'fargate-cpu',
  },
  'fargate-memory': {
    about: 'Memory of a worker in GB, or `auto` (the least that Fargate has for its vCPUs).',
    default: 'auto',
    flag: 'fargate-memory',
  },
  'fargate-spot': {
    about: 'Workers on spare capacity: cheaper, but a run that loses one is invalid.',
    default: 'false',
    values: ['true', 'false'],
    flag: 'fargate-spot',
    bare: true,
  },
  'max-cost': {
    about: 'Refuse a run on Fargate that is estimated to cost more US dollars.',
    default: '10',
    flag: 'max-cost',
  },
  start: {
    about:
      'How workers on Fargate begin: `lock-step` (all in one moment), or `staggered 10s` (each so long after the one before).',
    default: 'lock-step',
    flag: 'start',
  },
  'fargate-cluster': {
    about: "Name or ARN of the ECS cluster, in place of the stack's.",
    default: '',
    flag: 'fargate-cluster',
  },
  'fargate-task-definition': {
    about: "Name or ARN of the worker's task definition, in place of the stack's.",
    default: '',
    flag: 'fargate-task-definition',
  },
  'fargate-subnets': {
    about: "Subnets of the workers, separated by commas, in place of the stack's.",
    default: '',
    flag: 'fargate-subnets',
  },
  'fargate-security-groups': {
    about: "Security groups of the workers, separated by commas, in place of the stack's.",
    default: '',
    flag: 'fargate-security-groups',
  },
  'fargate-public-ip': {
    about: 'Whether workers have a public address: `true`, `false`, or `auto` (as the stack says).',
    default: 'auto',
    values: ['auto', 'true', 'false'],
    flag: 'fargate-public-ip',
  },
  'fargate-bucket': {
    about: "Bucket through which workers are spoken to, in place of the stack's.",
    default: '',
    flag: 'fargate-bucket',
  },
} as const

/** Several times what a core can: beyond it something else was meant. */
const MOST_WORKER_RATE: PerSecond = 1_000_000

export type FargateChoice = keyof typeof FARGATE_CHOICES

type Read = (name: FargateChoice) => string

/** Reads what a person chose; LoadgateError `usage` for what cannot be meant. What must exist is looked at later. */
export function fargateFrom(value: Read, label: Read): GivenFargate {
  const refuse = (name: FargateChoice, hint: string) =>
    new LoadgateError('usage', `${label(name)} is "${value(name)}"`, { hint })
  const stack = value('fargate-stack')
  if (stack !== '' && !/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(stack))
    throw refuse('fargate-stack', 'Write the name of a stack: letters, digits and hyphens, a letter first.')
  const workers = value('fargate-workers')
  if (workers !== 'auto' && !(/^[1-9]\d{0,3}$/.test(workers) && Number(workers) <= MOST_WORKERS))
    throw refuse('fargate-workers', `Write a number from 1 to ${MOST_WORKERS}, or auto.`)
  const rate = value('fargate-worker-rate')
  const workerRate = rate === 'auto' ? rate : parseRate(rate)
  if (workerRate !== 'auto' && !(workerRate !== undefined && workerRate > 0 && workerRate <= MOST_WORKER_RATE))
    throw refuse('fargate-worker-rate', 'Write requests, as in 2400/s, or auto.')
  const vcpus = decimal(value('fargate-cpu'))
  if (!VCPUS.includes(vcpus)) throw refuse('fargate-cpu', `Write one of: ${VCPUS.join(', ')}.`)
  const memory = value('fargate-memory')
  if (memory !== 'auto' && !(decimal(memory) > 0 && decimal(memory) <= 120))
    throw refuse('fargate-memory', 'Write a number of GB, such as 2, or auto.')
  const maxCost = decimal(value('max-cost'))
  if (!(maxCost > 0)) throw refuse('max-cost', 'Write US dollars, as in 2.50.')
  const spot = value('fargate-spot')
  if (spot !== 'true' && spot !== 'false') throw refuse('fargate-spot', 'Write one of: true, false.')
  const publicAddress = value('fargate-public-ip')
  if (publicAddress !== 'auto' && publicAddress !== 'true' && publicAddress !== 'false')
    throw refuse('fargate-public-ip', 'Write one of: auto, true, false.')
  return {
    stack,
    regions: regionsFrom(value('fargate-regions'), () =>
      refuse('fargate-regions', 'Write regions and their shares, as in eu-central-1=2, us-east-1=1.'),
    ),
    cluster: value('fargate-cluster'),
    taskDefinition: value('fargate-task-definition'),
    subnets: listFrom(value('fargate-subnets')),
    securityGroups: listFrom(value('fargate-security-groups')),
    publicAddress: publicAddress === 'auto' ? publicAddress : publicAddress === 'true',
    bucket: value('fargate-bucket'),
    workers: workers === 'auto' ? workers : Number(workers),
    workerRate,
    cpu: vcpus * 1_024,
    memory: memory === 'auto' ? memory : Math.round(decimal(memory) * 1_024),
    spot: spot === 'true',
    maxCost,
    stagger: staggerFrom(value('start'), () => refuse('start', 'Write lock-step, or an interval as in staggered 10s.')),
  }
}

function decimal(text: string): number {
  return /^\d{1,6}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN
}

function listFrom(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((item) => item !== '')
}

const MOST_REGIONS = 16

function regionsFrom(text: string, refusal: () => LoadgateError): readonly GivenRegion[] {
  const regions = listFrom(text).map((item) => {
    const [, region, share = '1'] = /^([a-z]{2}(?:-[a-z]+)+-\d)(?:=([1-9]\d{0,2}))?$/.exec(item) ?? []
    if (region === undefined) throw refusal()
    return { region, share: Number(share) }
  })
  if (regions.length > MOST_REGIONS || new Set(regions.map(({ region }) => region)).size < regions.length)
    throw refusal()
  return regions
}

function staggerFrom(text: string, refusal: () => LoadgateError): Ms {
  if (text === 'lock-step') return 0
  const [, interval = ''] = /^staggered\s+(.+)$/.exec(text) ?? []
  const stagger = parseDuration(interval)
  if (stagger === undefined || stagger <= 0) throw refusal()
  return stagger
}
