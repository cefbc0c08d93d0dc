import type { Cost, Estimate } from '../fargate/setup/cost.ts'
import type { Finding } from '../fargate/setup/finding.ts'
import type { Prepared, PreparedFleet } from '../fargate/setup/prepare.ts'
import { formatDollars } from '../fargate/setup/prices.ts'
import type { RunOn } from '../fargate/setup/run-on.ts'
import { formatSize } from '../fargate/setup/sizes.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { counted, formatDuration } from '../units.ts'

/** Where a plan is sent from, and why. */
export function renderRunOn({ where, why }: RunOn): string {
  return `Sent from ${where === 'fargate' ? 'workers on Fargate' : 'this machine'}: ${why}.`
}

/** What a run on Fargate takes and costs, and what speaks against it. */
export function renderFargate({ fleet, identity, findings }: Prepared, plan: LoadPlan): string {
  return [
    ...(fleet ? fleetLines(fleet, plan) : []),
    ...(identity ? [`As ${identity.arn.split(':').at(-1)} of account ${identity.account}.`] : []),
    ...(findings.length > 0 ? ['', ...findings.flatMap(findingLines)] : []),
  ].join('\n')
}

function fleetLines(
  { settings, workers, perPlace, estimate }: PreparedFleet,
  { duration, script }: LoadPlan,
): string[] {
  const { places, size, spot, stagger } = settings
  const where = places.map(({ region }, at) => (places.length > 1 ? `${perPlace[at]} in ${region}` : `in ${region}`))
  const kind = [places.some(({ architecture }) => architecture === 'ARM64') && 'ARM', spot && 'Spot']
  const long = script ? `at most ${formatDuration(duration)}` : formatDuration(duration)
  const kinds = kind.filter((word) => word !== false).map((word) => `${word} `)
  return [
    `${counted(workers.count, 'worker')} of ${formatSize(size)}, ${kinds.join('')}${where.join(', ')}: ${workers.why}.`,
    stagger === 0
      ? `They begin in one moment, for ${long}.`
      : `They begin ${formatDuration(stagger)} after each other, for ${long} each.`,
    costLine(estimate),
  ]
}

function costLine({ expected, most, asOf }: Estimate): string {
  return `About ${formatDollars(expected.total)} (${partsOf(expected)}), and ${formatDollars(most.total)} if all go wrong that can; at prices of ${asOf.join(' and ')}, without what the network takes.`
}

/** "21 min of tasks $0.10, addresses $0.002, requests to S3 $0.001". */
export function partsOf({ compute, addresses, requests, taskTime }: Cost): string {
  const parts = [
    `${formatDuration(taskTime)} of tasks ${formatDollars(compute)}`,
    ...(addresses > 0 ? [`their addresses ${formatDollars(addresses)}`] : []),
    `requests to S3 ${formatDollars(requests)}`,
  ]
  return parts.join(', ')
}

function findingLines({ level, what, where, remedy }: Finding): string[] {
  const mark = `${level}:`.padEnd(9)
  return [`${mark}${what} (${where}).`, `${' '.repeat(mark.length)}${remedy}`]
}

/** What `loadgate plan` says of it in the end. */
export function renderWouldRun(findings: readonly Finding[]): string {
  const stopping = findings.filter(({ level }) => level === 'stop').length
  if (stopping > 0)
    return `Nothing was started. A run would be refused: ${counted(stopping, 'finding')} to see to first.`
  return 'Nothing was started. A run would be.'
}
