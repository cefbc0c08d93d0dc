import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AllowedTargets,
  HOW_TO_ALLOW,
  hostOf,
  isLoopbackHost,
  type ListedTarget,
  type Place,
  placeOf,
  type Refusal,
  readListedTarget,
  refuseAddress,
  refuseHost,
} from './allowed-targets.ts'
import { type Resolve, resolveAll } from './engine/http/addresses.ts'
import { LoadgateError, type PlacedMistake } from './errors.ts'
import type { LoadProfile, WrittenAddress } from './profile/profile.ts'
import type { Ms } from './units.ts'

const RESOLVED_WITHIN: Ms = 5_000

export interface TargetRules {
  /** May the load be sent to. */
  readonly load: AllowedTargets
  /** May guards ask, and nothing else: what they watch is what the load must not meet. */
  readonly guards: AllowedTargets
}

interface Sources {
  /** Undefined where nobody has reviewed any: see `HeldTo`. */
  readonly reviewed: LoadProfile | undefined
  readonly allowTargets: readonly ListedTarget[]
  /** Stands where the allow list stands. */
  readonly baseTarget: string | undefined
}

export function targetRules({ reviewed, allowTargets, baseTarget }: Sources): TargetRules {
  const base = baseTarget === undefined ? undefined : readListedTarget(new URL(baseTarget).hostname)
  const hosts = (all: readonly (WrittenAddress | undefined)[]) => all.flatMap((written) => written?.host ?? [])
  return {
    load: { written: hosts([reviewed?.written]), listed: base ? [...allowTargets, base] : allowTargets },
    guards: { written: hosts((reviewed?.guards ?? []).map(({ written }) => written)), listed: allowTargets },
  }
}

interface Addressed {
  readonly what: string
  readonly url: URL
  readonly written: WrittenAddress | undefined
  readonly allowed: AllowedTargets
}

interface CheckOptions {
  /** Where the profile lies, as the workflow names it. */
  readonly file: string
  /** Whether names lead from here where they lead from the workers. */
  readonly resolves: boolean
  readonly resolve?: Resolve
  /** A resolver that takes longer says nothing here; the workers ask theirs again, and look at what it says. */
  readonly within?: Ms
}

/**
 * Everything that the profile names, before anything is sent: LoadgateError `usage` with all that is not allowed. What a name
 * leads to may change later, so that the workers look at every address again.
 */
export async function checkTargets(
  { target, written, guards = [] }: Pick<LoadProfile, 'target' | 'written' | 'guards'>,
  rules: TargetRules,
  { file, resolves, resolve = resolveAll, within = RESOLVED_WITHIN }: CheckOptions,
): Promise<void> {
  const all: readonly Addressed[] = [
    { what: 'the target', url: new URL(target), written, allowed: rules.load },
    ...guards.map((guard) => ({
      what: `the guard "${guard.name}"`,
      url: new URL(guard.url),
      written: guard.written,
      allowed: rules.guards,
    })),
  ]
  const found = await Promise.all(
    all.map(async (one, at): Promise<readonly PlacedMistake[]> => {
      // Guards are asked from here, wherever the load comes from.
      const asks = resolves || at > 0
      const addresses = (place: Place) => (asks ? addressesOf(place, { resolve, within }) : Promise.resolve([]))
      const refused = await refusal(one, addresses)
      if (refused === undefined) return []
      const { line, column } = one.written?.place ?? { line: 1, column: 1 }
      return [{ place: { file, line, column }, message: `${one.what}: ${refused}${whyNot(one)}` }]
    }),
  )
  const mistakes = found.flat()
  if (mistakes.length === 0) return
  const lines = mistakes.map(({ place, message }) => `${place.file}:${place.line}:${place.column} ${message}`)
  throw new LoadgateError('usage', `Nothing is sent:\n${lines.join('\n')}`, {
    hint: HOW_TO_ALLOW,
    mistakes,
  })
}

async function refusal(
  { url, allowed }: Addressed,
  addresses: (place: Place) => Promise<readonly string[]>,
): Promise<Refusal | undefined> {
  const place = placeOf(url)
  const refused = refuseHost(allowed, place)
  if (refused !== undefined || isIP(place.host)) return refused
  const led = (await addresses(place)).map((address) => refuseAddress(allowed, place, address))
  return led.find((why) => why !== undefined)
}

/** None where there is no telling: that a name is not known is for the run to say. */
async function addressesOf(
  { host }: Place,
  { resolve, within }: Required<Pick<CheckOptions, 'resolve' | 'within'>>,
): Promise<readonly string[]> {
  const over = new AbortController()
  const late = sleep(within, [], { signal: over.signal }).catch(() => [])
  const found = await Promise.race([resolve(host).catch(() => []), late])
  over.abort()
  return found.map(({ address }) => address)
}

/** What is missing, where the host itself is not allowed. */
function whyNot({ url, written, allowed }: Addressed): string {
  const host = hostOf(url)
  if (allowed.written.includes(host) || isLoopbackHost(host)) return ''
  if (written?.host !== host) return '; the environment says it, and the profile does not'
  return '; the profile that has been reviewed does not name it'
}
