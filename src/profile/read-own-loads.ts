import { formatDuration, type Ms } from '../units.ts'
import type { ScenarioSection } from './grammar.ts'
import type { Load, OwnLoad, Scenario } from './profile.ts'
import { lengthOfShape, readLoad } from './read-load.ts'
import { complain, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { keysAt, type Path } from './tree.ts'

type Section = Loose<typeof ScenarioSection>
type Own = Pick<Scenario, 'load' | 'background'>

interface Surroundings {
  readonly path: Path
  /** Of the profile; undefined where there is none, or it is broken. */
  readonly load: Load | undefined
}

/** What each scenario says of a load of its own, in their order; what is wrong with it is in the log. */
export function readOwnLoads(
  reading: Reading,
  sections: readonly (Section | undefined)[],
  { path, load }: Surroundings,
): readonly Own[] {
  const own = sections.map((section, at) => readOwn(reading, section ?? {}, { path: [...path, at], load }))
  if (keysAt(reading.root, []).includes('load')) {
    if (load) checkEnds(reading, own, { path, window: lengthOfShape(load.shape) })
  } else if (own.length > 0 && own.every((one) => one.load)) checkAlone(reading, own, path)
  return own
}

function readOwn(reading: Reading, section: Section, { path, load }: Surroundings): Own {
  const keys = keysAt(reading.root, path)
  const isBackground = section.background === true
  if (!keys.includes('load')) {
    const why = 'a scenario in the background has a load of its own; add "load", or remove "background"'
    if (isBackground) complain(reading, [...path, 'background'], 'conflict', why, 'head')
    return {}
  }
  const why = 'a scenario with a load of its own is not chosen by weight; remove "weight" or "load"'
  if (keys.includes('weight')) complain(reading, [...path, 'weight'], 'conflict', why, 'head')
  const place = [...path, 'load']
  const after = section.load?.after ?? 0
  const read = section.load && readLoad(reading, section.load, place, restOf(reading, load, after))
  return { ...(read && { load: { ...read, after } }), ...(isBackground && { background: true as const }) }
}

/** What is left of the load of the profile; how long that is does not matter where it is broken. */
function restOf({ root }: Reading, load: Load | undefined, after: Ms): Ms | undefined {
  if (!keysAt(root, []).includes('load')) return undefined
  return load === undefined ? 1 : Math.max(1, lengthOfShape(load.shape) - after)
}

/** Where the profile has no load, the scenarios' own loads say when it begins and how long it lasts. */
function checkAlone(reading: Reading, own: readonly Own[], path: Path): void {
  const judged = own.flatMap(({ load, background }) => (load && !background ? [load] : []))
  if (judged.length === 0) {
    complain(reading, path, 'conflict', 'all scenarios are in the background; one has to be measured', 'head')
    return
  }
  if (judged.every(({ after }) => after > 0)) {
    const first = own.findIndex(({ load, background }) => load === judged[0] && !background)
    const why = 'nothing that is measured begins at once; begin with "after: 0s" for one scenario'
    complain(reading, [...path, first, 'load', 'after'], 'out-of-range', why)
  }
  checkEnds(reading, own, { path, window: Math.max(...judged.map(endOf)) })
}

function checkEnds(
  reading: Reading,
  own: readonly Own[],
  { path, window }: { readonly path: Path; readonly window: Ms },
): void {
  for (const [at, { load }] of own.entries()) {
    if (load === undefined || endOf(load) <= window) continue
    const past =
      load.after < window ? `end at ${formatDuration(endOf(load))}` : `begin at ${formatDuration(load.after)}`
    const why = `this load would ${past}, and the measurement ends at ${formatDuration(window)}; shorten it, or begin it earlier`
    complain(reading, [...path, at, 'load'], 'out-of-range', why, 'head')
  }
}

function endOf({ after, shape }: OwnLoad): Ms {
  return after + lengthOfShape(shape)
}
