import type { Choice } from './choose.ts'
import { isTaken } from './choose.ts'
import type { Dynamic, Taken } from './dynamic.ts'
import { leavesOf } from './leaves.ts'
import type { Move } from './passes.ts'

const LOGOUT = /(?:log|sign)[-_]?(?:out|off)\b/i

/**
 * The login after which a user stays who it is, so that everything up to it is done once in its life. Undefined where nobody logs
 * in, logs out again, or where what the login gave is replaced on the way and would be of no use the next time.
 */
export function endOfOnce(
  {
    moves,
    choices,
    dynamic,
  }: { readonly moves: readonly Move[]; readonly choices: readonly Choice[]; readonly dynamic: Dynamic },
  isOnePerson: boolean,
): Taken | undefined {
  const at = moves.findLastIndex(({ login }) => login)
  const login = moves[at]?.taken
  const rest = moves.slice(at + 1)
  if (!isOnePerson || !login || rest.length === 0 || rest.some(isLogout)) return undefined
  return isReplaced(choices.filter(isTaken), login, dynamic) ? undefined : login
}

function isLogout({ taken: { entry, path } }: Move): boolean {
  return LOGOUT.test(path) || (entry.method === 'DELETE' && /\b(?:sessions?|tokens?|auth)\b/i.test(path))
}

/** Whether what was captured by then is used later, and captured anew: a token that is refreshed. */
function isReplaced(taken: readonly Taken[], login: Taken, { values }: Dynamic): boolean {
  const until = taken.indexOf(login)
  const plain = (name: string) => name.replace(/\d+$/, '')
  const later = new Set(values.filter(({ from }) => from > until).map(({ name }) => plain(name)))
  const old = values.filter(({ from, name }) => from <= until && later.has(plain(name)))
  const sent = taken.slice(until + 1).flatMap(({ entry, path }) => leavesOf(entry, path).map(({ value }) => value))
  return old.some(({ value }) => sent.includes(value))
}
