// All of AWS that there is, for one account.
import { S3Server } from '../s3-server.ts'
import { Account, type AccountOptions } from './account.ts'
import type { EcsOptions } from './ecs/state.ts'
import { EcsServer } from './ecs-server.ts'
import { QueryServer, type Stack } from './query-server.ts'
import { ON_DEMAND, type Quota, QuotaServer, SPOT } from './quota-server.ts'

export interface Cloud {
  readonly account: Account
  readonly ecs: EcsServer
  readonly s3: S3Server
  /** CloudFormation and STS. */
  readonly query: QueryServer
  readonly quotas: QuotaServer
  /** What SDK, command line and product find their way by. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

export interface CloudOptions extends Omit<EcsOptions, 'account'>, AccountOptions {
  readonly bucket?: string
  readonly stacks?: readonly Stack[]
  /** What is said of them; what ECS holds to is `vcpus`, and both are the same if these are left out. */
  readonly quotas?: readonly Quota[]
}

/** What accounts have that have asked for more. */
const MANY = 4_000

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const account = new Account(options)
  const { bucket, stacks = [], vcpus: value = MANY } = options
  const ecs = await EcsServer.start({ ...options, account })
  const s3 = await S3Server.start({ account, ...(bucket && { bucket }) })
  const query = await QueryServer.start({ account, stacks })
  const both = [ON_DEMAND, SPOT].map((code) => ({ code, value }) as Quota)
  const quotas = await QuotaServer.start({ account, quotas: options.quotas ?? both })
  return {
    account,
    ecs,
    s3,
    query,
    quotas,
    env: { ...ecs.env, ...s3.env, ...query.env, ...quotas.env },
    close: async () => {
      await Promise.all([s3.close(), query.close(), quotas.close()])
      await ecs.close()
    },
  }
}
