// All that the stand-in for ECS knows, in all regions.
import type { Account } from '../account.ts'
import { arnOf, type Cluster, clusterName, findDefinition, type TaskDefinition } from './clusters.ts'
import type { Launch } from './launch.ts'
import { EcsError, refused } from './refuse.ts'
import type { Delays } from './task.ts'
import type { Started } from './task-answer.ts'
import type { LaunchFault, TaskFault } from './task-faults.ts'
import { type Bucket, TokenBucket } from './token-bucket.ts'

export interface EcsOptions {
  /** What a container does: a process of the test's. */
  readonly launch: Launch
  readonly account?: Account
  /** In every region. */
  readonly clusters?: readonly Cluster[]
  readonly taskDefinitions?: readonly TaskDefinition[]
  /** Those that there are; any will do if left out. */
  readonly subnets?: readonly string[]
  readonly securityGroups?: readonly string[]
  readonly delays?: Partial<Delays>
  /** Such as `{ launches: { burst: 100, perSecond: 20 } }`; what is left out is as AWS documents it. */
  readonly limits?: Partial<Limits>
  /** That may run at once, per region and for Fargate and Spot each. */
  readonly vcpus?: number
}

/** Per region. `launches` are tasks, the others calls of their operations. */
export interface Limits {
  readonly launches: Bucket
  readonly RunTask: Bucket
  readonly DescribeClusters: Bucket
  readonly DescribeTasks: Bucket
  readonly ListTasks: Bucket
}

const LIMITS: Limits = {
  launches: { burst: 100, perSecond: 20 },
  RunTask: { burst: 20, perSecond: 20 },
  DescribeClusters: { burst: 50, perSecond: 20 },
  DescribeTasks: { burst: 100, perSecond: 20 },
  ListTasks: { burst: 100, perSecond: 20 },
}

const DELAYS: Delays = {
  provisioning: 20,
  pending: 20,
  activating: 10,
  deactivating: 10,
  deprovisioning: 10,
  unseen: 0,
}

export class EcsState {
  readonly options: EcsOptions
  readonly account: Account
  readonly delays: Delays
  definitions: readonly TaskDefinition[]
  /** In the order in which they began. */
  readonly started: Started[] = []
  /** By region and client token. */
  readonly answered = new Map<string, { readonly request: string; readonly arns: readonly string[]; answer: object }>()
  taskFaults: readonly TaskFault[] = []
  readonly launchFaults: { readonly fault: LaunchFault; skip: number; left: number }[] = []
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(options: EcsOptions, account: Account) {
    this.options = options
    this.account = account
    this.delays = { ...DELAYS, ...options.delays }
    this.definitions = options.taskDefinitions ?? [SIMPLE]
  }

  throttle(region: string, what: string, count = 1): void {
    const limit = { ...LIMITS, ...this.options.limits }[what as keyof Limits]
    if (!limit) return
    const name = `${region} ${what}`
    const bucket = this.#buckets.get(name) ?? new TokenBucket(limit)
    this.#buckets.set(name, bucket)
    if (!bucket.take(count)) throw new EcsError('ThrottlingException', 'Rate exceeded')
  }

  cluster(region: string, given: string | undefined): Cluster {
    const name = clusterName(region, given)
    const found = (this.options.clusters ?? [{ name: 'loadgate' }]).find((cluster) => cluster.name === name)
    if (!found) throw new EcsError('ClusterNotFoundException', 'Cluster not found.')
    return found
  }

  definition(region: string, given: string): TaskDefinition {
    const found = findDefinition(region, this.definitions, given)
    if (!found) throw refused('Unable to describe task definition.')
    return found
  }

  /** A task that can be seen by now, by its id or ARN. */
  find(region: string, cluster: string, given: string): Started | undefined {
    const arn = given.startsWith('arn:') ? given : arnOf(region, `task/${cluster}/${given}`)
    return this.started.find(({ task, cluster: its }) => task.arn === arn && its === cluster && task.seen)
  }

  /** Throws AWS's words for what the policy does not allow. */
  authorise(
    action: string,
    resource: string,
    context: Readonly<Record<string, string | readonly string[]>> = {},
  ): void {
    const refusal = this.account.refusal(action, resource, context)
    if (refusal) throw new EcsError('AccessDeniedException', refusal)
  }

  /** Why the next task does not start. */
  launchFault(): LaunchFault | undefined {
    for (const entry of this.launchFaults) {
      if (entry.skip > 0) {
        entry.skip--
        continue
      }
      if (entry.left === 0) continue
      entry.left--
      return entry.fault
    }
    return undefined
  }
}

const SIMPLE: TaskDefinition = {
  family: 'loadgate',
  revision: 1,
  cpu: '1024',
  memory: '2048',
  container: { name: 'worker', image: 'ghcr.io/example/loadgate:test' },
}
