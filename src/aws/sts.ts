import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { LoadgateError } from '../errors.ts'
import type { EpochMs } from '../units.ts'
import { ASKS_LITTLE, explained } from './explain.ts'

/** Who the environment's credentials are of. */
export interface Caller {
  readonly account: string
  readonly arn: string
  /** Of a session, which ends. */
  readonly temporary: boolean
  /** Undefined where the credentials do not end, or do not say when. */
  readonly expires: EpochMs | undefined
}

/** Needs no permission. Throws LoadgateError `infrastructure`. */
export function callerIn(region: string): Promise<Caller> {
  const client = new STSClient({ ...ASKS_LITTLE, region })
  return explained({ about: 'AWS STS', permission: 'sts:GetCallerIdentity' }, async () => {
    const { expiration, sessionToken } = await client.config.credentials()
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}))
    if (Account === undefined || Arn === undefined)
      throw new LoadgateError('infrastructure', 'AWS STS did not say who we are', { hint: 'Check the endpoint.' })
    const expires = expiration?.getTime()
    return {
      account: Account,
      arn: Arn,
      temporary: sessionToken !== undefined,
      expires: Number.isFinite(expires) ? expires : undefined,
    }
  }).finally(() => client.destroy())
}
