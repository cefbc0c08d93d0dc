import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { checkDirectory } from '../directories.ts'
import { LoadgateError, messageOf } from '../errors.ts'
import type { Ancestry } from '../github/ancestry.ts'
import { realWaiting } from '../github/retry.ts'
import { formatBytes } from '../units.ts'
import { readAsOf } from './as-of.ts'
import type { BaselineRun, BaselineStore } from './baseline.ts'
import { encodeChecked, LARGEST } from './cell-store.ts'
import { checkRun } from './check-run.ts'
import { decodeRuns } from './file-format.ts'
import { type Lock, lockFile } from './file-lock.ts'
import { ancestryInClone } from './git-ancestry.ts'
import { storeBound } from './store-bound.ts'
import { withRun } from './window.ts'

/**
 * A baseline in one file. Reading needs no lock, since a file is only ever replaced whole. `name` is how the report calls
 * the store.
 */
export function fileStore(
  path: string,
  { name = `file:${path}`, ancestry }: { readonly name?: string; readonly ancestry?: Ancestry } = {},
): BaselineStore {
  const file = resolve(path)
  return {
    name,
    read: async ({ asOf, signal } = {}) => {
      const baseline = { store: name, runs: await readRuns(file) }
      if (asOf === undefined) return baseline
      const retrying = storeBound(realWaiting, signal)
      return readAsOf(baseline, asOf, { ancestry: ancestry ?? ancestryInClone(dirname(file)), retrying })
    },
    // The directory is enough: the file is replaced, not written.
    checkAppend: () => named(file, 'written', () => checkDirectory(dirname(file))),
    append: (run, { signal } = {}) => named(file, 'written', () => append(file, run, signal)),
  }
}

async function append(file: string, run: BaselineRun, signal: AbortSignal | undefined): Promise<void> {
  // What would be refused when read must not be written: it would take the whole window with it.
  checkRun(run)
  const lock = await lockFile(file, signal)
  try {
    const before = await readRuns(file)
    const after = withRun(before, run)
    if (after !== before) await replace(file, encodeChecked(after, file), lock)
  } finally {
    await lock.release()
  }
}

async function readRuns(file: string): Promise<readonly BaselineRun[]> {
  const bytes = await named(file, 'read', () => readIfThere(file))
  return bytes === undefined ? [] : decodeRuns(bytes, file)
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  const found = await lstat(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
  if (found === undefined) return undefined
  // Replacing would cut the link and leave the file it leads to behind, so a link is refused when reading, too.
  if (!found.isFile()) throw notAFile(file, found.isSymbolicLink() ? 'a symbolic link' : 'not a regular file')
  // Opened once and asked again: what lies at a path can change between two calls. Without NONBLOCK a pipe would hang.
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    const { size } = await handle.stat()
    if (size > LARGEST)
      throw new LoadgateError('infrastructure', `The baseline ${file} has ${formatBytes(size)}`, {
        hint: `No baseline is larger than ${formatBytes(LARGEST)}; name another path.`,
      })
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

/** A crash leaves the old file or the new one: the new one is complete on the disk before it takes the name. */
async function replace(file: string, text: string, lock: Lock): Promise<void> {
  await sweep(file)
  const fresh = `${file}.${randomUUID()}.tmp`
  try {
    await writeThrough(fresh, text)
    if (!(await lock.isHeld()))
      throw new LoadgateError('infrastructure', `The lock of the baseline ${file} was lost while writing`, {
        hint: 'The machine stood still for over a minute; run again.',
      })
    await rename(fresh, file)
    await flushDirectory(dirname(file))
  } finally {
    await rm(fresh, { force: true })
  }
}

/** What a killed process left; the holder of the lock is the only one that writes such files. */
async function sweep(file: string): Promise<void> {
  const leftover = (name: string) => name.startsWith(`${basename(file)}.`) && /\.[0-9a-f-]{36}\.tmp$/.test(name)
  for (const name of (await readdir(dirname(file))).filter(leftover))
    await rm(join(dirname(file), name), { force: true })
}

async function writeThrough(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The new name survives a power cut only with its directory. Windows cannot open one, and needs no such thing. */
async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory).catch(() => undefined)
  try {
    await handle?.sync()
  } catch {
    // Some network file systems refuse; the file itself is already safe.
  } finally {
    await handle?.close()
  }
}

function notAFile(file: string, what: string): LoadgateError {
  return new LoadgateError('usage', `The baseline ${file} is ${what}`, { hint: 'Name the file itself.' })
}

async function named<T>(file: string, verb: 'read' | 'written', act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (cause) {
    if (cause instanceof LoadgateError) throw cause
    throw new LoadgateError('infrastructure', `The baseline ${file} cannot be ${verb}: ${messageOf(cause)}`, {
      hint: 'Name a path in a directory where this user may read and write.',
      cause,
    })
  }
}
