import { counted } from '../units.ts'
import type { Undecided } from './comparison.ts'

/** Blocks in which an excess of failures must have been seen: errors that came at once may have had nothing to do with the code. */
export const SEVERAL = 3

/** For a budget for errors that would be exceeded by what so few blocks saw. */
export function oneBurst(who: string, blocks: number, remedy: string): Undecided {
  return {
    kind: 'undecided',
    reason: `${who} failed more often in only ${counted(blocks, 'block')}, which may be one burst of errors`,
    remedy,
  }
}
