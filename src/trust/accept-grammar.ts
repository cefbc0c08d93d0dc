import { text } from '../profile/grammar-values.ts'
import { type Read, readAsWritten, readText, type Scalar, wrong } from '../profile/scalars.ts'
import { described, leaf, list, map } from '../profile/schema.ts'
import type { Day } from './acceptance.ts'

const Entry = described(
  map({
    metric: text({ description: 'What is worse: a percentile, errors or throughput.', examples: ['p95'] }),
    of: leaf(readText, {
      type: 'text',
      description: 'Of which scenario or step, as in a budget. Left out, of the whole run.',
      examples: ['store'],
    }).optional(),
    limit: leaf(readAsWritten, {
      type: 'a limit such as "+ 15 %"',
      description: 'What is accepted: a change from the baseline, or an absolute limit.',
      asWritten: true,
      examples: ['+ 15 %'],
    }),
    reason: text({ description: 'Why, in a sentence.', examples: ['prices are checked twice from now on'] }),
    expires: leaf(readDay, {
      type: 'a day such as 2026-12-31',
      description: 'The last day on which it counts.',
      asWritten: true,
      examples: ['2026-12-31'],
    }),
  }),
  {
    type: 'a map',
    description: 'A regression that is accepted.',
    examples: ['{ metric: p95, limit: + 15 %, reason: more checks, expires: 2026-12-31 }'],
  },
)

export const AcceptFile = described(
  map({
    accept: described(list(Entry), { type: 'a list of accepted regressions', description: 'Accepted regressions.' }),
  }),
  { type: 'a map', description: 'Accepted regressions.' },
)

function readDay(raw: Scalar): Read<Day> {
  const given = String(raw).trim()
  if (!/^\d{4}-\d{2}-\d{2}$/.test(given))
    return wrong('invalid-value', '{} is not a day; write year, month and day as in 2026-12-31')
  // February 30th is read as a day of March, or not at all.
  const time = Date.parse(`${given}T00:00:00Z`)
  const there = !Number.isNaN(time) && new Date(time).toISOString().startsWith(given)
  return there ? { value: given } : wrong('invalid-value', '{} is not in the calendar')
}
