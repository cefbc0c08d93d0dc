// What a process has used, from Linux's /proc: the same way for every tool, whatever it says of itself.
import { readdirSync, readFileSync } from 'node:fs'

export interface CpuTime {
  /** µs */
  readonly user: number
  /** µs */
  readonly system: number
  /** µs in which it could have run and did not, since something else had its core. */
  readonly waited: number
}

// proc(5): utime and stime count in USER_HZ, which is 100 on every Linux. The kernel scales both so that their sum is
// the time that was really run, threads that have ended included: 10 ms of error in a window of 3 s.
const TICK = 10_000

/** Of the process, its threads and all processes below it, since their begin. */
export function cpuTime(pid: number): CpuTime {
  let user = 0
  let system = 0
  let waited = 0
  for (const member of tree(pid)) {
    // The name in parentheses may contain anything; behind it follow state (field 3), …, utime (14) and stime (15).
    const stat = readFileSync(`/proc/${member}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    user += Number(fields[11]) * TICK
    system += Number(fields[12]) * TICK
    for (const task of tasks(member)) {
      // Nanoseconds run and waited, and the number of turns.
      const [, wait] = readFileSync(`/proc/${member}/task/${task}/schedstat`, 'latin1').split(' ')
      waited += Number(wait) / 1000
    }
  }
  return { user, system, waited }
}

/** Resident memory of the same, in MB. */
export function memory(pid: number): number {
  let kilobytes = 0
  for (const member of tree(pid))
    kilobytes += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/status`, 'latin1'))?.[1] ?? 0)
  return kilobytes / 1024
}

function tasks(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`)
}

function tree(pid: number): number[] {
  const children = tasks(pid).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(tree)]
}
