import type { ScenarioSection } from './grammar.ts'
import { listSteps, type StepEntry } from './list-steps.ts'
import type { Block, Scenario, Step } from './profile.ts'
import { readBlock, repeatsAreBounded } from './read-blocks.ts'
import { isPause, readStep } from './read-step.ts'
import { complain, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { show } from './show.ts'
import { stepNames } from './step-names.ts'
import { keysAt, nodeAt, type Path } from './tree.ts'

type Section = Loose<typeof ScenarioSection>

/** A scenario and its request steps as far as their names are known, in a profile that may be broken elsewhere. */
export interface Named {
  readonly scenario: string
  readonly steps: readonly string[]
  /** Those of them whose answers are streams of events. */
  readonly ofEvents: readonly string[]
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
  const list = listSteps(reading, section, path)
  const { entries } = list
  const names = stepNames(reading, entries)
  const captures = entries.map((entry) => keysAt(reading.root, [...entry.path, 'capture']))
  const scopeBehind = (known: number) => ({
    sources,
    captured: captures.slice(0, known).flat(),
    later: captures.slice(known).flat(),
  })
  const steps = entries.map((entry, index) => {
    // Those beside a page know what it has captured, and not what the others have.
    const scope = scopeBehind(entry.page === undefined ? index : entry.page + 1)
    return readStep(reading, entry, { name: names[index], scope })
  })
  const blocks = list.blocks.map((block) => readBlock(reading, block, scopeBehind(block.from)))
  const bounded = repeatsAreBounded(reading, list, { steps, blocks })
  const node = nodeAt(reading.root, stepsPath)
  const again = list.whole ? entries.filter(({ once }) => !once) : []
  const onlyPauses = again.length > 0 && again.every((entry) => isPause(reading, entry.path))
  const mayBeNothing = again.length > 0 && !onlyPauses && again.every((entry) => mayBeSkipped(reading, entry))
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
  const broken =
    isBroken(reading, [...path, 'once']) ||
    node?.kind !== 'list' ||
    !list.whole ||
    !bounded ||
    onlyPauses ||
    mayBeNothing
  return {
    scenario: broken ? undefined : scenarioOf(section, { steps, blocks }),
    named: {
      scenario: section.name,
      steps: names.filter((name) => name !== undefined),
      ofEvents: names.filter(
        (name, index) => name !== undefined && keysAt(reading.root, entries[index]!.path).includes('events'),
      ) as readonly string[],
      whole: list.whole && entries.every((entry, index) => names[index] !== undefined || isPause(reading, entry.path)),
    },
  }
}

/** Whether something is there that is no list; that is in the log. */
function isBroken({ root }: Reading, path: Path): boolean {
  const node = nodeAt(root, path)
  return node !== undefined && node.kind !== 'list'
}

function mayBeSkipped(reading: Reading, { path, optional }: StepEntry): boolean {
  if (optional || isPause(reading, path)) return true
  return keysAt(reading.root, path).some((key) => key === 'chance' || key === 'when')
}

function scenarioOf(
  { name, weight = 1, pace }: Section,
  read: { readonly steps: readonly (Step | undefined)[]; readonly blocks: readonly (Block | undefined)[] },
): Scenario | undefined {
  const steps = read.steps.filter((step) => step !== undefined)
  const blocks = read.blocks.filter((block) => block !== undefined)
  if (name === undefined || steps.length < read.steps.length || blocks.length < read.blocks.length) return undefined
  return { name, weight, steps, ...(blocks.length > 0 && { blocks }), ...(pace && { pace }) }
}
