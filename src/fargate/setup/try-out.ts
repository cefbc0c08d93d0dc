import { LoadgateError } from '../../errors.ts'
import type { Objects, Tasks } from '../doors.ts'
import type { Finding } from './finding.ts'
import { findingOf } from './prepare.ts'

/** Written before each run over what was there: it says nothing, and expires with the rest. */
const PROBE = 'loadgate/preflight.json'
const TEXT = JSON.stringify({ kind: 'loadgate-preflight' })

interface Doors {
  readonly objects: Pick<Objects, 'get' | 'put' | 'list'>
  /** Of each region. */
  readonly tasks: readonly Pick<Tasks, 'list'>[]
}

/**
 * Does what a run does and what costs nothing: one finding for everything that cannot be done. Starting and stopping
 * tasks cannot be tried without tasks.
 */
export async function tryOut({ objects, tasks }: Doors): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const works = async (where: string, act: () => Promise<unknown>): Promise<boolean> => {
    try {
      await act()
      return true
    } catch (error) {
      findings.push(findingOf(error, where))
      return false
    }
  }
  const written = await works('writing to the bucket', () => objects.put(PROBE, TEXT))
  if (written) await works('reading from the bucket', () => readBack(objects))
  await works('listing the bucket', () => objects.list(PROBE))
  for (const cluster of tasks) await works('listing the tasks of the cluster', () => cluster.list())
  return findings
}

async function readBack(objects: Pick<Objects, 'get'>): Promise<void> {
  const body = await objects.get(PROBE, TEXT.length)
  if (body?.toString() === TEXT) return
  throw new LoadgateError('infrastructure', 'What was written just now is not there', {
    hint: 'Check the endpoint of S3: conditional and consistent writes are needed.',
  })
}
