import { metric } from '../compare/sharpness-file.ts'
import { amount, count, finite, list, optional, type Reader, record, text, where } from '../reader.ts'
import { machine } from '../result/result-file.ts'
import type { AcceptedAt, ChangePoint, Environment, History, HistoryRun, Point, Series } from './history.ts'

const RUNS = 1_000
/** Five metrics of every part. */
const SERIES = 100_000

const acceptedAt = record<AcceptedAt>({
  commit: text,
  at: amount,
  regression: text,
  limit: text,
  until: text,
  reason: text,
})

const run = record<HistoryRun>({
  id: text,
  startedAt: amount,
  commit: optional(text),
  environment: count,
  accepted: list(acceptedAt, RUNS),
})

const point = record<Point>({ run: count, value: finite, low: optional(finite), high: optional(finite) })

const change = record<ChangePoint>({
  environment: count,
  from: count,
  to: count,
  before: finite,
  after: finite,
  chance: amount,
})

const series = record<Series>({ scope: text, metric, points: list(point, RUNS), changes: list(change, RUNS) })

/** What a report file says of the stored runs. All that is an index in it is one. */
export const historyReader: Reader<History> = where(
  record<History>({
    store: text,
    runs: list(run, RUNS),
    environments: list(record<Environment>({ machine: machine, plan: text, generator: text }), RUNS),
    series: list(series, SERIES),
  }),
  isWhole,
  'a history whose parts are there',
)

function isWhole({ runs, environments, series }: History): boolean {
  const isRun = (at: number) => at < runs.length
  const isEnvironment = (at: number) => at < environments.length
  return (
    runs.every(({ environment }) => isEnvironment(environment)) &&
    series.every(
      ({ points, changes }) =>
        points.every((point) => isRun(point.run)) &&
        changes.every(({ environment, from, to }) => isEnvironment(environment) && isRun(from) && isRun(to)),
    )
  )
}
