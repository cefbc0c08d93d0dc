import type { EventCounts } from '../engine/shard-result.ts'
import { sumOf } from '../histogram.ts'

interface MayHaveEvents {
  readonly events?: EventCounts | undefined
}

/** What streams of events came to, added up; nothing where there were none. */
export function addedEvents(parts: readonly MayHaveEvents[]): { readonly events?: EventCounts } {
  const known = parts.flatMap(({ events }) => events ?? [])
  if (known.length === 0) return {}
  return {
    events: {
      received: known.reduce((sum, { received }) => sum + received, 0),
      ...addedSeveral(known),
      between: sumOf(known.map(({ between }) => between)),
      last: sumOf(known.map(({ last }) => last)),
    },
  }
}

function addedSeveral(known: readonly EventCounts[]): Pick<EventCounts, 'several'> {
  if (known.some(({ several }) => several === undefined)) return {}
  return { several: known.reduce((sum, { several = 0 }) => sum + several, 0) }
}

/** Whether so many streams may have had these times between their events. */
export function isSeveral(several: number, { streams, gaps }: { readonly streams: number; readonly gaps: number }) {
  return several <= Math.min(streams, gaps) && several >= Math.min(1, gaps)
}
