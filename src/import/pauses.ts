import type { Ms } from '../units.ts'
import { LONGEST_PAUSE } from './draft.ts'

/** What is shorter is the browser's or the script's own time, not a person's. */
const SHORTEST: Ms = 300

/** A measured pause as a person would write it; undefined where nobody paused. */
export function measuredPause(ms: Ms): string | undefined {
  if (!(ms >= SHORTEST)) return undefined
  const grain = ms < 1_000 ? 100 : ms < 10_000 ? 500 : ms < 60_000 ? 1_000 : ms < 600_000 ? 5_000 : 60_000
  return duration(Math.round(ms / grain) * grain)
}

/** "300ms", "2.5s", "1m 30s"; at most as long as a profile's pauses may be. */
export function duration(ms: Ms, longest: Ms = LONGEST_PAUSE): string {
  const bounded = Math.min(Math.max(0, Math.round(ms)), longest)
  if (bounded < 1_000) return `${bounded}ms`
  if (bounded < 60_000 || bounded % 1_000 !== 0) return `${bounded / 1_000}s`
  const parts = [
    [Math.floor(bounded / 3_600_000), 'h'],
    [Math.floor((bounded % 3_600_000) / 60_000), 'm'],
    [(bounded % 60_000) / 1_000, 's'],
  ] as const
  const whole = parts.filter(([value]) => value > 0)
  return whole.map(([value, unit]) => `${value}${unit}`).join(' ')
}
