import { visible } from '../profile/show.ts'
import { counted, formatCount } from '../units.ts'
import { type Account, KINDS, type Kind, type LeftOut, REPEATED, WITH_ITS_REQUEST } from './account.ts'

const NOUN: Readonly<Record<Kind, readonly [one: string, many: string]>> = {
  request: ['request', 'requests'],
  header: ['header', 'headers'],
  body: ['body', 'bodies'],
  element: ['other element', 'other elements'],
}
/** Names of headers in one line. */
const MOST_NAMES = 12

/** "42 requests: 40 taken, 2 left out: 1 to another host, 1 of a WebSocket". One line for each kind that there is. */
export function countLines({ counts, left }: Account): readonly string[] {
  return KINDS.filter((kind) => counts[kind].found > 0).map((kind) => {
    const { found, taken } = counts[kind]
    const out = left.filter((one) => one.kind === kind)
    const [one, many] = NOUN[kind]
    const reasons = [...groups(out)].map(([why, those]) => `${formatCount(those.length)} ${why}`)
    const rest = out.length === 0 ? '' : `, ${formatCount(out.length)} left out: ${reasons.join(', ')}`
    return `${counted(found, one, many)}: ${formatCount(taken)} taken${rest}`
  })
}

/** Every one that is left out: requests, bodies and elements by themselves, headers and what is repeated by their names. */
export function leftLines({ left }: Account): readonly string[] {
  return KINDS.flatMap((kind) => {
    // What goes with its request is told by its request.
    const out = left.filter((one) => one.kind === kind && one.why !== WITH_ITS_REQUEST)
    if (kind === 'header') return [...groups(out)].map(([why, those]) => `headers ${why}: ${namesOf(those)}`)
    const again = out.filter(({ why }) => why === REPEATED)
    const rest = out.filter(({ why }) => why !== REPEATED)
    return [
      ...rest.map(({ what, why }) => `${NOUN[kind][0]} ${why}: ${visible(what)}`),
      ...(again.length > 0 ? [`${NOUN[kind][1]} ${REPEATED}: ${namesOf(again)}`] : []),
    ]
  })
}

function groups(left: readonly LeftOut[]): ReadonlyMap<string, readonly LeftOut[]> {
  return Map.groupBy(left, ({ why }) => why)
}

function namesOf(left: readonly LeftOut[]): string {
  const names = [...new Set(left.map(({ what }) => visible(what)))]
  const more = names.length - MOST_NAMES
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more` : names.join(', ')
}
