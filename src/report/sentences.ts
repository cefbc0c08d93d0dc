import type { BudgetRow, DefectCode, SideFacts, StoredFacts } from '../compare/comparison.ts'
import { functionsLimit } from '../compare/function-limit.ts'
import type { HealthRecord } from '../engine/shard-result.ts'
import { formatDollars } from '../fargate/setup/prices.ts'
import { formatSize } from '../fargate/setup/sizes.ts'
import { Histogram, type HistogramText } from '../histogram.ts'
import { peakLevel } from '../plan/curve.ts'
import type { Background, GroupResult, RunResult } from '../result/result.ts'
import {
  counted,
  formatBytes,
  formatChange,
  formatCount,
  formatDuration,
  formatMs,
  formatRate,
  formatShare,
} from '../units.ts'
import { budgetFigures } from './budget-rows.ts'
import { partsOf } from './fargate.ts'
import { formatMetric } from './figures.ts'
import type { FargateFacts, Report } from './report.ts'
import { sourceSentence } from './source.ts'
import type { Writing } from './writing.ts'

const MAX_COMMITS = 5
const UNFIT: readonly DefectCode[] = ['generator-late', 'generator-busy', 'generator-failed']

/** How fine the comparison was; undefined without any relative budget. */
export function resolutionSentence({ comparison }: Report): string | undefined {
  const smallest = smallestChange(comparison.budgets)
  return smallest && `The smallest change that this comparison could have told from noise: ${smallest}.`
}

/** From the finest budget to the coarsest: `3 %`, or `3 % to 7 %, depending on the budget`. */
export function smallestChange(budgets: readonly Pick<BudgetRow, 'resolution'>[]): string | undefined {
  const smallest = budgets
    .flatMap(({ resolution }) => (resolution === undefined ? [] : [Math.abs(resolution - 1)]))
    .toSorted((a, b) => a - b)
    .map((change) => formatChange(1 + change).replace(/^[+±]/, ''))
  const [finest] = smallest
  const coarsest = smallest.at(-1)
  return finest === coarsest ? finest : `${finest} to ${coarsest}, depending on the budget`
}

/** What became better, shown with the same care as what became worse; undefined without any. */
export function improvementSentence({ comparison }: Report, { name }: Writing): string | undefined {
  if (comparison.defects.length > 0) return undefined
  const better = comparison.budgets.filter(({ improved }) => improved)
  // Several budgets may limit the same number.
  const shown = new Map(
    better.map((row) => {
      const { change } = budgetFigures(row)
      return [
        `${row.metric} of ${row.scope}`,
        `${row.metric}${row.budget.of ? ` of ${name(row.scope)}` : ''} ${change}`,
      ]
    }),
  )
  return shown.size === 0 ? undefined : `Better, beyond what noise explains: ${[...shown.values()].join(', ')}.`
}

/** What was compared with what; undefined where the verdict says that the store could not be read, or others why no run fits. */
export function comparedSentence({ comparison, result, run }: Report, writing: Writing): string | undefined {
  if (comparison.defects.some(({ code }) => code === 'baseline-damaged')) return undefined
  const { baseline } = comparison
  const commit = (sha: string) => `commit ${writing.name(short(sha))}`
  const changed = run.changedFrom === undefined ? 'this run' : `${commit(run.changedFrom)} with uncommitted changes`
  const head = result.commit === undefined ? changed : commit(result.commit)
  return baseline.kind === 'stored' ? storedSentence(head, baseline, writing) : sideSentence(head, baseline, writing)
}

function storedSentence(
  head: string,
  { store, comparable, corrected, commits, refused }: StoredFacts,
  { name }: Writing,
): string | undefined {
  if (store === undefined) return `Nothing to compare ${head} with: no baseline was asked for.`
  if (comparable === 0 && refused.length > 0) return undefined
  if (comparable === 0) return `No comparable run in ${name(store)} yet: relative budgets are shown, not judged.`
  const shown = commits.slice(-MAX_COMMITS).map((commit) => name(short(commit)))
  const more = commits.length - shown.length
  const list = shown.length === 0 ? '' : `: ${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} earlier` : ''}`
  const speed = corrected ? ' They are of other processors, whose speed was taken out of their figures.' : ''
  return `Compared ${head} with ${counted(comparable, 'run')} in ${name(store)}${list}.${speed}`
}

const DESIGN: Record<SideFacts['design'], string> = {
  paired: 'both versions at the same time',
  alternating: 'the versions in turns',
}

function sideSentence(
  head: string,
  { rounds, measured, design, freshProcesses, leftOut, commit }: SideFacts,
  { name }: Writing,
): string {
  const base = commit === undefined ? 'its base' : `its base ${name(short(commit))}`
  const processes = freshProcesses
    ? 'each with fresh processes'
    : 'without fresh processes, so what differs between processes is assumed, not measured'
  const left =
    leftOut === 0 ? '' : ` ${counted(leftOut, 'further round')} left out: the generator got too little of the machine.`
  return `Compared ${head} with ${base} side by side: ${DESIGN[design]}, ${formatDuration(measured)} in ${counted(rounds, 'round')}, ${processes}.${left}`
}

/** Stored runs that were not used, with the reasons. */
export function refusedSentences({ comparison }: Report, { sentence }: Writing): readonly string[] {
  const { baseline } = comparison
  if (baseline.kind !== 'stored') return []
  return baseline.refused.map(
    ({ runs, reason }) => `${counted(runs, 'stored run')} left out: ${sentence(withoutStop(reason))}.`,
  )
}

/** Where the level of the stored runs changed, so that only those since are compared with. */
export function newLevelSentences({ comparison }: Report, { name }: Writing): readonly string[] {
  const changed = comparison.budgets.flatMap(({ metric, budget, scope, baseline }) => {
    if (baseline?.since === undefined) return []
    const { commit, before, after } = baseline.since
    const what = `${metric}${budget.of ? ` of ${name(scope)}` : ''}`
    const where = commit === undefined ? '' : ` at commit ${name(short(commit))}`
    return `${what} went from ${formatMetric(metric, before)} to ${formatMetric(metric, after)}${where}: compared with the ${counted(baseline.runs, 'run')} since.`
  })
  // Several budgets may limit the same number.
  return [...new Set(changed)]
}

/** Everything that was planned, and what became of it; "≠" where it does not add up. */
export function accountingSentences(
  { iterations, groups = [], background, steps, shards, source }: RunResult,
  writing: Writing,
): readonly string[] {
  const { planned, started, dropped, finished, failed, cut } = iterations
  const total = (count: 'sent' | 'succeeded' | 'failed') => steps.reduce((sum, step) => sum + step[count], 0)
  const requests = sum(
    'Requests',
    [total('sent'), 'sent'],
    [total('succeeded'), 'succeeded'],
    [total('failed'), 'failed'],
  )
  if (source !== undefined)
    return [
      ...(dropped > 0 ? [sum('Iterations', [planned, 'due'], [started, 'ended'], [dropped, 'dropped'])] : []),
      requests,
    ]
  return [
    sum('Iterations', [planned, 'planned'], [started, 'started'], [dropped, 'dropped']),
    sum('Of these', [started, 'started'], [finished, 'finished'], [failed, 'failed'], [cut, 'cut short']),
    requests,
    ...groups.map((group) => groupSentence(group, writing)),
    ...(background ? [backgroundSentence(background)] : []),
    `Workers: ${formatCount(shards.reported)} of ${formatCount(shards.expected)} reported.`,
  ]
}

/** One of several loads, and what became of it. */
function groupSentence({ scenarios, model, background, curve, iterations }: GroupResult, { name }: Writing): string {
  const { planned, started, dropped } = iterations
  const peak = model === 'open' ? formatRate(peakLevel(curve)) : counted(peakLevel(curve), 'user')
  const what = `Iterations of ${scenarios.map(name).join(', ')}${background ? ' in the background' : ''}, up to ${peak}`
  return sum(what, [planned, 'planned'], [started, 'started'], [dropped, 'dropped'])
}

function backgroundSentence({ steps }: Background): string {
  const sent = steps.reduce((all, step) => all + step.sent, 0)
  const failed = steps.reduce((all, step) => all + step.failed, 0)
  return `In the background ${counted(sent, 'request')} more, ${formatCount(failed)} failed; they are in no figure of the whole run.`
}

export function warmUpSentence({ warmUp, plan }: RunResult): string | undefined {
  if (plan.warmUp === 0) return undefined
  const sent = `${counted(warmUp.sent, 'request')} sent, ${formatCount(warmUp.failed)} failed`
  return `Warm-up: ${formatDuration(plan.warmUp)}, ${sent}; not measured.`
}

export function loadSentence({ plan, source }: RunResult, { name }: Writing): string {
  if (source !== undefined) {
    const on = plan.target === '' ? '' : ` on ${name(withoutCredentials(plan.target))}`
    const by = source.ran
      ? `${name(`${source.tool} ${source.ran.version}`)} by the script ${name(source.ran.script)}.`
      : `${name(source.tool)}, of whose plan the file says nothing.`
    return `Load: ${formatDuration(plan.measured)}${on}, sent by ${by}`
  }
  const model = { open: 'open model', closed: 'closed model', mixed: 'open and closed model' }[plan.model]
  const target = name(withoutCredentials(plan.target))
  return `Load: ${model}, ${formatDuration(plan.measured)} on ${target}, sent by ${name(plan.executor)}, seed ${plan.seed}.`
}

/** Who sent the load from elsewhere, and what it cost; undefined where it came from here. */
export function fargateSentence(
  { run: { fargate }, result: { shards } }: Report,
  { name }: Writing,
): string | undefined {
  if (fargate === undefined) return undefined
  const { regions, size, cost, left, runId } = fargate
  const stopped = left.length === 0 ? 'all stopped' : `${counted(left.length, 'task')} not known to have stopped`
  return `Fargate run ${name(runId)}: ${formatCount(shards.reported)} of ${counted(shards.expected, 'worker')} of ${formatSize(size)} in ${regions.map(name).join(', ')}, ${begunSentence(fargate, shards.expected)}${stopped}; ${costPhrase(cost)}.`
}

function costPhrase(cost: FargateFacts['cost']): string {
  if (cost === undefined) return 'what it cost is not known, since ECS did not tell of all its tasks'
  return `about ${formatDollars(cost.total)} (${partsOf(cost)})`
}

function begunSentence({ skew, stagger }: FargateFacts, workers: number): string {
  if (workers === 1) return ''
  if (stagger === 0) return `begun within ${formatMs(skew)} of each other, `
  return `begun ${formatDuration(stagger)} after each other to ${formatMs(skew)}, `
}

/** What requests spent on the way, each part for itself; undefined in results that do not tell. */
export function partsSentence({ steps: all, health: { connections } }: RunResult): string | undefined {
  // Of a stream of events the last byte is nothing that anybody waits for.
  const steps = all.filter(({ events }) => events === undefined)
  const p95 = (texts: readonly (HistogramText | undefined)[]) => {
    const us = Histogram.of(...texts.filter((text) => text !== undefined)).quantile(0.95)
    return us === undefined ? undefined : formatMs(us / 1000)
  }
  const parts = [
    [p95(steps.map(({ firstByte }) => firstByte)), 'from the send to the first byte'],
    [p95(steps.map(({ service }) => service)), 'to the last'],
    [p95([connections.connect]), 'to open a connection'],
    [p95([connections.tls]), 'for its TLS'],
  ].flatMap(([time, what]) => (time === undefined ? [] : [`${time} ${what}`]))
  return parts.length === 0 ? undefined : `Times (p95): ${parts.join(', ')}.`
}

/** The generator's own fitness in one line, and whether the judge found it beyond any bound. */
export function healthSentence({ result, comparison }: Report): string {
  const { health } = result
  if (result.source !== undefined) return sourceSentence(result.source, result.percentiles)
  const { lateness, loopDelayP99, loopUtilisation, cpu, pauses, machine, connections, staleRetries } = health
  const has = (codes: readonly DefectCode[]) => comparison.defects.some(({ code }) => codes.includes(code))
  if (has(['not-started'])) return 'Generator: nothing was sent.'
  const fitness = has(UNFIT)
    ? 'beyond its bounds'
    : has(['service-ended', 'guard-failed'])
      ? 'stopped early'
      : 'within its bounds'
  const facts = [
    `late by ${latenessText(lateness)} (p99)`,
    `event loop delayed by ${formatMs(loopDelayP99)} (p99) and busy ${formatShare(loopUtilisation)}`,
    `CPU ${formatShare(cpu)}${machine ? `, of the machine ${formatShare(machine.idle)} idle and ${formatShare(machine.stolen)} stolen` : ''}`,
    ...(pauses ? [pausesText(pauses)] : []),
    `${formatCount(connections.peak)} of at most ${counted(connections.cap, 'connection')}, ${formatCount(connections.opened)} opened`,
    trafficText(result),
    ...messagesText(health),
    ...functionsText(health),
    ...(staleRetries > 0 ? [`${formatCount(staleRetries)} sent again on a fresh connection`] : []),
  ]
  return `Generator: ${fitness} · ${facts.join(' · ')}.`
}

function messagesText({ messages }: RunResult['health']): readonly string[] {
  if (messages === undefined) return []
  const { sent, received, passedOver } = messages
  return [
    `${counted(sent, 'message')} sent in conversations and ${formatCount(received)} received, of which nobody waited for ${formatCount(passedOver)}`,
  ]
}

/** Beyond their bound they limit the generator, also where that has not made it late yet. */
function functionsText({ functions }: RunResult['health']): readonly string[] {
  if (functions === undefined) return []
  const limit = functionsLimit(functions)
  if (limit !== undefined) return [`limited by functions: ${limit}`]
  return [`${formatShare(functions.share)} of the time in ${counted(functions.calls, 'call')} of functions`]
}

function pausesText({ count, total, longest }: HealthRecord['pauses']): string {
  if (count === 0) return 'no garbage collected'
  return `${formatMs(total)} of garbage collection, ${formatMs(longest)} the longest of ${counted(count, 'pause')}`
}

function trafficText({ steps, plan, health: { link } }: RunResult): string {
  const rate = (count: 'bytesReceived' | 'bytesSent') => {
    const bytes = steps.reduce((sum, step) => sum + step[count], 0)
    return `${formatBytes(Math.round(bytes / (plan.measured / 1000)))}/s`
  }
  const use = link === undefined ? '' : `, link ${formatShare(link)} full`
  return `bodies of ${rate('bytesReceived')} received and ${rate('bytesSent')} sent${use}`
}

/** A damaged histogram is a defect of the run, and the report that says so must still be written. */
function latenessText(lateness: HistogramText): string {
  try {
    const p99 = Histogram.of(lateness).quantile(0.99)
    return p99 === undefined ? 'nothing' : formatMs(p99 / 1000)
  } catch {
    return 'an unknown time'
  }
}

/** Enough to find a commit by, as Git and GitHub show it. */
export function short(commit: string): string {
  return commit.slice(0, 7)
}

type Part = readonly [count: number, what: string]

function sum(title: string, [total, what]: Part, ...parts: readonly Part[]): string {
  const found = parts.reduce((sum, [count]) => sum + count, 0)
  const right = parts.map(([count, what]) => `${formatCount(count)} ${what}`).join(' + ')
  return `${title}: ${formatCount(total)} ${what} ${found === total ? '=' : '≠'} ${right}.`
}

/** For a sentence that goes on, or that stands as a title. */
export function withoutStop(text: string): string {
  return text.trim().replace(/\s*\.$/, '')
}

/** A password in an address is for the target, not for the readers of a report. */
function withoutCredentials(address: string): string {
  return address.replace(/\/\/[^/?#]*@/, '//***@')
}
