import type { Ms } from '../../units.ts'
import type { Account } from '../account.ts'
import type { DraftRequest } from '../draft.ts'
import { duration } from '../pauses.ts'
import { isEventStream, isFeed } from './choose.ts'
import type { Entry } from './entries.ts'

/** A browser reads a feed for as long as its page is there; what stands behind it in a scenario waits for it. */
const LONGEST_FEED: Ms = 30_000
const SHORTEST_FEED: Ms = 1_000

/** How a stream of events is read; nothing where the answer is none. */
export function eventsOf(entry: Entry, path: string, account: Account): Pick<DraftRequest, 'events'> {
  if (!isEventStream(entry)) return {}
  if (!isFeed(entry)) return { events: {} }
  const recorded = Math.round((entry.ended - entry.begun) / 1_000) * 1_000
  const lasts = duration(Math.min(Math.max(recorded, SHORTEST_FEED), LONGEST_FEED))
  account.note(
    `${entry.method} ${path.split('?')[0]} is a feed, which a browser reads beside all else: here the steps behind it wait for ${lasts}. Give it a scenario of its own, or another "for".`,
  )
  return { events: { for: lasts } }
}
