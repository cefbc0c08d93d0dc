import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { Bytes } from '../units.ts'

/** What a profile sends may have as much in all (src/plan/plan-files.ts), and data more. */
const LARGEST: Bytes = 64 * 1_048_576
/** Where no test keeps its files, and a machine its own. */
const OF_THE_MACHINE = /^\/(?:boot|dev|etc|proc|run|sys)\//

/**
 * The files that a source names: beside it or below it, or by an absolute path; links are followed before that is looked at.
 * A hidden one is somebody's keys or settings, whatever a source from elsewhere says, and none elsewhere is read.
 */
export function neighboursOf(path: string): (name: string) => Buffer | undefined {
  return (name) => {
    try {
      const root = realpathSync(dirname(path))
      const slashed = name.replaceAll('\\', '/')
      const at = realpathSync(isAbsolute(slashed) ? slashed : join(root, slashed))
      const way = relative(root, at)
      const below = way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
      const open = !(below ? way : at).split(sep).some((part) => part.startsWith('.')) && !OF_THE_MACHINE.test(at)
      const stat = statSync(at)
      const allowed = (below || isAbsolute(slashed)) && open && stat.isFile() && stat.size <= LARGEST
      return allowed ? readFileSync(at) : undefined
    } catch {
      return undefined
    }
  }
}
