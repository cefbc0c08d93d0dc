import type { Events, Expect, LastEvent } from '../profile/profile.ts'
import type { Ms } from '../units.ts'
import type { CompiledCheck } from './check.ts'
import type { StreamEvent } from './http/event-parser.ts'
import type { EventsWanted } from './http/transport.ts'
import { compileValueCheck, parseJson } from './json-values.ts'

/** How a stream is read, made ready. */
export function compileEvents({ until, for: lasts, within }: Events, timeout: Ms): EventsWanted {
  return {
    isLast: until && isLast(until),
    count: until?.kind === 'number' ? until.number : undefined,
    isMark: until?.kind === 'mark',
    lasts,
    within: within ?? (lasts === undefined ? timeout : Number.POSITIVE_INFINITY),
  }
}

function isLast(until: LastEvent): NonNullable<EventsWanted['isLast']> {
  if (until.kind === 'number') return (_, number) => number === until.number
  if (until.kind === 'mark') return ({ data }) => data.includes(until.text)
  const values = until.json?.map(compileValueCheck)
  return (event) => fits(event, until, values)
}

function fits(
  { event, id, data }: StreamEvent,
  until: Extract<LastEvent, { kind: 'event' }>,
  values: readonly ReturnType<typeof compileValueCheck>[] = [],
): boolean {
  if (until.event !== undefined && until.event !== event) return false
  if (until.id !== undefined && until.id !== id) return false
  if (until.data !== undefined && !data.includes(until.data)) return false
  const document = values.length > 0 ? parseJson(data) : undefined
  return values.every((holds) => holds(document))
}

/**
 * The same of an answer that has to be a stream, of whose last event the text is.
 * @param unawaited of a stream that was cut before the event that is waited for
 */
export function ofEvents(whole: CompiledCheck, unawaited: CompiledCheck, events: EventsWanted): CompiledCheck {
  let judge = whole
  return {
    wants: { ...whole.wants, text: true, headers: true, events },
    why: () => judge.why(),
    check: (answer, keeper, values) => {
      const cut = answer.events?.cut
      judge = cut !== undefined && events.isLast !== undefined ? unawaited : whole
      const wrong = judge.check(answer, keeper, values)
      // Nobody comes to need it any more.
      if (wrong === 'missing-capture' && cut === 'end of load') return undefined
      return wrong ?? (answer.events === undefined ? 'no-event-stream' : undefined)
    },
  }
}

/** What can be expected of a stream whatever its last event is. */
export function expectedOfAny({ status, headers }: Expect): Expect {
  return { status, headers, json: [], body: undefined }
}
