import { LoadgateError, messageOf } from '../errors.ts'
import type { Ms } from '../units.ts'
import { type Retrying, signalWithin, type Waiting } from './retry.ts'
import type { Variables } from './variables.ts'

/** Tries that meet a broken connection. */
const ATTEMPTS = 3
const PAUSE: Ms = 2_000
/** The library itself would stay with a stalled upload for five minutes, each time. */
const LIMIT: Ms = 120_000

/** Whether there is a runner's artifact service to upload to. */
export function canUpload(env: Variables): boolean {
  return Boolean(env.ACTIONS_RUNTIME_TOKEN && env.ACTIONS_RESULTS_URL)
}

export interface Upload {
  /** In the order of preference. A name is given up for the next one where it is taken, or where a try of it broke off. */
  readonly names: readonly string[]
  readonly files: readonly string[]
  /** The files' paths in the artifact are taken from here. */
  readonly directory: string
}

/**
 * Uploads the files as one artifact of this run. The library prints its progress to the log itself.
 * @throws what the library threw last
 */
export async function uploadFiles(upload: Upload, retrying: Retrying): Promise<void> {
  const late = signalWithin(LIMIT, retrying)
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const tooLate = () => new Error(retrying.signal?.aborted ? 'the upload was cancelled' : 'the upload took too long')
  if (late.aborted) throw tooLate()
  const onLate = () => reject(tooLate())
  late.addEventListener('abort', onLate, { once: true })
  try {
    // The library knows no signal: what it still does is left to itself.
    await Promise.race([ended, tryNames(upload, retrying.waiting)])
  } finally {
    late.removeEventListener('abort', onLate)
  }
}

// The library tries again by itself after a 5xx, but neither after a broken connection nor after a name that is taken.
// A try that broke off may have taken the name, so the next one brings another.
async function tryNames({ names, files, directory }: Upload, waiting: Waiting): Promise<void> {
  const { DefaultArtifactClient } = await import('@actions/artifact')
  let broken = 0
  let taken: unknown
  for (const name of names) {
    try {
      await new DefaultArtifactClient().uploadArtifact(name, [...files], directory)
      return
    } catch (error) {
      taken = error
      if (messageOf(error).includes('(409)')) continue
      if (!mayPass(messageOf(error)) || ++broken === ATTEMPTS) throw error
      await waiting.wait(PAUSE * broken, undefined)
    }
  }
  throw new LoadgateError('infrastructure', `All ${names.length} names for the artifact ${names[0]} are taken`, {
    hint: 'Other jobs of this run have them: give each job a profile of its own.',
    cause: taken,
  })
}

function mayPass(message: string): boolean {
  return /ECONNRESET|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|socket hang up/.test(message)
}
