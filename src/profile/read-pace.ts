import type { Pace } from './profile.ts'
import { type Read, type Scalar, wrong } from './scalars.ts'

/** Ten times as quick as what is written, and ten times as slow: beyond it is another scenario. */
export const QUICKEST = 0.1
export const SLOWEST = 10

const NUMBER = '\\d+(?:\\.\\d+)?'
export const PACE = `${NUMBER}(?:\\s*\\.\\.\\s*${NUMBER})?|normal\\s*\\(\\s*${NUMBER}\\s*,\\s*${NUMBER}\\s*\\)`

const RANGE = new RegExp(`^\\s*(${NUMBER})\\s*(?:\\.\\.\\s*(${NUMBER})\\s*)?$`)
const NORMAL = new RegExp(`^\\s*normal\\s*\\(\\s*(${NUMBER})\\s*,\\s*(${NUMBER})\\s*\\)\\s*$`)

/** "0.5..2", "normal(1, 0.3)", or one factor for all. */
export function readPace(raw: Scalar): Read<Pace> {
  const text = String(raw)
  const [, mean, deviation] = NORMAL.exec(text) ?? []
  if (mean !== undefined) return readNormal(Number(mean), Number(deviation))
  const [, first, second = first] = RANGE.exec(text) ?? []
  if (first === undefined)
    return wrong('invalid-value', '{} is not a pace; write a range of factors such as 0.5..2, or normal(1, 0.3)')
  const [from, to] = [Number(first), Number(second)]
  if (from > to) return wrong('out-of-range', `{} runs backwards; write ${second}..${first}`)
  return from >= QUICKEST && to <= SLOWEST ? { value: { from, to } } : outOfRange()
}

/** Where one in forty-four at most is cut off at either end, the mean is still that of the pauses in a plan. */
function readNormal(mean: number, deviation: number): Read<Pace> {
  if (mean < QUICKEST || mean > SLOWEST) return outOfRange()
  const most = Number((Math.min(mean - QUICKEST, SLOWEST - mean) / 2).toPrecision(3))
  return deviation <= most
    ? { value: { shape: 'normal', mean, deviation } }
    : wrong('out-of-range', `{}: the deviation is at most ${most} here; nobody is beyond ${QUICKEST} and ${SLOWEST}`)
}

function outOfRange() {
  return wrong('out-of-range', `{} is out of range; possible is from ${QUICKEST} to ${SLOWEST}`)
}
