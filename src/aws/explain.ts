import { LoadgateError, messageOf } from '../errors.ts'
import { Refused } from '../fargate/doors.ts'
import type { Ms } from '../units.ts'

const CONNECT: Ms = 5_000
const ANSWER: Ms = 20_000

/** Of a client that asks little: the SDK tries again what may be, with pauses that grow and differ. */
export const ASKS_LITTLE = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: CONNECT, requestTimeout: ANSWER, throwOnRequestTimeout: true },
}

/** One call of AWS, as it is told of where it fails. */
export interface Asked {
  /** Where, in a sentence: `AWS STS`, `s3://bucket/key`. */
  readonly about: string
  /** What the role needs for it: `ecs:RunTask`. */
  readonly permission: string
  /** What to do where AWS refuses the request as wrong; undefined where the same request may be right the next time. */
  readonly remedy?: string
}

/** Does one call, and says in words what is wrong where it fails: a Refused where no further try will change it. */
export async function explained<T>(asked: Asked, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof LoadgateError) throw cause
    const { message, hint, isFinal } = explain(asked, cause)
    throw isFinal
      ? new Refused('infrastructure', message, { hint })
      : new LoadgateError('infrastructure', message, { hint })
  }
}

interface Explained {
  readonly message: string
  readonly hint: string
  readonly isFinal: boolean
}

// Of all services, by the names of their errors, or, of what one passes on from another, by their words.
const EXPIRED = /^(?:ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/
const UNKNOWN =
  /^(?:InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure)/
const DENIED = /AccessDenied|not authorized|UnauthorizedOperation|NotAuthorized/i
const THROTTLED = /Rate exceeded|Throttl|TooManyRequests|RequestLimit|SlowDown/i
const PASSING = /Capacity is unavailable|ServerException|ServiceUnavailable|InternalFailure|RequestTimeout/i

function explain({ about, permission, remedy }: Asked, cause: unknown): Explained {
  const [name, status] = [nameOf(cause), statusOf(cause)]
  const said = `${name}: ${messageOf(cause)}`.replace(/[\s\p{C}]+/gu, ' ').slice(0, 400)
  const final = (message: string, hint: string) => ({ message, hint, isFinal: true })
  const passing = (message: string, hint: string) => ({ message, hint, isFinal: false })
  const denied = `There is no permission for ${about}`
  if (name === 'CredentialsProviderError')
    return final(
      `${denied}: no AWS credentials were found`,
      'Give the job a role, for example with aws-actions/configure-aws-credentials before this step.',
    )
  if (EXPIRED.test(name))
    return final(
      `The AWS session has ended: ${about}: ${said}`,
      'Take the role anew, for a session that is longer than the run.',
    )
  if (UNKNOWN.test(name)) return final(`${denied}: AWS does not know the credentials: ${said}`, 'Take the role anew.')
  if (DENIED.test(said) || status === 401 || status === 403)
    return final(`${denied}: ${said}`, `The role needs ${missingIn(said, permission)}.`)
  if (THROTTLED.test(said))
    return passing(
      `AWS asks to slow down with ${about}: ${said}`,
      'Something else uses it in this account and region: try again later.',
    )
  if (name === 'NoSuchBucket') return final(`${about} has no such bucket`, 'Create it, or name another one.')
  const unreached = `${about} could not be reached: ${said}`
  const elsewhere = 'Set AWS_REGION to the region of the stack, or of the bucket.'
  if (status === 301 || name === 'AuthorizationHeaderMalformed') return final(unreached, elsewhere)
  if (status === undefined && /region/i.test(said)) return passing(unreached, elsewhere)
  if (remedy === undefined || status === undefined || status >= 500 || PASSING.test(said))
    return passing(unreached, 'Check the network, the region and the endpoint, and the AWS Health Dashboard.')
  return final(`AWS refuses ${about}: ${said}`, remedy)
}

/** A call may take more permissions than its own: RunTask hands over a role. */
function missingIn(said: string, permission: string): string {
  const [, named] = /to perform:? ([\w-]+:\w+)/.exec(said) ?? []
  return named === undefined || permission.includes(named) ? permission : named
}

export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')

/** Of HTTP; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const metadata = error instanceof Error && '$metadata' in error ? error.$metadata : undefined
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined
  return Number(metadata.httpStatusCode)
}
