import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bytes, Ms, Share } from '../../units.ts'

/** What has gone through one network link since the system began. */
export interface LinkCount {
  readonly name: string
  /** Each way. */
  readonly perSecond: Bytes
  readonly received: Bytes
  readonly sent: Bytes
}

/**
 * The links whose speed is known. Loopback, bridges and tunnels have no device, and what is said of their speed means
 * nothing; most virtual machines are not told theirs. Empty where there is no such folder: Linux has one.
 */
export function linkCounts(folder = '/sys/class/net'): readonly LinkCount[] {
  try {
    return readdirSync(folder).flatMap((name) => linkCount(folder, name) ?? [])
  } catch {
    return []
  }
}

function linkCount(folder: string, name: string): LinkCount | undefined {
  const number = (file: string) => Number(readFileSync(join(folder, name, file), 'utf8'))
  if (!existsSync(join(folder, name, 'device'))) return undefined
  try {
    // In Mbit/s; -1, or not to be read at all, when unknown or unplugged.
    const perSecond = (number('speed') * 1_000_000) / 8
    if (!(perSecond > 0)) return undefined
    return { name, perSecond, received: number('statistics/rx_bytes'), sent: number('statistics/tx_bytes') }
  } catch {
    return undefined
  }
}

/** How full the fullest of them was in its fuller direction, by whatever it carried; undefined without any. */
export function linkUse(before: readonly LinkCount[], after: readonly LinkCount[], elapsed: Ms): Share | undefined {
  const uses = after.flatMap(({ name, perSecond, received, sent }) => {
    const earlier = before.find((link) => link.name === name)
    if (!earlier) return []
    const bytes = Math.max(0, received - earlier.received, sent - earlier.sent)
    return [bytes / (perSecond * (elapsed / 1000))]
  })
  return uses.length === 0 ? undefined : Math.max(...uses)
}
