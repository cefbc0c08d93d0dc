import { isPassword } from '../secrets.ts'
import { decoded } from '../text.ts'
import type { Taken } from './dynamic.ts'
import { isDynamic, type SentLeaf, sentLeaves } from './leaves.ts'

/** A request of a visit that is no part of a page, with what it is beside the values it sends. */
export interface Move {
  readonly taken: Taken
  readonly leaves: readonly SentLeaf[]
  /** The same for the same request with other values. */
  readonly shape: string
  /** Whether somebody says by it who they are, and is believed. */
  readonly login: boolean
}

/** Several times the same, one after the other, by others or with other values; or a single time. */
export interface Journey {
  /** Each with the same number of moves of the same shapes, but for the first ones, which later ones may lack. */
  readonly passes: readonly (readonly Move[])[]
  /** What was done before them, once. */
  readonly before: readonly Move[]
}

/** How people are called where they log in, and where else they are named. */
export const IDENTITY =
  /^(?:user|login|account|e?-?mail|phone|nick|member|customer|client)(?:[-_]?(?:name|id|address|number))?$|^name$/i

/** The requests in their order; pages' parts are none of them. */
export function movesOf(taken: readonly Taken[]): readonly Move[] {
  const read = taken.map((one) => ({ taken: one, leaves: sentLeaves(one.entry, one.path) }))
  const logins = read.filter(({ taken, leaves }) => isLogin(taken, leaves))
  const people = new Set(
    logins.flatMap(({ leaves }) => leaves.filter(({ name }) => IDENTITY.test(name)).map(({ value }) => value)),
  )
  return read.map((one) => ({
    ...one,
    login: isLogin(one.taken, one.leaves),
    shape: shapeOf(one.taken, one.leaves, people),
  }))
}

function isLogin({ entry }: Taken, leaves: readonly SentLeaf[]): boolean {
  if (entry.answer.status >= 400 || entry.method === 'GET') return false
  return leaves.some(({ name, value, place }) => isPassword(name, value) && !/^(?:path|query|header)/.test(place))
}

/** Fields by which one address does several things. */
const KIND = /^(?:method|action|op|operation|operationName|command|type)$/i

function shapeOf({ entry, path }: Taken, leaves: readonly SentLeaf[], people: ReadonlySet<string>): string {
  const pieces = (path.split('?')[0] ?? '')
    .split('/')
    .map((piece) => (isValue(piece) || people.has(decoded(piece)) ? '*' : piece))
  const rest = leaves.flatMap(({ name, value, place }) => {
    if (place.startsWith('path ') || place.startsWith('header ')) return []
    if (KIND.test(name) && /^[A-Za-z][\w.-]{0,60}$/.test(value)) return [`${name}=${value}`]
    return place.startsWith('json ') && /^\s*(?:query\b|mutation\b|\{)/.test(value) ? [`${name}=${value}`] : [name]
  })
  return JSON.stringify([entry.method, pieces.join('/'), rest.toSorted(), entry.answer.status >= 400])
}

function isValue(piece: string): boolean {
  return /^\d+$/.test(piece) || /@|%40/.test(piece) || isDynamic(piece)
}

/** Cuts a visit where somebody else logs in, or where the same begins again. */
export function journeysOf(moves: readonly Move[]): readonly Journey[] {
  const logins = moves.flatMap((move, at) => (move.login ? [{ at, shape: move.shape }] : []))
  const [common] = [...Map.groupBy(logins, ({ shape }) => shape).values()].sort((a, b) => b.length - a.length)
  if (common && common.length > 1)
    return byLogin(
      moves,
      common.map(({ at }) => at),
    )
  return [again(moves, common ? common[0]!.at + 1 : 0)]
}

function byLogin(moves: readonly Move[], logins: readonly number[]): readonly Journey[] {
  const shapes = moves.map(({ shape }) => shape)
  const lead = shapes.slice(0, logins[0])
  const begins = logins.map((at, n) => {
    if (n === 0) return 0
    const before = shapes.slice(logins[n - 1]! + 1, at)
    return at - sameAtEnd(lead, before)
  })
  const passes = logins.map((login, n) => {
    const end = begins[n + 1] ?? moves.length
    return { lead: moves.slice(begins[n], login), rest: moves.slice(login, end) }
  })
  const keyOf = (rest: readonly Move[]) => JSON.stringify(rest.map(({ shape }) => shape))
  const known = new Set(passes.slice(0, -1).map(({ rest }) => keyOf(rest)))
  const whole = passes.map((pass, n) => {
    const behind = n === passes.length - 1 ? unfinished(pass.rest, lead, (rest) => known.has(keyOf(rest))) : 0
    return { ...pass, rest: pass.rest.slice(0, pass.rest.length - behind) }
  })
  return [...Map.groupBy(whole, ({ rest }) => keyOf(rest)).values()].map((alike) => ({
    passes: alike.map(({ lead, rest }) => [...lead, ...rest]).toSorted((a, b) => b.length - a.length),
    before: [],
  }))
}

/** Requests at the end with which another pass had begun when the recording ended. */
function unfinished(
  rest: readonly Move[],
  lead: readonly string[],
  isKnown: (rest: readonly Move[]) => boolean,
): number {
  if (isKnown(rest)) return 0
  for (let length = 1; length <= lead.length && length < rest.length; length++) {
    const last = rest.slice(-length).map(({ shape }) => shape)
    const begun = lead.some((_, at) => last.every((shape, n) => lead[at + n] === shape))
    if (begun && isKnown(rest.slice(0, -length))) return length
  }
  return 0
}

function sameAtEnd(a: readonly string[], b: readonly string[]): number {
  let length = 0
  while (length < a.length && length < b.length && a.at(-1 - length) === b.at(-1 - length)) length++
  return length
}

/** One request has to come so often, before it counts as what was repeated; a sequence twice. */
const LEAST_OF_ONE = 3

/** The visit from there on as passes, where it is the same sequence again and again; else all of it as one. */
function again(moves: readonly Move[], from: number): Journey {
  const rest = moves.slice(from)
  for (let period = 1; period <= rest.length / (period === 1 ? LEAST_OF_ONE : 2); period++) {
    if (rest.length % period !== 0) continue
    if (!rest.every(({ shape }, at) => at < period || shape === rest[at - period]!.shape)) continue
    const starts = Array.from({ length: rest.length / period }, (_, n) => n * period)
    return { before: moves.slice(0, from), passes: starts.map((at) => rest.slice(at, at + period)) }
  }
  return { before: [], passes: [moves] }
}
