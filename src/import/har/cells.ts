import { isSecret } from '../secrets.ts'
import { literal, pathText, reference } from '../text.ts'
import { type Choice, isTaken } from './choose.ts'
import type { Taken } from './dynamic.ts'
import { placeOf } from './leaves.ts'
import type { Move } from './passes.ts'
import type { Rows } from './rows.ts'

export interface Table extends Rows {
  /** By which steps use its columns. */
  readonly source: string
}

/**
 * What stands for the values of a pass that are others in each row, by the request and the place in it.
 * @param assets addresses of what pages brought along, in all passes
 * @param alone whether its passes are all that the tables are of
 */
export function cellsIn(
  { moves, choices }: { readonly moves: readonly Move[]; readonly choices: readonly Choice[] },
  tables: readonly Table[],
  { assets, alone }: { readonly assets: ReadonlySet<string>; readonly alone: boolean },
): ReadonlyMap<Taken, ReadonlyMap<string, string>> {
  const template = (source: string, column: string) => reference(column.endsWith('()') ? column : `${source}.${column}`)
  const ofMoves = moves.map(({ taken }, at) => {
    const own = tables.flatMap(({ source, cells }) =>
      [...(cells.get(moves[at]!) ?? [])].map(([place, column]) => [place, template(source, column)] as const),
    )
    return [taken, new Map(own)] as const
  })
  const parts = alone ? choices.filter(isTaken).filter(({ asset }) => asset) : []
  const ofParts = parts.map((part) => {
    const own = tables.flatMap(({ source, values }) => [...cellsOfPart(part, { source, values, all: assets })])
    return [part, new Map(own)] as const
  })
  return new Map([...ofMoves, ...ofParts].filter(([, cells]) => cells.size > 0))
}

/** Columns that are looked for in each address. */
const MOST_COLUMNS = 20

interface Asked {
  readonly source: string
  /** By column: the value of the pass that is written first, then those of all others. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** Addresses of what pages brought along, in all passes. */
  readonly all: ReadonlySet<string>
}

/** The pieces of an address in which a value of the row stands, where the other passes asked for the same with theirs. */
function cellsOfPart({ path }: Taken, { source, values, all }: Asked): ReadonlyMap<string, string> {
  const cells = new Map<string, string>()
  if (path.includes('?')) return cells
  const pieces = path.split('/')
  for (const [column, [own = '', ...others]] of [...values].slice(0, MOST_COLUMNS)) {
    if (own === '' || isSecret(column, own) || others.every((value) => value === own)) continue
    const alone = new RegExp(`(?<![A-Za-z0-9])${RegExp.escape(own)}(?![A-Za-z0-9])`)
    const at = pieces.findIndex((piece) => alone.test(piece))
    const piece = pieces[at] ?? ''
    const withValue = (value: string) =>
      pieces
        .with(
          at,
          piece.replace(alone, () => value),
        )
        .join('/')
    if (at < 0 || cells.has(placeOf.piece(at)) || !others.every((value) => all.has(withValue(value)))) continue
    const [before = '', after = ''] = [
      piece.slice(0, piece.search(alone)),
      piece.slice(piece.search(alone) + own.length),
    ]
    const written = [before, after].map((text) => pathText(literal(text)))
    cells.set(placeOf.piece(at), `${written[0]}${reference(`${source}.${column}`)}${written[1]}`)
  }
  return cells
}
