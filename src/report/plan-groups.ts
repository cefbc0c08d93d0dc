import { demandOf } from '../plan/demand.ts'
import { drawCurve } from '../plan/draw-curve.ts'
import { type Group, groupsOf } from '../plan/groups.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { summarisePlan } from '../plan/summarise-plan.ts'
import { counted, formatCount, formatDuration } from '../units.ts'
import {
  amountLine,
  connectionsLine,
  filesLines,
  peakPhrase,
  redirectsLines,
  renderPlan,
  scenarioLine,
  windowPhrase,
} from './plan.ts'

interface Paper {
  readonly width: number
  readonly height: number
}

/** What a plan amounts to, for `loadgate plan`: each of its loads under its curve, and all of them together. */
export function renderLoads(plan: LoadPlan, paper: Paper): string {
  const groups = groupsOf(plan)
  if (groups.length === 1) return renderPlan(summarisePlan(plan), drawCurve(plan, paper))
  return [...groups.map((group) => renderGroup(group, plan, paper)), together(plan, groups)].join('\n\n')
}

function renderGroup({ plan: own, background }: Group, plan: LoadPlan, paper: Paper): string {
  const facts = summarisePlan(own)
  const after = own.measureFrom - plan.measureFrom
  const names = facts.scenarios.map(({ name }) => name).join(', ')
  const title = `${names}${background ? ' (in the background)' : ''}${after > 0 ? `, ${formatDuration(after)} later` : ''}:`
  return [
    title,
    // All on one axis of time.
    drawCurve({ ...own, measureFrom: plan.measureFrom }, paper),
    `${peakPhrase(facts)}. ${amountLine(facts)}`,
    ...facts.scenarios.map(scenarioLine),
  ].join('\n')
}

function together(plan: LoadPlan, groups: readonly Group[]): string {
  const { rate, users } = demandOf(plan)
  const peaks = [
    ...(rate > 0 ? [`${formatCount(Number(rate.toPrecision(3)))} requests/s`] : []),
    ...(users > 0 ? [counted(users, 'user')] : []),
  ]
  const window = windowPhrase({ warmUp: plan.measureFrom, measured: plan.duration - plan.measureFrom })
  const own = groups.some((group) => group.plan.connections.use === 'per-user')
  const { connections } = plan
  const use = own ? 'One for each user of a closed load, the others shared. ' : ''
  return [
    `Together: ${window}; ${peaks.join(' and ')} at the peak.`,
    ...redirectsLines(summarisePlan(plan)),
    ...filesLines(summarisePlan(plan)),
    `${use}${connectionsLine(own ? { ...connections, use: 'shared' } : connections)}`,
  ].join('\n')
}
