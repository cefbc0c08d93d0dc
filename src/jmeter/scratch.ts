import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LoadgateError, messageOf } from '../errors.ts'

/** A directory that only this user can look into, and that is removed with all that is in it. */
export interface Scratch extends AsyncDisposable {
  readonly path: string
}

export async function makeScratch(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), 'loadgate-jmeter-')).catch((cause) => {
    throw new LoadgateError('infrastructure', `JMeter has no place to write to: ${messageOf(cause)}`, {
      hint: 'See that the directory for temporary files (TMPDIR) is there, is writable and has room.',
      cause,
    })
  })
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
