import type { BudgetRow, Defect } from '../compare/comparison.ts'
import { reasonOf } from '../compare/reason.ts'
import type { Outcome } from '../compare/verdict.ts'
import { cleanText, plainNumber } from './clean-text.ts'
import type { Report } from './report.ts'

// JUnit XML has no standard, but two schemas that readers hold to: Jenkins' junit-10.xsd, and the one that Apache Ant's
// reports were written down as (windyroad/JUnit-Schema). What is written here is in both: the attributes and the order of
// the second, which asks for more.

/** What became of a case. A budget that was not decided is skipped: neither does the check fail for it, nor is it passed. */
type Ending =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failure' | 'error' | 'skipped'; readonly type: string; readonly message: string }

interface Case {
  readonly name: string
  readonly ending: Ending
}

/** Each budget as a test case; what broke the evidence, as an error. No greener than the verdict. */
export function renderJunit(report: Report): string {
  const { result, verdict, run } = report
  const cases = casesOf(report)
  const count = (kind: Ending['kind']) => cases.filter(({ ending }) => ending.kind === kind).length
  const sums = { tests: cases.length, failures: count('failure'), errors: count('error') }
  const time = plainNumber((result.plan.warmUp + result.plan.measured) / 1_000, 3)
  const name = cleanText(result.profile)
  const facts = {
    version: run.version,
    profile: run.profilePath,
    verdict: verdict.outcome,
    ...(run.commit === undefined ? {} : { commit: run.commit }),
    ...(run.url === undefined ? {} : { url: run.url }),
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'Loadgate', time, ...sums })}>`,
    `  <testsuite${attributes({
      name,
      package: 'loadgate',
      id: 0,
      hostname: 'localhost',
      timestamp: timestampOf(result.startedAt),
      time,
      ...sums,
      skipped: count('skipped'),
    })}>`,
    '    <properties>',
    ...Object.entries(facts).map(
      ([key, value]) => `      <property${attributes({ name: key, value: cleanText(value) })}/>`,
    ),
    '    </properties>',
    ...cases.map((one) => caseOf(one, name)),
    `    <system-out>${escaped([verdict.reason, ...verdict.also].map(cleanText).join('\n'))}</system-out>`,
    '    <system-err></system-err>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function casesOf({ comparison, verdict }: Report): readonly Case[] {
  const { budgets, defects } = comparison
  const cases = [...defects.map(defectCase), ...budgets.map((row) => budgetCase(row, defects.length > 0))]
  const wanted = MARK[verdict.outcome]
  if (wanted === undefined || cases.some(({ ending }) => ending.kind === wanted)) return cases
  return [...cases, { name: 'verdict', ending: { kind: wanted, type: verdict.outcome, message: verdict.reason } }]
}

/** What there must be at least one of. */
const MARK = { pass: undefined, fail: 'failure', inconclusive: 'skipped', invalid: 'error' } as const satisfies Record<
  Outcome,
  Ending['kind'] | undefined
>

function defectCase({ code, message, remedy }: Defect): Case {
  return { name: `evidence: ${code}`, ending: { kind: 'error', type: code, message: `${message} – ${remedy}` } }
}

function budgetCase(row: BudgetRow, broken: boolean): Case {
  return { name: row.budget.text, ending: broken ? NOT_JUDGED : endingOf(row) }
}

const NOT_JUDGED: Ending = { kind: 'skipped', type: 'not judged', message: 'Not judged, since the evidence is broken.' }

function endingOf(row: BudgetRow): Ending {
  const type = row.judgement.kind
  const message = reasonOf(row)
  switch (type) {
    case 'holds':
      return { kind: 'passed' }
    case 'exceeded':
      return { kind: 'failure', type, message }
    case 'no-samples':
      return { kind: 'error', type, message }
    case 'undecided':
    case 'no-baseline':
      return { kind: 'skipped', type, message }
  }
}

function caseOf({ name, ending }: Case, suite: string): string {
  const open = `    <testcase${attributes({ name: cleanText(name), classname: suite, time: 0 })}`
  if (ending.kind === 'passed') return `${open}/>`
  const { kind, type, message } = ending
  const said = cleanText(message)
  // A skipped case has no type in either schema.
  const inner =
    kind === 'skipped'
      ? `<skipped${attributes({ message: said })}/>`
      : `<${kind}${attributes({ message: said, type })}>${escaped(said)}</${kind}>`
  return `${open}>${inner}</testcase>`
}

/** xs:dateTime without a zone, as Ant's schema has it: in UTC. */
function timestampOf(at: number): string {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? '1970-01-01T00:00:00' : date.toISOString().slice(0, 19)
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('')
}

// XML 1.0, production 2: everything else may not stand in a document, not even as a reference.
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const ENTITY: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

function escaped(text: string): string {
  return text.replace(NOT_XML, '').replace(/[&<>"']/g, (character) => ENTITY[character]!)
}
