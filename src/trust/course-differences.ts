import { meanPace } from '../plan/expected.ts'
import { isBeside } from '../profile/beside.ts'
import type { Flow, Pace, Scenario } from '../profile/profile.ts'
import { type Difference, numberDiffers, textDiffers } from './difference.ts'
import { flowDifferences } from './step-differences.ts'

/** How a scenario is gone through: what is sent beside what, which steps are gone through together, and how quickly. */
export function courseDifferences(before: Scenario, after: Scenario): readonly Difference[] {
  const [was, is] = [placesIn(before), placesIn(after)]
  const both = [...was.keys()].filter((name) => is.has(name))
  const told = new Set<string>()
  return [
    ...both.flatMap((name) =>
      textDiffers(`step "${name}" of "${before.name}": sent`, was.get(name)!.beside, is.get(name)!.beside),
    ),
    ...both.flatMap((name) => {
      const [around, aroundNow] = [was.get(name)!.around, is.get(name)!.around]
      // Of all that stand within the same, once.
      const within = JSON.stringify([around, aroundNow])
      if (told.has(within)) return []
      told.add(within)
      return blockDifferences(`steps with "${name}" of "${before.name}"`, around, aroundNow)
    }),
    ...paceDifferences(`scenario "${before.name}": pace`, before.pace, after.pace),
  ]
}

interface Place {
  readonly beside: string
  readonly around: readonly Flow[]
}

/** Of each request, by its name. */
function placesIn({ steps, blocks = [] }: Scenario): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>()
  let page = ''
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'request') continue
    const around = blocks.filter(({ from, to }) => from <= index && index < to).map(({ flow }) => flow)
    if (!isBeside(step)) page = step.name
    places.set(step.name, { beside: isBeside(step) ? `beside "${page}"` : 'in turn', around })
  }
  return places
}

/** Blocks within each other are as one that has the chance of all, and is gone through as often as all together. */
function blockDifferences(what: string, before: readonly Flow[], after: readonly Flow[]): readonly Difference[] {
  const found = flowDifferences(what, asOne(before), asOne(after))
  return found.length > 0 ? found : textDiffers(`${what}: repeated`, repeatsOf(before), repeatsOf(after))
}

function asOne(flows: readonly Flow[]): Flow {
  const times = (read: (flow: Flow) => number) => flows.reduce((product, flow) => product * read(flow), 1)
  return {
    chance: times(({ chance }) => chance ?? 1),
    when: flows.flatMap(({ when }) => when),
    repeat: { from: times(({ repeat }) => repeat.from), to: times(({ repeat }) => repeat.to), between: undefined },
  }
}

function repeatsOf(flows: readonly Flow[]): string {
  return JSON.stringify(flows.map(({ repeat }) => repeat))
}

/** Slower users send less. */
function paceDifferences(what: string, before: Pace | undefined, after: Pace | undefined): readonly Difference[] {
  const mean = numberDiffers(what, [meanPace(before), meanPace(after)], 'looser', String)
  return mean.length > 0 ? mean : textDiffers(what, paceText(before), paceText(after))
}

function paceText(pace: Pace | undefined): string {
  if (pace === undefined) return 'the same for all'
  return pace.shape === undefined ? `${pace.from} to ${pace.to}` : `${pace.mean} ± ${pace.deviation}`
}
