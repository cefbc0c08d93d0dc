import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../errors.ts'
import { canUpload, uploadFiles } from '../github/artifacts.ts'
import { realWaiting, type Waiting } from '../github/retry.ts'
import type { Variables } from '../github/variables.ts'
import { renderJson } from '../report/json.ts'
import type { Publisher } from './publisher.ts'

/** What the artifact is called that a workflow with the right to comment looks for, and the one file in it. */
export const LATER_PREFIX = 'loadgate-comment'
export const LATER_FILE = 'report.json'

/**
 * Stores the report in an artifact of its own, for a workflow that may comment where this one may not: see from-run.ts.
 * @param name of the profile: two of them in one run are stored apart
 */
export function laterPublisher(
  { name, env }: { readonly name: string; readonly env: Variables },
  waiting: Waiting = realWaiting,
): Publisher {
  return {
    publish: async (report) => {
      const problem = await store(renderJson(report), { name, env }, waiting)
      return { commentUrl: undefined, notices: problem === undefined ? [] : [problem] }
    },
  }
}

async function store(
  text: string,
  { name, env }: { readonly name: string; readonly env: Variables },
  waiting: Waiting,
): Promise<string | undefined> {
  if (!canUpload(env)) return `${NOT_STORED}: there is no artifact service here.`
  let directory: string | undefined
  try {
    directory = await mkdtemp(join(env.RUNNER_TEMP || tmpdir(), 'loadgate-later-'))
    const file = join(directory, LATER_FILE)
    await writeFile(file, text)
    const upload = { names: namesFor(name), files: [file], directory }
    await uploadFiles(upload, { waiting, until: Number.POSITIVE_INFINITY })
    return undefined
  } catch (cause) {
    const [reason = ''] = messageOf(cause).split('\n')
    return `${NOT_STORED}: ${reason.slice(0, 300)}`
  } finally {
    // What is left of it is a file in the runner's own directory.
    if (directory !== undefined) await rm(directory, { recursive: true, force: true }).catch(() => {})
  }
}

const NOT_STORED = 'The report was not stored for the comment'

/** A name that is taken, by an earlier attempt of the same run, gets any other ending. */
function namesFor(name: string): readonly string[] {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
  const first = `${LATER_PREFIX}${plain && `-${plain}`}`
  const other = () => `${first}-${randomBytes(3).toString('hex')}`
  return [first, other(), other()]
}
