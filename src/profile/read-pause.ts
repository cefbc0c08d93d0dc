import { formatDuration, type Ms } from '../units.ts'
import type { Pause } from './profile.ts'
import { type Read, readDuration, type Scalar, wrong } from './scalars.ts'

interface Bounds {
  readonly min: Ms
  readonly max: Ms
}

/** So that hardly any pause is cut off at 0: one in forty-four, at most. */
const MOST_DEVIATION = 1 / 2

/** "2s", "1s..10s", "normal(5s, 1s)" or "exponential(5s)". */
export function readPause(raw: Scalar, bounds: Bounds): Read<Pause> {
  const text = String(raw)
  const [, shape, inside] = /^\s*([A-Za-z]+)\s*\(([^()]*)\)\s*$/.exec(text) ?? []
  if (shape === undefined || inside === undefined) return readRange(text, bounds)
  const given = inside.split(',')
  if (shape === 'normal' && given.length === 2) return readNormal(given[0]!, given[1]!, bounds)
  if (shape === 'exponential' && given.length === 1) {
    const mean = readDuration(inside, bounds)
    return 'value' in mean ? { value: { shape, mean: mean.value } } : mean
  }
  return wrong('invalid-value', '{} is not a pause; there is normal(5s, 1s) with its deviation, and exponential(5s)')
}

function readRange(text: string, bounds: Bounds): Read<Pause> {
  const [first = '', second, ...more] = text.split('..')
  if (more.length > 0) return wrong('unknown-unit', '{} is not a pause; write 2s, or 1s..10s for a random one')
  const from = readDuration(first, bounds)
  const to = second === undefined ? from : readDuration(second, bounds)
  if (!('value' in from)) return from
  if (!('value' in to)) return to
  if (from.value > to.value) return wrong('out-of-range', `{} runs backwards; write ${second?.trim()}..${first.trim()}`)
  return { value: { from: from.value, to: to.value } }
}

function readNormal(first: string, second: string, bounds: Bounds): Read<Pause> {
  const mean = readDuration(first, bounds)
  if (!('value' in mean)) return mean
  const deviation = readDuration(second, bounds)
  if (!('value' in deviation)) return deviation
  if (deviation.value > MOST_DEVIATION * mean.value) {
    const most = formatDuration(MOST_DEVIATION * mean.value)
    return wrong(
      'out-of-range',
      `{}: the deviation is at most half of the mean, ${most}; no pause is shorter than none`,
    )
  }
  return { value: { shape: 'normal', mean: mean.value, deviation: deviation.value } }
}
