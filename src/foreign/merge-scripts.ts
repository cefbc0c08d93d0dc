import { blockLength, intervalLength } from '../engine/interval.ts'
import type { Intervals, ScriptFigures, ShardResult, StepCounts } from '../engine/shard-result.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { addedCounts, addedIntervals, sum } from '../result/added-counts.ts'
import type { RunResult, StepResult } from '../result/result.ts'
import { flawOf } from '../result/shard-flaw.ts'
import type { Ms } from '../units.ts'
import { foreignResult } from './foreign-result.ts'
import { JMETER_CSV } from './jmeter-csv.ts'
import { namesAt, OTHERS, placeOf } from './label.ts'
import { stepsOf } from './survey.ts'

/** What came of the workers that ran a script. */
export interface ScriptShards {
  /** By index; undefined of a worker that was lost. */
  readonly shards: readonly (ShardResult | undefined)[]
  /** What became of those, one sentence each. */
  readonly lost: readonly string[]
  /** Of those whose run was no whole one, one sentence each; what they measured counts. */
  readonly early?: readonly string[] | undefined
}

type Scripted = ShardResult & { readonly script: ScriptFigures }

/**
 * The sum of workers that have run the whole script each. Counts and histograms are added up, so it is exact. As of workers
 * that begin one after another, the time of each counts from its own first request: how long a Java takes to start says
 * nothing of the target.
 * @param redact for labels and last words, which are text from outside
 */
export function mergeScripts(
  plan: LoadPlan,
  { shards, lost, early = [] }: ScriptShards,
  redact: (text: string) => string,
): RunResult {
  const flaws = shards.map((shard, index) => shard && flawOf(shard, plan, { index, count: shards.length }))
  const sound = shards.filter((shard, index): shard is Scripted => shard?.script !== undefined && !flaws[index])
  const flawed = flaws.flatMap((flaw, index) => (flaw ? `Worker ${index + 1} of ${shards.length}: ${flaw}` : []))
  const versions = [...new Set(sound.flatMap(({ script }) => script.version ?? []))].sort()
  const mixed = versions.length > 1 ? [`The workers have different versions of JMeter: ${versions.join(', ')}`] : []
  const problems = [...lost, ...flawed, ...early, ...mixed].map(redact)
  const [version] = versions
  const script = plan.script && redact(plan.script.file)
  const merged = measuredBy(sound, redact)
  const source = { ...merged.source!, ran: version && script ? { version, script } : undefined }
  return {
    ...merged,
    source,
    fingerprint: { ...merged.fingerprint, generator: `JMeter ${versions.join(' and ')}` },
    shards: { expected: shards.length, reported: sound.length, lost: problems },
    complete: problems.length === 0 && sound.length === shards.length && sound.every(({ complete }) => complete),
  }
}

function measuredBy(shards: readonly Scripted[], redact: (text: string) => string): RunResult {
  const { tool, form, untold, remarks, grain } = JMETER_CSV
  const measured = Math.max(0, ...shards.map(({ script }) => script.measured))
  const users = sum(shards, ({ script }) => script.users)
  const { steps, folded } = addedSteps(shards, blockLength(measured), redact)
  return foreignResult({
    sha256: '',
    name: undefined,
    source: {
      ...{ tool, form, untold, remarks, grain },
      users: users > 0 ? users : undefined,
      // The rare ones of two workers may be the same.
      together: Math.max(folded, ...shards.map(({ script }) => script.together)),
      sums: sum(shards, ({ script }) => script.sums),
    },
    startedAt: shards.reduce((first, { startedAt }) => Math.min(first, startedAt), shards[0]?.startedAt ?? 0),
    target: '',
    measured,
    dropped: 0,
    iterations: undefined,
    steps,
    intervals: addedIntervals(
      shards.map(({ intervals }) => cutInto(intervals, intervalLength(measured))),
      intervalLength(measured),
    ),
  })
}

/** By their labels, of which each worker has seen its own. */
function addedSteps(shards: readonly Scripted[], block: Ms, redact: (text: string) => string) {
  const parts = shards.flatMap(({ steps, script }) =>
    steps.map((counts, at) => {
      const { scenario, step } = script.names[at]!
      return { place: placeOf({ scenario: redact(scenario), step: redact(step) }), counts }
    }),
  )
  const byPlace = Map.groupBy(parts, ({ place }) => place)
  const kept = stepsOf(new Map([...byPlace].map(([place, same]) => [place, sum(same, ({ counts }) => counts.sent)])))
  const byStep = Map.groupBy(parts, ({ place }) => (kept.has(place) ? place : OTHERS))
  const steps = [...kept].map(([place, id]): StepResult => {
    const same = (byStep.get(place) ?? []).map(({ counts }) => withBlocks(counts, block))
    return { id, ...namesAt(place), ...addedCounts(same, block), firstByte: undefined }
  })
  return { steps, folded: byPlace.size > kept.size ? byPlace.size - kept.size + 1 : 0 }
}

function withBlocks(counts: StepCounts, block: Ms): StepCounts {
  return { ...counts, blocks: cutInto(counts.blocks, block) }
}

/** The length of intervals and blocks of any window is a multiple of that of intervals of any shorter one. */
function cutInto({ length, records }: Intervals, wanted: Ms): Intervals {
  return {
    length: wanted,
    records: records.map((record) => ({ ...record, index: Math.floor((record.index * length) / wanted) })),
  }
}
