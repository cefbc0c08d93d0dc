import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ms } from '../units.ts'

const TERMINATE_WITHIN: Ms = 2_000
const KILL_WITHIN: Ms = 2_000

/** What a later process needs to find this one again and to know it from another that got its number. */
export interface ServiceProcess {
  /** Also the number of the process group. */
  readonly pid: number
  /** From /proc, in ticks since boot; undefined where there is no /proc. */
  readonly startTime: string | undefined
}

/**
 * Stops what an earlier process of ours left behind. True when it was found and stopped. Without a start time (no
 * /proc), or with another one, the number may belong to a stranger by now, and nothing is touched.
 */
export async function stopLeftover(left: ServiceProcess): Promise<boolean> {
  // kill(-1) means every process of this user, kill(0) our own group.
  if (!Number.isSafeInteger(left.pid) || left.pid <= 1) return false
  if (left.startTime === undefined || startTimeOf(left.pid) !== left.startTime || !groupRuns(left)) return false
  await stopGroup(left)
  return true
}

/** Whether this very process is there; without a start time (no /proc), whether any of its number is. */
export function isRunning({ pid, startTime }: ServiceProcess): boolean {
  const now = statOf(pid)
  if (startTime !== undefined) return now?.startTime === startTime && now.state !== 'Z'
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** SIGTERM to the whole group, SIGKILL 2 s later; resolves when it is gone, or 4 s later at most. */
export async function stopGroup(started: ServiceProcess): Promise<void> {
  signalGroup(started, 'SIGTERM')
  if (await groupGone(started, TERMINATE_WITHIN)) return
  signalGroup(started, 'SIGKILL')
  await groupGone(started, KILL_WITHIN)
}

async function groupGone(started: ServiceProcess, within: Ms): Promise<boolean> {
  const deadline = performance.now() + within
  for (let wait = 5; groupRuns(started); wait = Math.min(50, wait * 2)) {
    if (performance.now() > deadline) return false
    await sleep(wait)
  }
  return true
}

function groupRuns(started: ServiceProcess): boolean {
  return signalGroup(started, 0) && !onlyDead(started.pid)
}

/** False when no process of the group is left. */
export function signalGroup({ pid, startTime }: ServiceProcess, signal: NodeJS.Signals | 0): boolean {
  // A number is given out again only when no group bears it any more: a newer process of that number is a stranger.
  const now = startTimeOf(pid)
  if (now !== undefined && now !== startTime) return false
  try {
    return process.kill(-pid, signal)
  } catch (error) {
    // EPERM: it exists, but macOS refuses to signal what is just ending.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * True when whatever is left of the group has ended and waits to be reaped, which process 1 of a container may never do.
 * A process reads as ended when its first thread has; until the last has, it still holds its port.
 */
function onlyDead(group: number): boolean {
  try {
    const members = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => statOf(Number(pid)))
      .filter((stat) => stat?.group === group)
    return members.length > 0 && members.every((stat) => stat?.state === 'Z' && stat.threads === 1)
  } catch {
    return false
  }
}

/** From /proc, in ticks since boot; undefined where there is no /proc, or no such process. */
export function startTimeOf(pid: number): string | undefined {
  return statOf(pid)?.startTime
}

/** From /proc/PID/stat; the name in field 2 may itself contain blanks and brackets, so count behind its last. */
function statOf(pid: number) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0], group: Number(fields[2]), threads: Number(fields[17]), startTime: fields[19] }
  } catch {
    return undefined
  }
}
