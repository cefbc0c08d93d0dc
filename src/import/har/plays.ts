import type { DraftData } from '../draft.ts'
import { identifierOf, unique, uniqueIdentifier } from '../names.ts'
import type { Secrets } from '../secrets.ts'
import type { Uploads } from '../uploads.ts'
import { cellsIn, type Table } from './cells.ts'
import { type Choice, isTaken } from './choose.ts'
import { dataFile } from './data-file.ts'
import { type Dynamic, findDynamic, type Taken } from './dynamic.ts'
import { endOfOnce } from './once.ts'
import { type Journey, journeysOf, type Move, movesOf } from './passes.ts'
import { type Rows, rowsOf } from './rows.ts'

/** What becomes a scenario. */
export interface Play {
  readonly name: string
  readonly weight: number | undefined
  /** One pass of it with all that was loaded and left out meanwhile. */
  readonly choices: readonly Choice[]
  /** Before it began. */
  readonly earlier: readonly Choice[]
  readonly dynamic: Dynamic
  /** What is another value in each row, by its place in the request. */
  readonly cells: ReadonlyMap<Taken, ReadonlyMap<string, string>>
  /** Up to here it is done at the beginning of a user's life; undefined where all of it is repeated. */
  readonly once: Taken | undefined
  /** Whose answers have to be a redirect again. */
  readonly logins: ReadonlySet<Taken>
}

export interface Plays {
  readonly plays: readonly Play[]
  readonly data: readonly DraftData[]
  /** As many as there are people. */
  readonly users: number
}

interface Made {
  readonly name: string
  readonly secrets: Secrets
  readonly uploads: Uploads
}

/** The scenarios of a recording, of which it may hold several passes. */
export function playsOf(choices: readonly Choice[], made: Made): Plays {
  const moves = movesOf(choices.filter(isTaken).filter(({ asset }) => !asset))
  const found = journeysOf(moves)
  const parts = partsOf(found, choices, moves)
  const tables = tablesOf(parts, made.secrets)
  // The same again and again, and nothing differs: whoever did that wanted it so.
  const pointless = tables.length === 0 && parts.some(({ passes }) => passes.length > 1)
  if (pointless && !moves.some(({ login }) => login))
    return written(partsOf([{ before: [], passes: [moves] }], choices, moves), [], { ...made, choices })
  return written(parts, tables, { ...made, choices })
}

interface Part extends Journey {
  readonly moves: readonly Move[]
  readonly choices: readonly Choice[]
  readonly earlier: readonly Choice[]
  readonly dynamic: Dynamic
}

/** Each journey with one of its passes, and all that went on meanwhile. */
function partsOf(journeys: readonly Journey[], choices: readonly Choice[], moves: readonly Move[]): readonly Part[] {
  const byTaken = new Map<Choice, Move>(moves.map((move) => [move.taken, move]))
  let last = moves[0]
  const owners = choices.map((choice) => {
    last = byTaken.get(choice) ?? last
    return last
  })
  return journeys.map((journey) => {
    const own = [...journey.before, ...(journey.passes[0] ?? [])]
    const set = new Set<Move | undefined>(own.length > 0 ? own : [undefined])
    const mine = choices.filter((_, at) => set.has(owners[at]))
    const first = owners.findIndex((owner) => set.has(owner))
    const dynamic = findDynamic(mine.filter(isTaken))
    return { ...journey, moves: own, choices: mine, earlier: choices.slice(0, Math.max(0, first)), dynamic }
  })
}

function tablesOf(parts: readonly Part[], secrets: Secrets): readonly Table[] {
  const brought = new Set(
    parts.flatMap(({ dynamic }) => [...dynamic.values, ...dynamic.unclear].map(({ value }) => value)),
  )
  const names = new Set<string>()
  const before = parts.filter((part) => part.before.length > 0).map((part) => ({ passes: [part.before] }))
  return [before, parts].flatMap((journeys) => {
    const rows = journeys.length > 0 ? rowsOf(journeys, { brought, secrets }) : undefined
    return rows ? [{ ...rows, source: uniqueIdentifier(sourceName(rows), names) }] : []
  })
}

/** Those who log in; else what the address speaks of: `/api/orders/7` of orders. */
function sourceName({ cells }: Rows): string {
  if ([...cells.keys()].some(({ login }) => login)) return 'logins'
  const [move] = cells.keys()
  const words = (move?.taken.path.split('?')[0] ?? '').split('/').filter((piece) => /^[A-Za-z][A-Za-z_-]+$/.test(piece))
  return identifierOf(words.at(-1) ?? '', 'rows')
}

function written(
  parts: readonly Part[],
  tables: readonly Table[],
  { name, uploads, choices }: Made & { readonly choices: readonly Choice[] },
): Plays {
  const data = tables.filter(({ columns }) => columns.length > 0).map((table) => dataFile(table, uploads))
  const people = tables.filter((table) => table.people).map(({ rows }) => rows.length)
  const names = new Set<string>()
  const assets = new Set(choices.filter(isTaken).flatMap(({ asset, path }) => (asset ? [path] : [])))
  const plays = parts.map((part): Play => {
    const cells = cellsIn(part, tables, { assets, alone: parts.length === 1 })
    const logins = new Set(part.moves.filter(({ login }) => login).map(({ taken }) => taken))
    return {
      name: unique(parts.length > 1 ? nameOf(part, parts, name) : name, names),
      weight: parts.length > 1 ? part.passes.length : undefined,
      choices: part.choices,
      earlier: part.earlier,
      dynamic: part.dynamic,
      cells,
      once: part.before.at(-1)?.taken ?? endOfOnce(part, people.length > 0 || cells.size === 0),
      logins,
    }
  })
  return { plays, data, users: Math.max(1, ...people) }
}

/** After what is done in it alone. */
function nameOf({ moves }: Part, parts: readonly Part[], otherwise: string): string {
  const often = (move: Move) => parts.filter((part) => part.moves.some(({ shape }) => shape === move.shape)).length
  const own = moves.filter((move) => often(move) === 1)
  const telling = own.find(({ taken }) => taken.entry.method !== 'GET') ?? own[0]
  const words = (telling?.taken.path.split('?')[0] ?? '')
    .split('/')
    .filter((piece) => /^[A-Za-z][A-Za-z_-]+$/.test(piece))
  return words.at(-1) ?? otherwise
}
