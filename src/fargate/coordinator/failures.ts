import type { TaskState } from '../doors.ts'
import { EXIT_CODES } from '../worker/ends.ts'

/** Why tasks do not start, or end: what it is, what to do, and whether waiting may help. */
interface Known {
  readonly words: RegExp
  readonly what: string
  readonly hint: string
  readonly passes: boolean
}

// In the words of ECS, of its developer guide and of what users have reported. The first that fits counts.
const KNOWN: readonly Known[] = [
  {
    words: /limit on the number of (?:vCPUs|tasks)|quota|\bLimitExceeded|vcpu limit/i,
    what: "the account's quota for Fargate is used up",
    hint: 'Ask for a higher quota of Fargate vCPUs under Service Quotas, or use fewer or smaller workers.',
    passes: false,
  },
  {
    words: /CPU configuration is above your limit|No Fargate configuration exists|Invalid '(?:cpu|memory)' setting/i,
    what: 'Fargate does not offer this size to the account',
    hint: 'Choose another pair of CPU and memory.',
    passes: false,
  },
  {
    words: /Capacity is unavailable|RESOURCE:(?:CPU|MEMORY)|insufficient capacity/i,
    what: 'Fargate has no capacity there at this time',
    hint: 'Try again later, give more subnets in other availability zones, or do without Spot.',
    passes: true,
  },
  {
    words: /Rate exceeded|Throttl|RequestLimitExceeded|TooManyRequests/i,
    what: 'AWS asks to slow down',
    hint: 'Something else starts tasks in this account and region: try again later.',
    passes: true,
  },
  {
    words: /RESOURCE:ENI|network interface provisioning|InsufficientFreeAddresses|not have enough free IP/i,
    what: 'a task got no network interface',
    hint: 'Look for free addresses in the subnets, and at the limits of network interfaces.',
    passes: true,
  },
  {
    words: /CannotPull|pull image|manifest unknown|ImageNotFound/i,
    what: 'the image of the worker cannot be pulled',
    hint: "Look at the image's name and tag, at the execution role, and at the way from the subnets to the registry.",
    passes: false,
  },
  {
    words: /ResourceInitializationError|unable to pull secrets|log group|i\/o timeout/i,
    what: 'a task could not be set up',
    hint: 'Look at the execution role, the log group, and at the way from the subnets to AWS: a public address, or endpoints.',
    passes: false,
  },
  {
    words: /OutOfMemory/i,
    what: 'a worker ran out of memory',
    hint: 'Give the workers more memory, or use more of them.',
    passes: false,
  },
  {
    words: /SpotInterruption|Spot Task was interrupted|TerminationNotice/i,
    what: 'AWS took back a Spot task',
    hint: 'Do without Spot.',
    passes: true,
  },
  {
    words: /AccessDenied|not authorized|UnauthorizedOperation/i,
    what: 'a permission is missing',
    hint: 'Set up the stack anew, or give the role the permission that is named.',
    passes: false,
  },
]

const UNKNOWN = { what: 'AWS did not start it', hint: 'Look at the words of AWS.', passes: true } as const

export interface Explained {
  /** One sentence without its full stop: what it is, and the words of AWS. */
  readonly message: string
  readonly hint: string
  /** False where waiting will not help. */
  readonly passes: boolean
}

/** What a failure of AWS is, by its own words. */
export function explainFailure(said: string): Explained {
  const { what, hint, passes } = KNOWN.find(({ words }) => words.test(said)) ?? UNKNOWN
  return { message: `${what} ("${oneLine(said)}")`, hint, passes }
}

/** What a worker says by its exit code; of the others ECS has the words. */
const OF_WORKERS: ReadonlyMap<number | undefined, string> = new Map([
  [EXIT_CODES.refused, 'the worker refused its orders, since its image is of another version or they came damaged'],
  [EXIT_CODES.unreachable, 'the worker could not read or write in the bucket'],
  [EXIT_CODES.abandoned, 'the worker did not see its lease renewed any more'],
  [EXIT_CODES.late, 'the worker saw the start when it was over'],
  [EXIT_CODES.failed, 'the worker broke, and its log says how'],
  [EXIT_CODES.unsent, 'the worker could not upload its result'],
  [EXIT_CODES.overtime, 'the worker lived as long as it may'],
])

/** Why a task has stopped, by what ECS says of it; the exit codes are the container's. */
export function explainStop({ stopCode, stoppedReason, exitCode, reason }: TaskState): string {
  const said = oneLine([stopCode, stoppedReason, reason].filter(Boolean).join(': '))
  const known = KNOWN.find(({ words }) => words.test(said))?.what ?? OF_WORKERS.get(exitCode)
  const code = exitCode === undefined ? [] : [`exit code ${exitCode}`]
  return `its task stopped${known ? `: ${known}` : ''} (${[...code, said || 'ECS does not say why'].join(', ')})`
}

/** What somebody else has said, for a sentence. */
export function oneLine(said: string, most = 300): string {
  return said
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, most)
}
