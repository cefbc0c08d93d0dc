import { identifierOf, uniqueIdentifier } from '../names.ts'
import { secretSpans, withSpans } from '../secret-spans.ts'
import { isSecret, type Secrets } from '../secrets.ts'
import { literal } from '../text.ts'
import { isBelow, isNow } from './fill.ts'
import type { SentLeaf } from './leaves.ts'
import { IDENTITY, type Journey, type Move } from './passes.ts'

/** What differed from pass to pass as a table, and where its columns are used. */
export interface Rows {
  readonly columns: readonly string[]
  /** As a data file has them whose values may be taken from the environment. */
  readonly rows: readonly (readonly string[])[]
  /** Whether a value is to be taken from the environment. */
  readonly env: boolean
  /** Whether each row is another person. */
  readonly people: boolean
  /** Name of the column, or a call, by the place in a request. */
  readonly cells: ReadonlyMap<Move, ReadonlyMap<string, string>>
  /** By the name of the column: the values of each pass of all journeys. */
  readonly values: ReadonlyMap<string, readonly string[]>
}

interface Asked {
  /** Values that an answer has brought, by what they are captured: they are no data. */
  readonly brought: ReadonlySet<string>
  readonly secrets: Secrets
}

interface Column {
  readonly name: string
  /** What it is called in the request. */
  readonly field: string
  /** One for each pass of all journeys. */
  readonly values: readonly string[]
  readonly ofLogin: boolean
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/i
/** A shorter text of one person may stand elsewhere by accident. */
const TELLING = 5

/** Undefined where nothing differs, and nobody says who they are. */
export function rowsOf(journeys: readonly Pick<Journey, 'passes'>[], asked: Asked): Rows | undefined {
  const all = journeys.flatMap(({ passes }) => passes)
  const names = new Set<string>()
  const columns = new Map<string, Column>()
  const add = ({ leaf, values }: Differing, ofLogin: boolean) => {
    if (columns.has(keyOf(values))) return
    const name = uniqueIdentifier(columnName(leaf), names)
    columns.set(keyOf(values), { name, field: leaf.name, values, ofLogin })
  }
  for (const found of loginValues(all, asked)) add(found, true)
  const places = journeys.map(({ passes }) => inAll(passes, asked))
  const differing = journeys.length === 1 ? places.flat().filter(({ values }) => new Set(values).size > 1) : []
  const made = new Map<SentLeaf, string>()
  for (const alike of Map.groupBy(differing, ({ values }) => keyOf(values)).values()) {
    const [first] = alike
    if (alike.length === 1 && first!.values.every((value) => UUID.test(value))) made.set(first!.leaf, 'uuid()')
    else add(first!, false)
  }
  if (columns.size === 0 && made.size === 0) return undefined
  const cells = new Map<Move, Map<string, string>>()
  let begin = 0
  for (const [at, { passes }] of journeys.entries()) {
    const end = begin + passes.length
    const own = new Map<string, Column>(
      [...columns.values()].map((column) => [keyOf(column.values.slice(begin, end)), column] as const).reverse(),
    )
    for (const place of places[at]!) {
      const name = made.get(place.leaf) ?? columnFor(place, own.get(keyOf(place.values)))
      if (name === undefined || isBroken(place)) continue
      cells.set(place.move, (cells.get(place.move) ?? new Map()).set(place.leaf.place, name))
    }
    begin = end
  }
  const values = new Map([...columns.values()].map((column) => [column.name, column.values]))
  return { ...tableOf([...columns.values()], all, asked), cells, values }
}

const keyOf = (values: readonly string[]) => JSON.stringify(values)

/** A place of the first pass with the values that each pass has there. */
interface Differing {
  readonly move: Move
  readonly leaf: SentLeaf
  readonly values: readonly string[]
}

/** The same values may stand in two places by accident, where they are short and there are few of them. */
function columnFor({ leaf, values }: Differing, column: Column | undefined): string | undefined {
  const sure = new Set(values).size > 1 || column?.field === leaf.name || leaf.value.length >= TELLING
  return sure ? column?.name : undefined
}

/** What those who log in say: who they are, and whatever else is not the same for all. */
function loginValues(passes: readonly (readonly Move[])[], asked: Asked): readonly Differing[] {
  const logins = passes.map((pass) => pass.filter(({ login }) => login).slice(0, 1))
  return inAll(logins, asked).filter(({ leaf, values }) => {
    if (values.some((value) => value === '')) return false
    return new Set(values).size > 1 || (IDENTITY.test(leaf.name) && !isSecret(leaf.name, leaf.value))
  })
}

/** The places that all passes have, and in which there is nothing that is known otherwise. */
function inAll(passes: readonly (readonly Move[])[], { brought }: Asked): readonly Differing[] {
  const [first = [], ...others] = passes
  return first.flatMap((move, at) => {
    // Passes are equal from their ends on: those that came later may lack the beginning.
    const twins = others.map((pass) => pass[at - first.length + pass.length])
    const places = twins.map((twin) => new Map(twin?.leaves.map((leaf) => [leaf.place, leaf.value])))
    const { path, entry } = move.taken
    const location = [...brought].find((text) => text.startsWith('/') && (path === text || isBelow(path, text)))
    const pieces = location?.split('/').length ?? 0
    return move.leaves.flatMap((leaf) => {
      const { value, place } = leaf
      if (place === '' || brought.has(value) || isNow(value, entry.begun)) return []
      if (place.startsWith('path ') && Number(place.slice(5)) < pieces) return []
      const values = [value, ...places.flatMap((values) => values.get(place) ?? [])]
      return values.length === passes.length ? [{ move, leaf, values }] : []
    })
  })
}

const NUMBER = /^-?\d+(?:\.\d+)?$/

/** In JSON with numbers that are filled in, texts are put as they are: one that JSON has to escape would break it. */
function isBroken({ move: { leaves }, leaf: { place }, values }: Differing): boolean {
  if (!place.startsWith('json ') || values.every((text) => JSON.stringify(text).length === text.length + 2))
    return false
  return leaves.some((leaf) => leaf.place.startsWith('json ') && NUMBER.test(leaf.value))
}

function tableOf(columns: readonly Column[], passes: readonly (readonly Move[])[], { secrets }: Asked) {
  const byTime = passes
    .map((pass, at) => ({ at, begun: pass[0]?.taken.entry.begun ?? 0 }))
    .toSorted((a, b) => a.begun - b.begun)
  const written = byTime.map(({ at }) =>
    columns.map(({ field, values }) => {
      const value = values[at]!
      return isSecret(field, value)
        ? secrets.replace(field, value)
        : withSpans(value, secretSpans(value, undefined, secrets), secrets)
    }),
  )
  const env = written.some((row, n) => row.some((text, at) => text !== literal(columns[at]!.values[byTime[n]!.at]!)))
  const plain = byTime.map(({ at }) => columns.map(({ values }) => values[at]!))
  const rows = [...new Map((env ? written : plain).map((row) => [JSON.stringify(row), row])).values()]
  const who = columns.flatMap(({ ofLogin, field }, at) => (ofLogin && IDENTITY.test(field) ? [at] : []))
  const people =
    who.length > 0 && new Set(rows.map((row) => JSON.stringify(who.map((at) => row[at])))).size === rows.length
  return { columns: columns.map(({ name }) => name), rows, env, people }
}

/** Named after the field; a piece of a path after what stands before it. */
function columnName({ name, place }: SentLeaf): string {
  if (/^authorization$/i.test(name)) return 'token'
  if (place.startsWith('path ')) return identifierOf(name.replace(/(?<=[a-z]{2})(?<!s)s$/, ''), 'value')
  return /^[A-Za-z_]\w{0,39}$/.test(name) ? name : identifierOf(name, 'value')
}
