import { LoadgateError } from '../errors.ts'
import { parseBudget } from '../profile/budget.ts'
import { formatIssues, withoutMark } from '../profile/format-issues.ts'
import type { Issue } from '../profile/issue.ts'
import { createIssueLog } from '../profile/issue-log.ts'
import type { Limit, MetricName } from '../profile/profile.ts'
import { readShape } from '../profile/read-shape.ts'
import { complain, type Reading } from '../profile/reading.ts'
import { type Wrong, wrong } from '../profile/scalars.ts'
import type { Loose } from '../profile/schema.ts'
import { show } from '../profile/show.ts'
import { at, headSpan, type Path } from '../profile/tree.ts'
import { readYaml } from '../profile/yaml-tree.ts'
import type { EpochMs } from '../units.ts'
import { AcceptFile } from './accept-grammar.ts'
import { type Acceptance, type Day, regressionOf } from './acceptance.ts'

/** A regression that is to stay longer is no exception any more: it belongs into the budget. */
const LONGEST_DAYS = 366
const DAY = 24 * 3_600_000
/** A thousand entries with their reasons are far smaller. */
const MAX_CHARACTERS = 1_048_576

export interface ReadAcceptancesOptions {
  /** As shown in places. */
  readonly file: string
  readonly now: EpochMs
}

export interface ReadAcceptances {
  /** The entries that are right; those that have expired are among them. */
  readonly acceptances: readonly Acceptance[]
  /** Everything that is wrong, sorted by place. */
  readonly issues: readonly Issue[]
}

/** The accepted regressions of a file, and all that is wrong with it. Throws nothing. */
export function readAcceptances(given: string, { file, now }: ReadAcceptancesOptions): ReadAcceptances {
  const text = withoutMark(given)
  const log = createIssueLog(text.length <= MAX_CHARACTERS ? text : '', file)
  if (text.length > MAX_CHARACTERS)
    log.add('too-large', at(0), 'this file has more than 1 MiB; remove what has expired')
  else if (text.trim() === '')
    log.add('missing-key', at(0), 'the file is empty; remove it, or write `accept:` with a list')
  const root = log.sorted().length > 0 ? undefined : readYaml(text, log)
  if (root !== undefined && root.kind !== 'map')
    log.add('wrong-type', at(root.span.start), 'this must be a map; begin with `accept:` and a list below it')
  if (root?.kind !== 'map') return { acceptances: [], issues: log.sorted() }
  // A reviewed text says the same on every machine, so it sees nothing of the environment.
  const reading: Reading = { text, root, env: {}, log, secrets: new Set() }
  const entries = readShape(reading, AcceptFile)?.accept ?? []
  const acceptances = new Map<string, Acceptance>()
  for (const [index, entry] of entries.entries()) {
    const path = ['accept', index]
    const acceptance = entry && readEntry(reading, entry, path, now)
    if (acceptance === undefined) continue
    const what = regressionOf(acceptance)
    const before = acceptances.get(what)
    if (before === undefined) acceptances.set(what, acceptance)
    else complain(reading, path, 'duplicate-name', `line ${before.place.line} is on ${what}, too; keep one of them`)
  }
  return { acceptances: [...acceptances.values()], issues: log.sorted() }
}

/** The throwing twin: LoadgateError 'usage' with everything that is wrong. */
export function parseAcceptances(text: string, options: ReadAcceptancesOptions): readonly Acceptance[] {
  const { acceptances, issues } = readAcceptances(text, options)
  if (issues.length === 0) return acceptances
  throw new LoadgateError('usage', formatIssues(issues, text), { mistakes: issues })
}

type Section = NonNullable<NonNullable<Loose<typeof AcceptFile>['accept']>[number]>

function readEntry(reading: Reading, entry: Section, path: Path, now: EpochMs): Acceptance | undefined {
  const metric = entry.metric === undefined ? undefined : readMetric(reading, entry.metric, [...path, 'metric'])
  const limitText = entry.limit?.trim()
  const limit = metric && limitText ? readLimit(reading, limitText, { metric, path: [...path, 'limit'] }) : undefined
  const [of, reason] = [entry.of?.normalize('NFC').trim(), entry.reason?.trim()]
  if (of === '')
    complain(reading, [...path, 'of'], 'invalid-value', 'this names nothing; leave it out for the whole run')
  if (reason === '') complain(reading, [...path, 'reason'], 'invalid-value', 'a reason cannot be empty')
  const { expires } = entry
  if (expires !== undefined && expires > dayOf(now + LONGEST_DAYS * DAY)) {
    const why = `${show(expires)} is more than a year ahead; name an earlier day, or move the budget if it is to stay`
    complain(reading, [...path, 'expires'], 'out-of-range', why)
  }
  if (!metric || !limitText || !limit || !reason || expires === undefined || of === '') return undefined
  const place = reading.log.place(headSpan(reading.root, path).start)
  return { metric, of, limit, limitText, reason, expires, place }
}

const EXAMPLE: Readonly<Record<string, string>> = { errors: '< 1 %', throughput: '> 1/s' }

/** The grammar of budgets knows the metrics, and says what is wrong with one. */
function readMetric(reading: Reading, written: string, path: Path): MetricName | undefined {
  const metric = written.trim()
  const limit = Object.hasOwn(EXAMPLE, metric) ? EXAMPLE[metric] : '< 1 ms'
  const parsed = /\s/.test(metric)
    ? wrong('invalid-value', '{} is not one word; name the scenario or the step with `of`')
    : parseBudget(`${metric} ${limit}`)
  return 'message' in parsed ? refuse(reading, path, parsed, written) : parsed.metric
}

/** And the limits: what stands behind `baseline` there begins with its sign here. */
function readLimit(
  reading: Reading,
  written: string,
  { metric, path }: { readonly metric: MetricName; readonly path: Path },
): Limit | undefined {
  const sign = metric === 'throughput' ? '>' : '<'
  const relative = /^[-+−]/.test(written)
  const parsed = parseBudget(`${metric} ${sign} ${relative ? 'baseline ' : ''}${written}`)
  return 'message' in parsed ? refuse(reading, path, parsed, written) : parsed.limit
}

function refuse(reading: Reading, path: Path, { code, message }: Wrong, written: string): undefined {
  complain(
    reading,
    path,
    code,
    message.replace('{}', () => show(written)),
  )
}

/** In UTC, so that an acceptance ends at the same moment everywhere. */
export function dayOf(time: EpochMs): Day {
  return new Date(time).toISOString().slice(0, 10)
}
