import { formatCount, formatDuration, type Ms } from '../units.ts'
import type { LoadSection } from './grammar-load.ts'
import { LONGEST_LOAD } from './grammar-values.ts'
import type { Load, Shape, Stage } from './profile.ts'
import { complain, type Reading } from './reading.ts'
import type { Level } from './scalars.ts'
import type { Loose } from './schema.ts'
import { keysAt, type Path } from './tree.ts'

type Section = Loose<typeof LoadSection>
type Model = Load['model']
type Kind = 'direct' | 'stages' | 'steps' | 'levels'

const HIGHEST: Readonly<Record<Model, number>> = { open: 1_000_000, closed: 100_000 }
const KEYS: Readonly<Record<Kind, readonly string[]>> = {
  direct: ['rate', 'users', 'to', 'for'],
  stages: ['stages'],
  steps: ['steps'],
  levels: ['levels', 'for'],
}

/** A part of the load that begins at a level of its own. */
interface Piece {
  readonly path: Path
  readonly value: { readonly rate?: Level | undefined; readonly users?: Level | undefined } | undefined
}

/**
 * The load of a profile, or of a scenario; undefined when something is wrong with it, which is then in the log.
 * @param rest how long it lasts where it does not say so; undefined where it has to
 */
export function readLoad(reading: Reading, written: Section, path: Path, rest?: Ms): Load | undefined {
  const keys = keysAt(reading.root, path)
  const section = rest === undefined || keys.includes('for') ? written : { ...written, for: rest }
  const kind = (['stages', 'steps', 'levels'] as const).find((key) => keys.includes(key)) ?? 'direct'
  const surplus = Object.values(KEYS)
    .flat()
    .find((key) => keys.includes(key) && !KEYS[kind].includes(key))
  if (surplus !== undefined) {
    const why = `"${surplus}" does not go together with "${kind}" in one load; write it inside, or remove one of the two`
    complain(reading, [...path, surplus], 'conflict', why, 'head')
    return undefined
  }
  const pieces = piecesOf(section, kind, path)
  const model = modelOf(reading, pieces)
  if (!model) return undefined
  const shape = shapeOf({ reading, section, model, path, pieces }, kind)
  return shape && complete({ reading, section, model, path, pieces }, shape)
}

function piecesOf(section: Section, kind: Kind, path: Path): readonly Piece[] {
  const inner = kind === 'stages' ? section.stages : kind === 'levels' ? section.levels : undefined
  if (inner) return inner.map((value, index) => ({ value, path: [...path, kind, index] }))
  return kind === 'steps' ? [{ value: section.steps, path: [...path, 'steps'] }] : [{ value: section, path }]
}

/** `rate` means the open model and `users` the closed one; every piece has the same one of the two. */
function modelOf(reading: Reading, pieces: readonly Piece[]): Model | undefined {
  let found: Model | undefined
  let whole = true
  for (const { path, value } of pieces) {
    const written = keysAt(reading.root, path)
    const keys = written.filter((key) => key === 'rate' || key === 'users')
    const [first] = keys
    // An unknown key beside it is most likely the one, misspelt, and reported already.
    if (first === undefined && written.every((key) => value && key in value)) {
      const what = '"rate" or "users" is missing; add one, as in "rate: 50/s" or "users: 50"'
      complain(reading, path, 'missing-key', what, 'head')
    }
    const model = first === undefined ? undefined : first === 'rate' ? 'open' : 'closed'
    const odd = keys[1] ?? (model && found && model !== found ? first : undefined)
    if (odd !== undefined) {
      const why = 'a load has either "rate" (arrivals) or "users", not both; keep one of the two throughout'
      complain(reading, [...path, odd], 'conflict', why, 'head')
    }
    whole &&= model !== undefined && odd === undefined
    found ??= model
  }
  return whole ? found : undefined
}

interface Draft {
  readonly reading: Reading
  readonly section: Section
  readonly model: Model
  readonly path: Path
  readonly pieces: readonly Piece[]
}

function shapeOf(draft: Draft, kind: Kind): Shape | undefined {
  if (kind === 'steps') return stepsOf(draft)
  if (kind === 'levels') return levelsOf(draft)
  const given = kind === 'stages' ? draft.section.stages : [draft.section]
  const stages = (given ?? []).map((stage, index) => stageOf(draft, stage, draft.pieces[index] as Piece))
  return stages.every((stage) => stage !== undefined) ? { kind: 'stages', stages } : undefined
}

function stageOf(draft: Draft, stage: NonNullable<Section['stages']>[number], piece: Piece): Stage | undefined {
  const from = startOf(draft, piece)
  const constant = !keysAt(draft.reading.root, piece.path).includes('to')
  const to = constant ? from : levelOf(draft, stage?.to, [...piece.path, 'to'])
  const isUnsaid = stage?.for === undefined && !keysAt(draft.reading.root, piece.path).includes('for')
  if (isUnsaid && piece.path === draft.path)
    complain(draft.reading, piece.path, 'missing-key', '"for" is missing; add one, as in "for: 60s"', 'head')
  return from === undefined || to === undefined || stage?.for === undefined ? undefined : { from, to, over: stage.for }
}

function stepsOf(draft: Draft): Shape | undefined {
  const { steps } = draft.section
  const path = [...draft.path, 'steps']
  const from = startOf(draft, draft.pieces[0] as Piece)
  const add = levelOf(draft, steps?.add, [...path, 'add'])
  const bounded = keysAt(draft.reading.root, path).includes('until')
  const until = bounded ? levelOf(draft, steps?.until, [...path, 'until']) : undefined
  if (add === 0) complain(draft.reading, [...path, 'add'], 'out-of-range', 'each step must add something')
  if (from !== undefined && until !== undefined && until < from)
    complain(draft.reading, [...path, 'until'], 'out-of-range', 'the highest level is below the first one')
  if (from === undefined || !add || (bounded && until === undefined)) return undefined
  if (steps?.every === undefined || steps.for === undefined) return undefined
  const reached = from + add * Math.floor(steps.for / steps.every)
  if (until === undefined && reached > HIGHEST[draft.model]) {
    complain(draft.reading, [...path, 'add'], 'out-of-range', 'the steps climb too high; bound them with "until"')
    return undefined
  }
  return { kind: 'steps', from, add, every: steps.every, until, over: steps.for }
}

function levelsOf(draft: Draft): Shape | undefined {
  const { reading, section, path } = draft
  const levels = draft.pieces.map((piece, index) => {
    const level = startOf(draft, piece)
    const at = section.levels?.[index]?.at
    const before = index > 0 ? section.levels?.[index - 1]?.at : undefined
    const place = [...piece.path, 'at']
    if (index === 0 && at !== undefined && at !== 0)
      complain(reading, place, 'out-of-range', 'the first level begins at 0s')
    if (at !== undefined && before !== undefined && at <= before)
      complain(reading, place, 'out-of-range', 'each level begins later than the one before')
    if (at !== undefined && section.for !== undefined && at >= section.for)
      complain(reading, place, 'out-of-range', `this level would begin when the load is over; lengthen "for"`)
    return level === undefined || at === undefined ? undefined : { at, level }
  })
  if (section.for === undefined && !keysAt(reading.root, path).includes('for'))
    complain(reading, path, 'missing-key', '"for" is missing; add the length of the load, as in "for: 5m"', 'head')
  if (section.for === undefined || !levels.every((level) => level !== undefined)) return undefined
  return { kind: 'levels', levels, over: section.for }
}

function startOf(draft: Draft, { value, path }: Piece): number | undefined {
  const key = draft.model === 'open' ? 'rate' : 'users'
  return levelOf(draft, value?.[key], [...path, key])
}

/** A level in the unit of the model. */
function levelOf({ reading, model }: Draft, level: Level | undefined, path: Path): number | undefined {
  if (!level) return undefined
  const { unit, value } = level
  const fail = (code: 'unknown-unit' | 'conflict' | 'out-of-range', message: string) =>
    void complain(reading, path, code, message)
  if (model === 'open' && unit === undefined) return fail('unknown-unit', `${value} has no unit; write ${value}/s`)
  if (model === 'open' && unit === 'users') return fail('conflict', 'the load is a rate; write this one per second too')
  if (model === 'closed' && unit === '/s')
    return fail('conflict', 'the load is users; write this one as a number of users')
  if (model === 'closed' && !Number.isInteger(value))
    return fail('out-of-range', `${value} is not a whole number of users`)
  if (value > HIGHEST[model])
    return fail(
      'out-of-range',
      `at most ${formatCount(HIGHEST[model])}${model === 'open' ? '/s' : ' users'} are possible`,
    )
  return value
}

/** What concerns the load as a whole: that there is some, and not for longer than a day. */
function complete({ reading, section, model, path }: Draft, shape: Shape): Load | undefined {
  const warmUp = section['warm-up'] ?? 0
  const { first, highest, over } = summary(shape)
  const problems = [
    highest === 0 && 'the load is 0 throughout; nothing would be sent',
    over + warmUp > LONGEST_LOAD &&
      `the load takes ${formatDuration(over + warmUp)}; at most ${formatDuration(LONGEST_LOAD)} are possible`,
  ]
  for (const problem of problems) if (problem) complain(reading, path, 'out-of-range', problem, 'head')
  if (highest > 0 && first === 0 && warmUp > 0)
    complain(
      reading,
      [...path, 'warm-up'],
      'conflict',
      'warm-up is sent at the first level, which is 0; begin the load above 0, or remove "warm-up"',
      'head',
    )
  return { model, warmUp, shape }
}

function summary(shape: Shape): { readonly first: number; readonly highest: number; readonly over: Ms } {
  const [highest, over] = [highestLevel(shape), lengthOfShape(shape)]
  if (shape.kind === 'steps') return { first: shape.from, highest, over }
  if (shape.kind === 'levels') return { first: shape.levels[0]?.level ?? 0, highest, over }
  return { first: shape.stages[0]?.from ?? 0, highest, over }
}

export function lengthOfShape(shape: Shape): Ms {
  return shape.kind === 'stages' ? shape.stages.reduce((sum, { over }) => sum + over, 0) : shape.over
}

/** Arrivals per second (open) or users (closed). */
export function highestLevel(shape: Shape): number {
  switch (shape.kind) {
    case 'steps': {
      const added = shape.add * (Math.ceil(shape.over / shape.every) - 1)
      return Math.min(shape.until ?? Number.POSITIVE_INFINITY, shape.from + added)
    }
    case 'levels':
      return shape.levels.reduce((high, { level }) => Math.max(high, level), 0)
    case 'stages':
      return shape.stages.reduce((high, { from, to }) => Math.max(high, from, to), 0)
  }
}
