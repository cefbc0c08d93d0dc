import { toThousandths } from '../engine/active-over-time.ts'
import { intervalsIn } from '../engine/interval.ts'
import { addedIterations } from '../engine/iteration-counts.ts'
import type { IntervalRecord, Intervals } from '../engine/shard-result.ts'
import { type HistogramText, sumOf } from '../histogram.ts'
import { lengthOf } from '../plan/curve.ts'
import type { Segment } from '../plan/plan.ts'
import type { Ms } from '../units.ts'
import { addedEvents } from './added-events.ts'
import { mergedFunctions } from './function-health.ts'
import { addedMessages } from './message-counts.ts'
import type { GeneratorHealth, RunResult, StepResult, WorkerFigures } from './result.ts'
import { firstOfEach } from './worker-figures.ts'

/**
 * Rounds of the same plan as one run: sums where they add up, the worst round where they do not. The window is that of all
 * rounds one behind the other, and so are the intervals. At least one round; id, commit and target are the first one's.
 */
export function mergeRounds(results: readonly RunResult[]): RunResult {
  const [first] = results
  if (first === undefined) throw new RangeError('no round to merge')
  const { plan } = first
  const shards = results.map((result) => result.shards)
  return {
    ...first,
    plan: {
      ...plan,
      measured: sum(results, (r) => r.plan.measured),
      warmUp: sum(results, (r) => r.plan.warmUp),
      curve: allOf(results.map((r) => r.plan.curve)),
    },
    shards: {
      expected: sum(shards, ({ expected }) => expected),
      reported: sum(shards, ({ reported }) => reported),
      lost: shards.flatMap(({ lost }) => lost),
    },
    complete: results.every(({ complete }) => complete),
    iterations: sumByKey(results.map(({ iterations }) => iterations)),
    warmUp: sumByKey(results.map(({ warmUp }) => warmUp)),
    ...mergedGroups(results),
    steps: first.steps.map((_, at) =>
      mergedStep(
        results.map(({ steps }) => steps[at]!),
        plan.measured,
      ),
    ),
    intervals: continued(
      results.map(({ intervals }) => intervals),
      plan.measured,
    ),
    active: continuedActive(
      results.map(({ active, intervals }) => active && { active, length: intervals.length }),
      plan.measured,
    ),
    health: mergedHealth(results.map(({ health }) => health)),
    workers: mergedWorkers(allOf(results.map(({ workers }) => workers))),
    examples: mergedExamples(
      results.map(({ examples }) => examples),
      plan.measured,
    ),
  }
}

/** The plan is the same in all of them, and so are the groups. */
function mergedGroups(results: readonly RunResult[]): Pick<RunResult, 'groups' | 'background'> {
  const [{ groups, background, plan }] = results as readonly [RunResult, ...RunResult[]]
  const rounds = each(results.map((result) => result.groups))
  const backgrounds = each(results.map((result) => result.background))
  return {
    ...(groups &&
      rounds && {
        groups: groups.map((group, at) => ({
          ...group,
          curve: rounds.flatMap((round) => padded(round[at]!.curve, plan.measured)),
          iterations: addedIterations(rounds.map((round) => round[at]!.iterations)),
        })),
      }),
    ...(background &&
      backgrounds && {
        background: {
          warmUp: sumByKey(backgrounds.map(({ warmUp }) => warmUp)),
          steps: background.steps.map((_, at) =>
            mergedStep(
              backgrounds.map(({ steps }) => steps[at]!),
              plan.measured,
            ),
          ),
        },
      }),
  }
}

/** At 0 from its end to that of the window. */
function padded(curve: readonly Segment[], measured: Ms): readonly Segment[] {
  const rest = measured - lengthOf(curve)
  return rest > 0 ? [...curve, { from: 0, to: 0, over: rest }] : curve
}

/** The worker of a number in one round has no more to do with that in another than that it has the same share of the load. */
function mergedWorkers(workers: readonly WorkerFigures[] | undefined): RunResult['workers'] {
  if (workers === undefined) return undefined
  return [...Map.groupBy(workers, ({ number }) => number)]
    .sort(([a], [b]) => a - b)
    .map(([number, same]) => ({
      number,
      sent: sum(same, ({ sent }) => sent),
      failed: sum(same, ({ failed }) => failed),
      p95: worstOf(same.map(({ p95 }) => p95)),
      latenessP99: worstOf(same.map(({ latenessP99 }) => latenessP99)),
      loopDelayP99: worst(same, ({ loopDelayP99 }) => loopDelayP99),
      loopUtilisation: worst(same, ({ loopUtilisation }) => loopUtilisation),
      cpu: worst(same, ({ cpu }) => cpu),
      longestPause: worst(same, ({ longestPause }) => longestPause),
      startedAfter: worst(same, ({ startedAfter }) => startedAfter),
    }))
}

function worstOf(values: readonly (Ms | undefined)[]): Ms | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function mergedExamples(rounds: readonly RunResult['examples'][], measured: Ms): RunResult['examples'] {
  const all = allOf(
    rounds.map((own, round) => own?.map((example) => ({ ...example, at: example.at + round * measured }))),
  )
  return all && firstOfEach(all)
}

/** Undefined where one of them is not known. */
function allOf<T>(parts: readonly (readonly T[] | undefined)[]): readonly T[] | undefined {
  return isEach(parts) ? parts.flat() : undefined
}

function mergedStep(parts: readonly StepResult[], measured: Ms): StepResult {
  const [first] = parts as readonly [StepResult, ...StepResult[]]
  const blocks = parts.map((part) => part.blocks)
  return {
    ...first,
    sent: sum(parts, ({ sent }) => sent),
    succeeded: sum(parts, ({ succeeded }) => succeeded),
    failed: sum(parts, ({ failed }) => failed),
    succeededInWindow: sum(parts, ({ succeededInWindow }) => succeededInWindow),
    causes: sumByKey(parts.map(({ causes }) => causes)),
    statuses: sumByKey(parts.map(({ statuses }) => statuses)),
    bytesReceived: sum(parts, ({ bytesReceived }) => bytesReceived),
    bytesSent: sum(parts, ({ bytesSent }) => bytesSent),
    response: sumOf(parts.map(({ response }) => response)),
    service: sumOf(parts.map(({ service }) => service)),
    firstByte: sumOfAll(parts.map(({ firstByte }) => firstByte)),
    failures: sumOf(parts.map(({ failures }) => failures)),
    blocks: isEach(blocks) ? continued(blocks, measured) : undefined,
    ...addedEvents(parts),
  }
}

/**
 * The pieces of one round behind those of the round before: first all that ended within the windows, then all that ended
 * after them, so that what is within the window of all rounds stays so. Where pieces do not fill a window evenly, its last
 * and shorter one joins the one before, and the length is that which would fill it.
 */
function continued(rounds: readonly Intervals[], measured: Ms): Intervals {
  const { length } = rounds[0]!
  const whole = Math.max(1, Math.floor(measured / length))
  const within = intervalsIn({ measured, length })
  const records: IntervalRecord[] = []
  const after: IntervalRecord[] = []
  // One index stays free between the two, for the quotient of window and length is rounded.
  let next = whole * rounds.length + 1
  for (const [round, own] of rounds.entries()) {
    for (const record of own.records)
      if (record.index < within) add(records, { ...record, index: round * whole + Math.min(record.index, whole - 1) })
      else after.push({ ...record, index: next + record.index - within })
    next = Math.max(next, (after.at(-1)?.index ?? -1) + 1)
  }
  return { length: measured / whole, records: [...records, ...after] }
}

/** Those of the window, as `continued` has them. */
function continuedActive(
  rounds: readonly ({ readonly active: readonly number[]; readonly length: Ms } | undefined)[],
  measured: Ms,
): readonly number[] | undefined {
  if (!isEach(rounds)) return undefined
  return rounds.flatMap(({ active, length }) => {
    const whole = Math.max(1, Math.floor(measured / length))
    const rest = Math.max(0, measured - whole * length)
    const [last = 0, joined = 0] = [active[whole - 1], active[whole]]
    const both = (last * length + joined * rest) / (length + rest)
    return [...Array.from({ length: whole - 1 }, (_, index) => active[index] ?? 0), toThousandths(both)]
  })
}

function add(records: IntervalRecord[], record: IntervalRecord): void {
  const last = records.at(-1)
  if (last?.index !== record.index) {
    records.push(record)
    return
  }
  records[records.length - 1] = {
    index: record.index,
    succeeded: last.succeeded + record.succeeded,
    failed: last.failed + record.failed,
    response: sumOf([last.response, record.response]),
  }
}

/** Rounds come one after the other, so connections in use at once are those of the fullest round. */
function mergedHealth(parts: readonly GeneratorHealth[]): GeneratorHealth {
  const connections = parts.map((part) => part.connections)
  const pauses = parts.map((part) => part.pauses)
  const machines = parts.flatMap(({ machine }) => machine ?? [])
  const links = parts.flatMap(({ link }) => link ?? [])
  const short = connections.map((part) => part.short)
  return {
    lateness: sumOf(parts.map(({ lateness }) => lateness)),
    loopDelayP99: worst(parts, ({ loopDelayP99 }) => loopDelayP99),
    loopUtilisation: worst(parts, ({ loopUtilisation }) => loopUtilisation),
    cpu: worst(parts, ({ cpu }) => cpu),
    pauses: isEach(pauses)
      ? {
          count: sum(pauses, ({ count }) => count),
          total: sum(pauses, ({ total }) => total),
          longest: worst(pauses, ({ longest }) => longest),
        }
      : undefined,
    machine:
      machines.length === 0
        ? undefined
        : { stolen: worst(machines, ({ stolen }) => stolen), idle: Math.min(...machines.map(({ idle }) => idle)) },
    link: links.length === 0 ? undefined : Math.max(...links),
    connections: {
      opened: sum(connections, ({ opened }) => opened),
      peak: worst(connections, ({ peak }) => peak),
      cap: worst(connections, ({ cap }) => cap),
      connect: sumOfAll(connections.map(({ connect }) => connect)),
      tls: sumOfAll(connections.map(({ tls }) => tls)),
      short: isEach(short) ? short.includes(true) : undefined,
    },
    staleRetries: sum(parts, ({ staleRetries }) => staleRetries),
    ...addedMessages(parts),
    ...mergedFunctions(parts),
  }
}

function sumOfAll(texts: readonly (HistogramText | undefined)[]): HistogramText | undefined {
  return isEach(texts) ? sumOf(texts) : undefined
}

/** Undefined where one of them is. */
function each<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  return isEach(values) ? values : undefined
}

function isEach<T>(values: readonly (T | undefined)[]): values is readonly T[] {
  return values.every((value) => value !== undefined)
}

function sum<T>(parts: readonly T[], read: (part: T) => number): number {
  return parts.reduce((total, part) => total + read(part), 0)
}

/** NaN stays NaN: a broken number is not a healthy one. */
function worst<T>(parts: readonly T[], read: (part: T) => number): number {
  return Math.max(...parts.map(read))
}

function sumByKey<K extends string>(parts: readonly Readonly<Partial<Record<K, number>>>[]): Record<K, number> {
  const keys = [...new Set(parts.flatMap((part) => Object.keys(part) as K[]))].sort()
  return Object.fromEntries(keys.map((key) => [key, sum(parts, (part) => part[key] ?? 0)])) as Record<K, number>
}
