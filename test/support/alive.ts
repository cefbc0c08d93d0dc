import { readFileSync } from 'node:fs'

/** Whether a process still runs. One that has ended and waits to be reaped does not: process 1 may take its time. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z')
  } catch {
    return false
  }
}
