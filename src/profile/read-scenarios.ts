import type { ScenarioSection } from './grammar.ts'
import { METHODS } from './grammar-step.ts'
import type { Scenario, Step } from './profile.ts'
import { readRequest } from './read-request.ts'
import { complain, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { show } from './show.ts'
import { type StepEntry, stepNames } from './step-names.ts'
import { keysAt, nodeAt, type Path } from './tree.ts'

type Section = Loose<typeof ScenarioSection>
type StepSection = NonNullable<Section['steps']>[number]

/** A scenario and its request steps as far as their names are known, in a profile that may be broken elsewhere. */
export interface Named {
  readonly scenario: string
  readonly steps: readonly string[]
}

export interface ReadScenarios {
  readonly scenarios: readonly (Scenario | undefined)[]
  readonly named: readonly Named[]
  /** False when some name could not be read. */
  readonly allNamed: boolean
}

export function readScenarios(
  reading: Reading,
  sections: readonly (Section | undefined)[],
  { path, sources }: { readonly path: Path; readonly sources: readonly string[] },
): ReadScenarios {
  const names = new Map<string, number>()
  const read = sections.map((section, index) => {
    const place = [...path, index]
    const before = section?.name === undefined ? undefined : names.get(section.name)
    if (before !== undefined) {
      const why = `scenario ${before + 1} is also called ${show(section?.name ?? '')}; every scenario needs a name of its own`
      complain(reading, [...place, 'name'], 'duplicate-name', why)
    }
    if (section?.name !== undefined && before === undefined) names.set(section.name, index)
    return section && readScenario(reading, section, { path: place, sources })
  })
  return {
    scenarios: read.map((one) => one?.scenario),
    named: read.flatMap((one) =>
      one?.named.scenario === undefined ? [] : [{ ...one.named, scenario: one.named.scenario }],
    ),
    allNamed: read.every((one) => one?.named.scenario !== undefined && one.named.whole),
  }
}

function readScenario(
  reading: Reading,
  section: Section,
  { path, sources }: { readonly path: Path; readonly sources: readonly string[] },
) {
  const stepsPath = [...path, 'steps']
  const entries = [...entriesOf(section.once, [...path, 'once'], true), ...entriesOf(section.steps, stepsPath, false)]
  const names = stepNames(reading, entries)
  const captures = entries.map((entry) => keysAt(reading.root, [...entry.path, 'capture']))
  const steps = entries.map((entry, index) => {
    const scope = { sources, captured: captures.slice(0, index).flat(), later: captures.slice(index).flat() }
    const step = entry.section && readStep(reading, entry.section, { path: entry.path, name: names[index], scope })
    return step && entry.once ? { ...step, once: true as const } : step
  })
  const node = nodeAt(reading.root, stepsPath)
  const again = entries.filter(({ once }) => !once)
  const onlyPauses = again.length > 0 && again.every((entry) => isPause(reading, entry.path))
  const mayBeNothing = again.length > 0 && !onlyPauses && again.every((entry) => mayBeSkipped(reading, entry.path))
  if (mayBeNothing)
    complain(
      reading,
      stepsPath,
      'missing-key',
      'each request of this scenario may be skipped; one needs to be without "chance" and "when"',
      'head',
    )
  if (onlyPauses)
    complain(reading, stepsPath, 'missing-key', 'this scenario sends nothing; add a step such as "get: /"', 'head')
  const broken = isBroken(reading, [...path, 'once']) || node?.kind !== 'list' || onlyPauses || mayBeNothing
  const complete = steps.every((step) => step !== undefined) && !broken
  return {
    scenario:
      section.name !== undefined && complete
        ? { name: section.name, weight: section.weight ?? 1, steps: steps.filter((step) => step !== undefined) }
        : undefined,
    named: {
      scenario: section.name,
      steps: names.filter((name) => name !== undefined),
      whole: entries.every((entry, index) => names[index] !== undefined || isPause(reading, entry.path)),
    },
  }
}

function entriesOf(sections: Section['steps'], path: Path, once: boolean): readonly StepEntry[] {
  return (sections ?? []).map((section, index) => ({ section, path: [...path, index], once }))
}

/** Whether something is there that is no list; that is in the log. */
function isBroken({ root }: Reading, path: Path): boolean {
  const node = nodeAt(root, path)
  return node !== undefined && node.kind !== 'list'
}

function mayBeSkipped(reading: Reading, path: Path): boolean {
  return isPause(reading, path) || keysAt(reading.root, path).some((key) => key === 'chance' || key === 'when')
}

function isPause({ root }: Reading, path: Path): boolean {
  return keysAt(root, path).includes('think')
}

const KINDS: readonly string[] = [...METHODS, 'think']

function readStep(
  reading: Reading,
  section: NonNullable<StepSection>,
  {
    path,
    name,
    scope,
  }: {
    readonly path: Path
    readonly name: string | undefined
    readonly scope: Parameters<typeof readRequest>[2]['scope']
  },
): Step | undefined {
  const keys = keysAt(reading.root, path)
  const [kind, second] = keys.filter((key) => KINDS.includes(key))
  if (kind === undefined) {
    // An unknown key is most likely the one, misspelt, and reported already.
    if (keys.some((key) => !(key in section))) return undefined
    const what = `a step needs one of ${METHODS.join(', ')} with a path, or think with a duration`
    complain(reading, path, 'missing-key', what, 'head')
    return undefined
  }
  if (second !== undefined) {
    const why = `a step is one request or one pause; begin a new "- " entry for "${second}"`
    complain(reading, [...path, second], 'conflict', why, 'head')
    return undefined
  }
  if (kind !== 'think') return name === undefined ? undefined : readRequest(reading, section, { path, name, scope })
  const odd = keys.find((key) => key !== 'think' && key in section)
  if (odd !== undefined) complain(reading, [...path, odd], 'conflict', `a pause has no "${odd}"; remove it`, 'head')
  return section.think && odd === undefined ? { kind: 'think', ...section.think } : undefined
}
