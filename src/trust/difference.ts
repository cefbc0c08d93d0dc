/** One thing in which the head's profile is not the base's. */
export interface Difference {
  /** What differs, in words; names from the profile are quoted. */
  readonly what: string
  /** As it is at the base; undefined when the head has added it. */
  readonly before: string | undefined
  /** Undefined when the head has removed it. */
  readonly after: string | undefined
  readonly effect: Effect
}

/** `looser` lets a regression pass more easily, `tighter` less easily; of `different` nobody can say which. */
export type Effect = 'looser' | 'tighter' | 'different'

/** What a higher number does. */
type Higher = Effect

const OPPOSITE: Readonly<Record<Effect, Effect>> = { looser: 'tighter', tighter: 'looser', different: 'different' }

export function numberDiffers(
  what: string,
  [before, after]: readonly [before: number, after: number],
  higher: Higher,
  say: (value: number) => string,
): readonly Difference[] {
  if (before === after) return []
  return [{ what, before: say(before), after: say(after), effect: after > before ? higher : OPPOSITE[higher] }]
}

/** For what has no order. */
export function textDiffers(
  what: string,
  before: string | undefined,
  after: string | undefined,
): readonly Difference[] {
  return before === after ? [] : [{ what, before, after, effect: 'different' }]
}

/** What is demanded: without it a regression passes more easily. */
export function demandDiffers(
  what: string,
  before: string | undefined,
  after: string | undefined,
): readonly Difference[] {
  if (before === after) return []
  const effect = after === undefined ? 'looser' : before === undefined ? 'tighter' : 'different'
  return [{ what, before, after, effect }]
}

/** A number with no bound where it is undefined. */
export function boundDiffers(
  what: string,
  [before, after]: readonly [before: number | undefined, after: number | undefined],
  higher: Higher,
  say: (value: number) => string,
): readonly Difference[] {
  const values = [before ?? Number.POSITIVE_INFINITY, after ?? Number.POSITIVE_INFINITY] as const
  return numberDiffers(what, values, higher, (value) => (Number.isFinite(value) ? say(value) : 'none'))
}

/** Names of both lists, those of the first first, each once. */
export function namesOf(before: Iterable<string>, after: Iterable<string>): readonly string[] {
  return [...new Set([...before, ...after])]
}
