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
      between: sumOf(known.map(({ between }) => between)),
      last: sumOf(known.map(({ last }) => last)),
    },
  }
}
