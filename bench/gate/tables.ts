import { wilson } from '../../src/compare/statistics.ts'
import { formatChange, formatCount, type Share } from '../../src/units.ts'
import { table } from '../table.ts'
import { ENVIRONMENTS, type EnvironmentName } from './environments.ts'
import type { Noise } from './noise.ts'
import { PEER_RULES } from './peer-rules.ts'
import { type GateName, KEPT, loadgate, peer } from './stored.ts'
import { NONE, type Tally } from './tally.ts'
import { type Cells, CHANGES, COARSE_CHANGES, cellName, type Design, NAMES, SHARP } from './work.ts'

/** `noise` is that of each environment. */
export function tablesOf(cells: Cells, noise: Readonly<Record<EnvironmentName, Noise>>): readonly string[] {
  const tables = NAMES.flatMap((environment) =>
    STORED.filter(({ models }) => ENVIRONMENTS[environment].models.length >= models).map(({ design, processors }) => [
      `One run of 60 s at 200/s against stored runs${processors}; ${environment}:`,
      stored(cells, environment, design),
    ]),
  )
  return [
    aims(cells),
    'Side by side, 200 requests per second in all, rounds of 30 s, 60 to 300 s:',
    sides(cells),
    ...tables.flat(),
    'The machines:',
    machines(noise),
  ]
}

/** Where there is but one model of processors, there is nothing to mix. */
const STORED = [
  { design: 'stored, mixed', processors: ', whatever processor they had', models: 1 },
  { design: 'stored, one model', processors: ', all on one model of processor', models: 2 },
] as const satisfies readonly { readonly design: Design; readonly processors: string; readonly models: number }[]

type Count = keyof Pick<Tally, 'fail' | 'pass' | 'inconclusive'>

function aims(cells: Cells): string {
  const side = (environment: EnvironmentName, slower: number) =>
    of(cells, { environment, design: 'side by side' }, SHARP, slower)
  const ten = (design: Design) => of(cells, { environment: 'typical', design }, loadgate(10), 1)
  const [same, slower] = [side('typical', 1), side('typical', 1.1)]
  return table([
    ['budget p95 < baseline + 5 %', 'pull requests', 'measured', 'the truth is', 'aim'],
    row('typical, side by side: the same code failed', same, 'fail', '≤ 0.1 %'),
    row('the same code passed', same, 'pass', '≥ 99 %'),
    ['seconds of load for it, mean', formatCount(same.pullRequests), meanSeconds(same), '', '< 120'],
    row('+10 % failed', slower, 'fail', '≥ 98 %'),
    row('+10 % passed', slower, 'pass', '≤ 0.1 %'),
    row('hostile, side by side: the same code failed', side('hostile', 1), 'fail', '≤ 0.5 %'),
    row('typical, 10 stored runs, mixed: the same code failed', ten('stored, mixed'), 'fail', '≤ 0.5 %'),
    row('typical, 10 stored runs, one model: the same code failed', ten('stored, one model'), 'fail', '≤ 0.5 %'),
  ])
}

/** What is measured of so many, and the truth behind it as far as so many tell. */
function row(what: string, tally: Tally, count: Count, aim: string): readonly string[] {
  const { low, high } = wilson(tally[count], tally.pullRequests)
  return [what, formatCount(tally.pullRequests), shareOf(tally, count), `${percent(low)} to ${percent(high)}`, aim]
}

function sides(cells: Cells): string {
  const rows = NAMES.flatMap((environment) =>
    CHANGES.map((slower) => {
      const tally = of(cells, { environment, design: 'side by side' }, SHARP, slower)
      return [
        `${environment}, ${formatChange(slower)}`,
        formatCount(tally.pullRequests),
        ...(['fail', 'pass', 'inconclusive'] as const).map((count) => shareOf(tally, count)),
        meanSeconds(tally),
      ]
    }),
  )
  return table([['the head takes', 'pull requests', 'failed', 'passed', 'inconclusive', 'mean s'], ...rows])
}

function stored(cells: Cells, environment: EnvironmentName, design: Design): string {
  const gates: readonly GateName[] = [...KEPT.map(loadgate), ...PEER_RULES.map(peer)]
  const rows = gates.map((gate) => {
    const at = (slower: number) => of(cells, { environment, design }, gate, slower)
    return [
      gate,
      ...COARSE_CHANGES.map((slower) => shareOf(at(slower), 'fail')),
      shareOf(at(1), 'inconclusive'),
      shareOf(at(1.1), 'pass'),
    ]
  })
  const failed = COARSE_CHANGES.map((slower) => `${formatChange(slower)} failed`)
  return table([['gate', ...failed, '±0 % inconclusive', '+10 % passed'], ...rows])
}

function machines(noise: Readonly<Record<EnvironmentName, Noise>>): string {
  const rows = NAMES.map((name) => [name, percent(noise[name].betweenRuns), percent(noise[name].betweenSides)])
  return table([['standard deviation of the p95 of a minute', 'between runs', 'between two sides'], ...rows])
}

function of(
  cells: Cells,
  where: { readonly environment: EnvironmentName; readonly design: Design },
  gate: GateName,
  slower: number,
): Tally {
  return cells[cellName(where, gate, slower)] ?? NONE
}

function meanSeconds({ seconds, pullRequests }: Tally): string {
  return (seconds / pullRequests).toFixed(0)
}

function shareOf(tally: Tally, count: Count): string {
  return percent(tally[count] / tally.pullRequests)
}

/** Nearly none is not none, and nearly all is not all. */
function percent(share: Share): string {
  if (share === 0 || share === 1) return `${100 * share} %`
  return `${(100 * share).toFixed(share < 0.01 || share > 0.99 ? 2 : 1)} %`
}
