import { LoadgateError } from '../errors.ts'
import type { Load, Shape } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import type { Segment } from './plan.ts'

// A day in pieces of ten seconds is 8,640; more pieces than this are a mistake in a unit.
const MOST_SEGMENTS = 10_000

/**
 * A load as straight segments. The warm-up is one of its own, flat at the first level of the shape, or at the end of its
 * first stage when that begins at 0, since a warm-up without load would warm nothing.
 */
export function curveOf({ warmUp, shape }: Load): { warmUp: readonly Segment[]; shape: readonly Segment[] } {
  const segments = joined(segmentsOf(shape))
  const [first] = segments
  if (!first || warmUp === 0) return { warmUp: [], shape: segments }
  const level = first.from > 0 ? first.from : first.to
  return { warmUp: [{ from: level, to: level, over: warmUp }], shape: segments }
}

/** The shape `from` ms behind the beginning, at its first level `warmUp` ms before that, and at 0 until then. */
export function curveAt(shape: Shape, { from, warmUp }: { readonly from: Ms; readonly warmUp: Ms }) {
  const segments = segmentsOf(shape)
  const before = joined([flat(0, from - warmUp), flat(segments[0]?.from ?? 0, warmUp)])
  return { before, curve: [...before, ...joined(segments)] }
}

function segmentsOf(shape: Shape): readonly Segment[] {
  switch (shape.kind) {
    case 'stages':
      return shape.stages
    case 'steps':
      return stepSegments(shape)
    case 'levels':
      return shape.levels.map(({ at, level }, index) =>
        flat(level, Math.min(shape.over, shape.levels[index + 1]?.at ?? shape.over) - at),
      )
  }
}

function stepSegments({ from, add, every, until, over }: Shape & { kind: 'steps' }): readonly Segment[] {
  if (!(over / every <= MOST_SEGMENTS))
    throw new LoadgateError('usage', `The load has ${Math.ceil(over / every)} steps, more than ${MOST_SEGMENTS}`, {
      hint: 'Make the steps longer, or the load shorter.',
    })
  return Array.from({ length: Math.ceil(over / every) }, (_, index) =>
    flat(Math.min(from + index * add, until ?? Number.POSITIVE_INFINITY), Math.min(every, over - index * every)),
  )
}

function flat(level: number, over: Ms): Segment {
  return { from: level, to: level, over }
}

/** Without empty pieces, and with flat neighbours of one level in one. */
function joined(segments: readonly Segment[]): readonly Segment[] {
  const result: Segment[] = []
  for (const { from, to, over } of segments) {
    if (!(over > 0)) continue
    const last = result.at(-1)
    if (last && last.from === last.to && last.to === from && from === to)
      result[result.length - 1] = flat(from, last.over + over)
    else result.push({ from, to, over })
  }
  return result
}
