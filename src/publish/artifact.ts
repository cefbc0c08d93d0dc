import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../errors.ts'
import { canUpload, uploadFiles } from '../github/artifacts.ts'
import { realWaiting, type Waiting } from '../github/retry.ts'
import type { Variables } from '../github/variables.ts'

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
  if (!canUpload(env)) return undefined
  try {
    const upload = { names: namesFor(name), files: await filesBelow(directory), directory }
    await uploadFiles(upload, { waiting, until: Number.POSITIVE_INFINITY })
    return undefined
  } catch (cause) {
    const [reason = ''] = messageOf(cause).split('\n')
    return `The report was not uploaded as an artifact: ${reason.slice(0, 300)}`
  }
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  if (files.length > FILES) throw new Error(`${directory} has ${files.length} files; a report has at most ${FILES}`)
  return files
}

/** Nobody looks for it by its name, so a name that is taken gets any other ending. */
function namesFor(name: string): readonly string[] {
  const first = artifactName(name)
  const other = () => `${first}-${randomBytes(3).toString('hex')}`
  return [first, other(), other()]
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
