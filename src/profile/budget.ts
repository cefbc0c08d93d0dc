import { nearest } from '../nearest.ts'
import { parseDuration, parseRate } from '../units.ts'
import { EVENT_TIMES, eventTimeOf, type Limit, type MetricName } from './profile.ts'
import { type Wrong, wrong } from './scalars.ts'
import { show } from './show.ts'

/** One budget, on one line. */
export const BUDGET_GRAMMAR = `budget   = metric [ "of" scope ] sign limit [ "or abort" ]
metric   = "p" NUMBER [ time ] | "errors" | "throughput"   p50, p95, p99.9: above p0 and below p100
time     = "between events" | "to last event"       of streams of events, with an amount; p95 alone is to the first
scope    = '"' NAME '"' | NAME                      a scenario, a step, or  scenario › step
sign     = "<" | ">"                                ">" for throughput, "<" for the others
limit    = amount | "baseline" change
change   = percent [ "and" shift ] | shift
percent  = step NUMBER "%"                          of the baseline's value
shift    = step amount
step     = "+" | "-"                                "-" for throughput, "+" for the others
amount   = DURATION | NUMBER "%" | RATE             of percentiles, of errors, of throughput
in shift = DURATION | NUMBER "pp" | RATE            "pp": percentage points
or abort                                            for percentiles and errors of the whole run, with an amount`

/** Two names of 100 characters fit; the pattern below takes steps in proportion to the square of the length. */
const LONGEST = 500

export interface ParsedBudget {
  readonly metric: MetricName
  /** As written behind `of`, without quotes. */
  readonly of: string | undefined
  readonly limit: Limit
  readonly abort?: true
}

interface Metric {
  readonly sign: '<' | '>'
  readonly step: '+' | '-'
  readonly example: string
  readonly shift: string
  readonly absolute: (text: string) => number | undefined
  /** Of a change; undefined when the unit is wrong. */
  readonly amount: (text: string) => number | undefined
  /** Highest sensible absolute limit; a limit of 0 can never hold. */
  readonly highest: number
}

const LATENCY: Metric = {
  sign: '<',
  step: '+',
  example: '250 ms',
  shift: '5 ms',
  absolute: parseDuration,
  amount: parseDuration,
  highest: 3_600_000,
}
const ERRORS: Metric = {
  sign: '<',
  step: '+',
  example: '0.5 %',
  shift: '0.2 pp',
  absolute: (text) => numberBefore(text, '%'),
  amount: (text) => numberBefore(text, 'pp'),
  highest: 1,
}
const THROUGHPUT: Metric = {
  sign: '>',
  step: '-',
  example: '190/s',
  shift: '10/s',
  absolute: parseRate,
  amount: parseRate,
  highest: 1_000_000,
}

/** "0.5 %" as 0.005. */
function numberBefore(text: string, unit: '%' | 'pp'): number | undefined {
  const [, number] = /^(\d+(?:\.\d+)?)\s*(%|pp)$/.exec(text) ?? []
  return number === undefined || !text.endsWith(unit) ? undefined : Number(number) / 100
}

export function parseBudget(text: string): ParsedBudget | Wrong {
  if (text.length > LONGEST) return wrong('invalid-budget', `a budget has at most ${LONGEST} characters`)
  const match =
    /^\s*(p[\d.]+\s+(?:between|to)\b[^"<>=≤≥]*?|\S+?)(?:\s+of\s+(?:"([^"]*)"|([^"<>]+?)))?\s*([<>]=?|=+|≤|≥)\s*(.*?)\s*$/su.exec(
      text,
    )
  if (!match) return wrong('invalid-budget', `{} is not a budget; write "p95 < 250 ms" or "p95 of NAME < 250 ms"`)
  const [, written = '', quoted, plain, sign = '', rest = ''] = match
  const limit = rest.replace(OR_ABORT, '')
  const name = metricName(written)
  if (typeof name !== 'string') return name
  const metric = name === 'errors' ? ERRORS : name === 'throughput' ? THROUGHPUT : LATENCY
  if (sign !== metric.sign) {
    const side = metric.sign === '<' ? 'below' : 'above'
    return wrong(
      'invalid-budget',
      `${name} must stay ${side} its limit; write "${metric.sign}" instead of ${show(sign)}`,
    )
  }
  if (/^baseline\b/.test(limit) && eventTimeOf(name) !== undefined)
    return wrong(
      'invalid-budget',
      `${name} is held to a limit such as 100 ms, not to the baseline; the time to the first event can be: it is the ${name.split(' ')[0]} of the step`,
    )
  const parsed = /^baseline\b/.test(limit) ? relative(limit.slice(8), name, metric) : absolute(limit, name, metric)
  if ('code' in parsed) return parsed
  const budget = { metric: name, of: (quoted ?? plain)?.normalize('NFC').trim(), limit: parsed }
  return limit === rest ? budget : aborting(budget)
}

const OR_ABORT = /\s*\bor\s+abort$/

/** What is not known of a run under way cannot end it. */
function aborting(budget: ParsedBudget): ParsedBudget | Wrong {
  const { metric, of, limit } = budget
  const unknown =
    limit.kind === 'baseline'
      ? 'a limit that hangs on the baseline'
      : of !== undefined
        ? 'a part of the run'
        : metric === 'throughput'
          ? 'throughput, which rises with the load'
          : eventTimeOf(metric) !== undefined
            ? 'times behind the first event, which are told when the load is over'
            : undefined
  if (unknown === undefined) return { ...budget, abort: true }
  return wrong(
    'invalid-budget',
    `"or abort" is not for ${unknown}; write it as in "errors < 20 % or abort" or "p95 < 2 s or abort"`,
  )
}

/** What a budget limits: of a profile's budgets no two limit the same. */
export function subjectOf({ metric, of, limit, abort }: ParsedBudget): string {
  return JSON.stringify([metric, of, limit.kind, abort])
}

function metricName(written: string): MetricName | Wrong {
  if (written === 'errors' || written === 'throughput') return written
  const [, percentile, time] = /^p(\d{1,3}(?:\.\d{1,6})?)(?:\s+(.*))?$/s.exec(written) ?? []
  if (percentile === undefined) {
    const near = nearest(written.slice(0, 60), ['errors', 'throughput', 'p50', 'p95', 'p99'])
    const all = 'a percentile such as p95, errors or throughput'
    return wrong(
      'invalid-budget',
      `${show(written)} is no metric; ${near ? `did you mean "${near}"? Possible are` : 'possible are'} ${all}`,
    )
  }
  const value = Number(percentile)
  const known = EVENT_TIMES.find((name) => name === time?.replace(/\s+/g, ' '))
  if (time !== undefined && known === undefined) return wrongTime(value, time)
  return value > 0 && value < 100
    ? known
      ? `p${value} ${known}`
      : `p${value}`
    : wrong('invalid-budget', `${written} is no percentile; it lies between p0 and p100, as in p95 or p99.9`)
}

function wrongTime(value: number, time: string): Wrong {
  const first = /\bfirst\b/.test(time)
    ? `the time to the first event is the response time of a step with "events"; write "p${value} of NAME < 500 ms"`
    : `${show(time)} is no time of events; write "p${value} between events" or "p${value} to last event"`
  return wrong('invalid-budget', first)
}

function absolute(text: string, name: MetricName, metric: Metric): Limit | Wrong {
  if (/^\d+(?:\.\d+)?$/.test(text))
    return wrong('unknown-unit', `${text} has no unit; write ${metric.example.replace(/^[\d.]+/, text)}`)
  const value = metric.absolute(text)
  if (value === undefined) {
    const said = text === '' ? 'the limit is missing' : `${show(text)} is no limit of ${name}`
    const change = `baseline ${metric.step} ${name === 'errors' ? metric.shift : '10 %'}`
    return wrong('invalid-budget', `${said}; write one such as ${metric.example} or ${change}`)
  }
  if (value === 0 && metric.sign === '<')
    return wrong('invalid-budget', `${name} can never stay below 0; write a limit such as ${metric.example}`)
  return value <= metric.highest
    ? { kind: 'absolute', value }
    : wrong('invalid-budget', `${show(text)} is beyond what ${name} can be; write a limit such as ${metric.example}`)
}

function relative(text: string, name: MetricName, metric: Metric): Limit | Wrong {
  const [, sign, first = '', second] = /^\s*([-+−])\s*(.*?)(?:\s+and\s+(.*))?$/s.exec(text) ?? []
  const example = `baseline ${metric.step} ${name === 'errors' ? metric.shift : `10 % and ${metric.step} ${metric.shift}`}`
  const odd = wrong('invalid-budget', `${show(`baseline${text}`)} is not understood; write it as in "${example}"`)
  if (sign === undefined) return odd
  const [, sign2, amount2 = ''] = second === undefined ? [] : (/^([-+−])\s*(.*)$/s.exec(second) ?? [])
  if (second !== undefined && sign2 === undefined) return odd
  for (const given of [sign, sign2])
    if (given !== undefined && given !== metric.step) {
      const worse = metric.step === '+' ? 'higher' : 'lower'
      return wrong(
        'invalid-budget',
        `${worse} is worse for ${name}, so a limit lies that side of the baseline; write "${example}"`,
      )
    }
  return change({ first, second: second === undefined ? undefined : amount2, example, odd }, name, metric)
}

function change(
  { first, second, example, odd }: { first: string; second: string | undefined; example: string; odd: Wrong },
  name: MetricName,
  metric: Metric,
): Limit | Wrong {
  const share = numberBefore(first, '%')
  const amount = share === undefined ? metric.amount(first) : second === undefined ? undefined : metric.amount(second)
  for (const given of [first, second])
    if (given !== undefined && /^\d+(?:\.\d+)?$/.test(given))
      return wrong(
        'unknown-unit',
        `${given} has no unit; write ${given} % or ${metric.shift.replace(/^[\d.]+/, given)}`,
      )
  if (share === undefined && (amount === undefined || second !== undefined)) return odd
  if (share !== undefined && second !== undefined && amount === undefined) return odd
  if (name === 'errors' && share !== undefined && amount === undefined)
    return wrong(
      'invalid-budget',
      `a share of an error rate says nothing when it was 0; write points, as in "${example}"`,
    )
  if (share !== undefined && (share > 10 || (metric.step === '-' && share >= 1)))
    return wrong('invalid-budget', `a change by ${first} limits nothing; write it as in "${example}"`)
  return { kind: 'baseline', share, amount }
}
