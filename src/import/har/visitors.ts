import type { Choice } from './choose.ts'
import type { Entry } from './entries.ts'

/** Given to several, such as `theme=dark`. */
const SHARED = -1

/**
 * The exchanges of several browsers that were there at the same time, one browser after the other; those of one stay as they are.
 * A browser is told by the cookies that it was given. What has none goes with what came before it.
 */
export function byVisitor(choices: readonly Choice[]): readonly Choice[] {
  const owners = new Map<string, number>()
  const names = new Set<string>()
  let visitors = 0
  let last = 0
  const visitorOf = ({ headers, answer }: Entry): number => {
    const sent = headers.flatMap(([name, value]) => (name.toLowerCase() === 'cookie' ? value.split(/;\s*/) : []))
    const given = answer.headers.flatMap(([name, value]) =>
      name.toLowerCase() === 'set-cookie' ? cookiesIn(value) : [],
    )
    const known = sent.map((pair) => owners.get(pair)).find((owner) => owner !== undefined && owner !== SHARED)
    // Whoever comes without a cookie, and is given one that another has already, is somebody else.
    const isNew =
      known === undefined &&
      !sent.some((pair) => names.has(nameOf(pair))) &&
      given.some((pair) => names.has(nameOf(pair)))
    last = known ?? (isNew ? ++visitors : last)
    for (const pair of given) {
      names.add(nameOf(pair))
      owners.set(pair, (owners.get(pair) ?? last) === last ? last : SHARED)
    }
    return last
  }
  const all = choices.map((choice) => ({ choice, visitor: visitorOf(choice.entry) }))
  return all.toSorted((a, b) => a.visitor - b.visitor).map(({ choice }) => choice)
}

/** As the browser sends them: without what they are good for. */
function cookiesIn(header: string): readonly string[] {
  return header.split('\n').map((line) => line.split(';')[0]!.trim())
}

function nameOf(pair: string): string {
  return pair.split('=')[0]!.trim()
}
