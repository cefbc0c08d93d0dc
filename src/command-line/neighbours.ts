import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import type { Bytes } from '../units.ts'

/** What a profile sends may have as much in all (src/plan/plan-files.ts), and data more. */
const LARGEST: Bytes = 64 * 1_048_576

/**
 * The files that a source names, beside it or below it; links are followed before that is looked at. A source from elsewhere
 * may name any other, and what it names is sent to the target. A hidden one is somebody's keys or settings.
 */
export function neighboursOf(path: string): (name: string) => Buffer | undefined {
  return (name) => {
    try {
      const root = realpathSync(dirname(path))
      const at = realpathSync(resolve(root, name.replaceAll('\\', '/')))
      const way = relative(root, at)
      if (isAbsolute(way) || way.split(sep).some((part) => part.startsWith('.'))) return undefined
      // Below the root of all is the whole machine.
      if (dirname(root) === root && dirname(at) !== root) return undefined
      const stat = statSync(at)
      return stat.isFile() && stat.size <= LARGEST ? readFileSync(at) : undefined
    } catch {
      return undefined
    }
  }
}
