import { randomUUID } from 'node:crypto'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { makeDirectory } from '../directories.ts'
import { LoadgateError } from '../errors.ts'
import type { Ms } from '../units.ts'

// A claim is a file `<path>.lock.<n>`, created exclusively. Whoever sees no living claim creates the next number; of several
// that do so at once one succeeds. It then looks again, and holds the lock only if every other claim is dead. So of two
// that hold different numbers, having looked at different moments, at least one sees the other and withdraws. A dead claim
// is removed by the holder alone: a waiter that did it might by then remove the claim of a living process.

/** A claim is held for milliseconds. An older one is dead even when its process number is in use, perhaps by another. */
const DEAD_AFTER: Ms = 60_000
/** A process killed between creating its claim and writing its name into it leaves an empty one. */
const UNWRITTEN_AFTER: Ms = 2_000
/** Beyond the age at which any dead claim is recognised. */
const WAIT_AT_MOST: Ms = 90_000

export interface Lock {
  /** False when this process stood still for so long that another took it for dead. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

/** Waits for the lock of `path`, whose directory is created. Throws LoadgateError after 90 s, and when the signal fires. */
export async function lockFile(path: string, signal?: AbortSignal): Promise<Lock> {
  const prefix = `${path}.lock.`
  await makeDirectory(dirname(path))
  const token = JSON.stringify({ host: hostname(), pid: process.pid, token: randomUUID() })
  for (const end = Date.now() + WAIT_AT_MOST; Date.now() < end; ) {
    signal?.throwIfAborted()
    const lock = await tryLock(prefix, token)
    if (lock !== undefined) return lock
    await pause(2 + Math.random() * 20)
  }
  throw new LoadgateError('infrastructure', `The baseline ${path} has been locked by another process for 90 s`, {
    hint: `If none is running, remove ${prefix}*.`,
  })
}

async function tryLock(prefix: string, token: string): Promise<Lock | undefined> {
  const before = await claims(prefix)
  if (!(await allDead(prefix, before))) return undefined
  const mine = prefix + ((before.at(-1) ?? 0) + 1)
  if (!(await claim(mine, token))) return undefined
  const others = (await claims(prefix)).filter((n) => prefix + n !== mine)
  if (!(await allDead(prefix, others))) {
    await rm(mine, { force: true })
    return undefined
  }
  for (const n of others) await rm(prefix + n, { force: true })
  const isHeld = async () => (await readFile(mine, 'utf8').catch(() => undefined)) === token
  return {
    isHeld,
    release: async () => {
      // Taken for dead, this claim was removed, and its number may be another's by now.
      if (await isHeld()) await rm(mine, { force: true })
    },
  }
}

/** The numbers claimed, ascending. */
async function claims(prefix: string): Promise<readonly number[]> {
  const name = basename(prefix)
  const files = await readdir(dirname(prefix))
  return files
    .filter((file) => file.startsWith(name) && /^\d{1,15}$/.test(file.slice(name.length)))
    .map((file) => Number(file.slice(name.length)))
    .sort((a, b) => a - b)
}

async function claim(file: string, token: string): Promise<boolean> {
  try {
    await writeFile(file, token, { flag: 'wx' })
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw cause
  }
}

async function allDead(prefix: string, numbers: readonly number[]): Promise<boolean> {
  for (const n of numbers) if (!(await isDead(prefix + n))) return false
  return true
}

async function isDead(file: string): Promise<boolean> {
  try {
    const age: Ms = Date.now() - (await stat(file)).mtimeMs
    if (age > DEAD_AFTER) return true
    const text = await readFile(file, 'utf8')
    // Between creating and writing it is empty, for a moment.
    if (text === '') return age > UNWRITTEN_AFTER
    const owner: unknown = JSON.parse(text)
    return isOwner(owner) && owner.host === hostname() && !isAlive(owner.pid)
  } catch {
    // Released in the meantime, or not one of ours.
    return false
  }
}

function isOwner(value: unknown): value is { host: string; pid: number } {
  return typeof value === 'object' && value !== null && 'host' in value && 'pid' in value && Number.isInteger(value.pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // EPERM: it is there, but someone else's.
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
