import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { messageOf } from '../errors.ts'
import type { Ms } from '../units.ts'
import { realWaiting, type Waiting } from './retry.ts'
import type { Variables } from './variables.ts'

const ATTEMPTS = 3
const PAUSE: Ms = 2_000
/** The library itself would stay with a stalled upload for five minutes, each time. */
const LIMIT: Ms = 120_000
/** The report directory holds a handful of files; anything like a whole work tree is a mistaken `report-dir`. */
const FILES = 200

/**
 * Uploads the report directory; answers with a sentence when it could not. Meant to come last: the library prints its
 * progress to the log itself.
 * @param env the runner's: without its artifact service there is nothing to upload to, and nothing is said
 */
export async function uploadReport(
  {
    directory,
    name,
    env,
  }: {
    readonly directory: string
    readonly name: string
    readonly env: Variables
  },
  waiting: Waiting = realWaiting,
): Promise<string | undefined> {
  if (!env.ACTIONS_RUNTIME_TOKEN || !env.ACTIONS_RESULTS_URL) return undefined
  try {
    const files = await filesBelow(directory)
    await within(LIMIT, upload(artifactName(name), files, directory, waiting))
    return undefined
  } catch (cause) {
    const [reason = ''] = messageOf(cause).split('\n')
    return `The report was not uploaded as an artifact: ${reason.slice(0, 300)}`
  }
}

// The library tries again by itself after a 5xx, but neither after a broken connection nor after a name that is taken.
// A try that failed may have taken the name, so every further one brings another.
async function upload(name: string, files: readonly string[], directory: string, waiting: Waiting): Promise<void> {
  const { DefaultArtifactClient } = await import('@actions/artifact')
  for (let attempt = 1; ; attempt++) {
    const own = attempt === 1 ? name : `${name}-${randomBytes(3).toString('hex')}`
    try {
      await new DefaultArtifactClient().uploadArtifact(own, [...files], directory)
      return
    } catch (error) {
      if (attempt === ATTEMPTS || !mayPass(messageOf(error))) throw error
      await waiting.wait(PAUSE * attempt, undefined)
    }
  }
}

function mayPass(message: string): boolean {
  return /\((409)\)|ECONNRESET|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|socket hang up/.test(message)
}

async function within<T>(limit: Ms, done: Promise<T>): Promise<T> {
  const over = new AbortController()
  const late = setTimeout(limit, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new Error(`the upload took more than ${limit / 1_000} s`)
  })
  try {
    return await Promise.race([done, late])
  } finally {
    over.abort()
    late.catch(() => undefined)
  }
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  if (files.length > FILES) throw new Error(`${directory} has ${files.length} files; a report has at most ${FILES}`)
  return files
}

/** `loadgate-report-storefront`: what a file system may not have in a name, the service refuses. */
function artifactName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
  return `loadgate-report${plain && `-${plain}`}`
}
