// Who asks, and what he may: the same for all services of the stand-in.
import { type Decision, decide, type Policy, unneeded, type Wish } from './iam.ts'
import type { Credentials } from './sigv4.ts'

export const ACCOUNT_ID = '123456789012'
export const REGION = 'eu-central-1'
const KEYS: Credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret/of+the=test' }
const EVERYTHING: Policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

export interface Asked extends Wish {
  readonly decision: Decision
}

export interface AccountOptions {
  readonly policy?: Policy
  readonly credentials?: Credentials
  /** Of whom the credentials are. */
  readonly arn?: string
}

export class Account {
  /** All that was asked for since the start, allowed or not. */
  readonly asked: Asked[] = []
  readonly arn: string
  credentials: Credentials
  policy: Policy

  constructor({ policy = EVERYTHING, credentials = KEYS, arn }: AccountOptions = {}) {
    this.policy = policy
    this.credentials = credentials
    this.arn = arn ?? `arn:aws:sts::${ACCOUNT_ID}:assumed-role/loadgate/test`
  }

  /** Undefined, or AWS's words for why not. */
  refusal(action: string, resource: string, context: Wish['context'] = {}): string | undefined {
    const wish = { action, resource, context }
    const decision = decide(this.policy, wish)
    this.asked.push({ ...wish, decision })
    if (decision === 'allowed') return undefined
    const why =
      decision === 'denied'
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${action} action`
    return `User: ${this.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`
  }

  /** What the policy allows and nobody needed. */
  get unneeded(): readonly string[] {
    return unneeded(this.policy, this.asked)
  }

  /** What SDK and command line find their way by. */
  get env(): Record<string, string> {
    const { accessKeyId, secretAccessKey, sessionToken } = this.credentials
    return {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
    }
  }
}
