// The whole bench cut into pieces that any thread may do, in any order: each has its own seeds.
import type { Share } from '../../src/units.ts'
import { ENVIRONMENTS, type Environment, type EnvironmentName, oneModel } from './environments.ts'
import { sideBySide } from './side-by-side.ts'
import { type GateName, pullRequestsOf } from './stored.ts'
import { added, NONE, type Outcome, type Tally, tallyOf } from './tally.ts'

/** Versions side by side, or a run against stored runs: of jobs on any processor, or on one model only. */
export const DESIGNS = ['side by side', 'stored, mixed', 'stored, one model'] as const
export type Design = (typeof DESIGNS)[number]

/** Pull requests that have something in common; they are numbered. */
export interface Piece {
  readonly environment: EnvironmentName
  readonly design: Design
  /** How many times longer their code takes; each pull request is tried with all of them. */
  readonly changes: readonly number[]
  readonly from: number
  readonly count: number
}

/** What became of the pull requests, by `cellName`. */
export type Cells = Readonly<Record<CellName, Tally>>
export type CellName = string

export function cellName(
  { environment, design }: Pick<Piece, 'environment' | 'design'>,
  gate: GateName,
  slower: number,
) {
  return [environment, design, gate, slower].join(' | ')
}

/** The gate of the design in which there is but one. */
export const SHARP: GateName = 'Loadgate'
export const CHANGES: readonly number[] = [1, 1.02, 1.05, 1.1, 1.2]
/** Also asked of stored runs, which see nothing smaller. */
export const COARSE_CHANGES: readonly number[] = [...CHANGES, 1.5]
export const NAMES = Object.keys(ENVIRONMENTS) as readonly EnvironmentName[]

/** Of everything. */
export const SEED = 1
/** Of a project that stores runs all are one piece: before them come the runs that it begins with. */
const AT_ONCE: Record<Design, number> = { 'side by side': 50, 'stored, mixed': 250, 'stored, one model': 250 }

/** `all` pull requests where an aim is that sharp, fewer elsewhere. */
export function piecesOf(all: number): readonly Piece[] {
  return NAMES.flatMap((environment) => DESIGNS.flatMap((design) => piecesAt(environment, design, all)))
}

/** The first pull requests are tried with every change, those behind them only with the ones of which more are wanted. */
function piecesAt(environment: EnvironmentName, design: Design, all: number): readonly Piece[] {
  if (design === 'stored, one model' && ENVIRONMENTS[environment].models.length === 1) return []
  const changes = design === 'side by side' ? CHANGES : COARSE_CHANGES
  const wanted = changes.map((slower) => Math.ceil(all * shareOf(environment, design, slower)))
  const counts = [...new Set(wanted)].sort((a, b) => a - b)
  return counts.flatMap((count, at) => {
    const more = changes.filter((_, change) => wanted[change]! >= count)
    return cut({ environment, design, changes: more }, counts[at - 1] ?? 0, count)
  })
}

/** Of all pull requests: so many as it takes to tell whether the aim is met, and 5 % where there is none. */
function shareOf(environment: EnvironmentName, design: Design, slower: number): Share {
  if (environment === 'typical' && design === 'side by side') return slower === 1 || slower === 1.1 ? 1 : 0.05
  const isAimedAt = slower === 1 && environment === (design === 'side by side' ? 'hostile' : 'typical')
  return isAimedAt ? 0.25 : 0.05
}

function cut(what: Pick<Piece, 'environment' | 'design' | 'changes'>, from: number, to: number): readonly Piece[] {
  const most = AT_ONCE[what.design]
  return Array.from({ length: Math.ceil((to - from) / most) }, (_, part) => {
    const first = from + part * most
    return { ...what, from: first, count: Math.min(most, to - first) }
  })
}

/** What becomes of a piece. */
export function judged(piece: Piece): Cells {
  const outcomes = new Map<CellName, Outcome[]>()
  const keep = (gate: GateName, slower: number, outcome: Outcome) => {
    const name = cellName(piece, gate, slower)
    const known = outcomes.get(name)
    if (known) known.push(outcome)
    else outcomes.set(name, [outcome])
  }
  if (piece.design === 'side by side') judgeSides(piece, keep)
  else judgeStored(piece, keep)
  return Object.fromEntries([...outcomes].map(([name, all]) => [name, tallyOf(all)]))
}

type Keep = (gate: GateName, slower: number, outcome: Outcome) => void

function judgeSides(piece: Piece, keep: Keep): void {
  for (let n = piece.from; n < piece.from + piece.count; n++)
    for (const slower of piece.changes)
      keep(SHARP, slower, sideBySide(ENVIRONMENTS[piece.environment], slower, [...seedsOf(piece), n, slower * 100]))
}

function judgeStored(piece: Piece, keep: Keep): void {
  const environment: Environment = ENVIRONMENTS[piece.environment]
  const machines = piece.design === 'stored, mixed' ? environment : oneModel(environment)
  const pullRequests = pullRequestsOf(machines, piece.changes, [...seedsOf(piece), piece.from])
  for (let n = 0; n < piece.count; n++)
    for (const [at, answers] of pullRequests.next().value.entries())
      for (const [gate, outcome] of Object.entries(answers)) keep(gate, piece.changes[at]!, outcome)
}

function seedsOf({ environment, design }: Piece): readonly number[] {
  return [SEED, NAMES.indexOf(environment), DESIGNS.indexOf(design)]
}

export function together(parts: readonly Cells[]): Cells {
  const sum: Record<CellName, Tally> = {}
  for (const part of parts)
    for (const [name, tally] of Object.entries(part)) sum[name] = added(sum[name] ?? NONE, tally)
  return sum
}
