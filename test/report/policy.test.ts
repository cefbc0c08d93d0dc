import { expect, test } from '@jest/globals'
import { columnsOf } from '../../src/report/columns.ts'
import { renderJson } from '../../src/report/json.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { policyBlocks, policyLines } from '../../src/report/policy.ts'
import type { Report } from '../../src/report/report.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import type { PolicyFacts } from '../../src/trust/policy-facts.ts'
import { visibleOnly } from '../../src/visible-only.ts'
import { troubles } from '../support/github-page.ts'
import { expectGolden } from '../support/golden.ts'
import * as reports from './reports.ts'

const SAME: PolicyFacts = { load: 'head', why: undefined, differences: [], accepted: [], notes: [] }

const POLICY: PolicyFacts = {
  load: 'base',
  why: 'They are not accepted, so that the profile of the base is run, and the stricter budget of both judges.',
  differences: [
    { what: 'timeout', before: '2 s', after: '30 s', effect: 'looser' },
    { what: 'step "GET /store" of "shop"', before: 'sent', after: undefined, effect: 'looser' },
    { what: 'scenario "shop": weight', before: '70', after: '7', effect: 'different' },
    { what: 'budget p99 of "shop"', before: undefined, after: 'p99 of "shop" < 1 s', effect: 'tighter' },
  ],
  accepted: [
    {
      budget: 'p95 of "shop › GET /store" < baseline + 10 %',
      limit: '+ 15 %',
      until: '2026-12-31',
      reason: 'prices are checked twice from now on',
    },
  ],
  notes: [
    { text: 'Not judged, since the load of the base has no such part', of: 'p95 of "GET /new" < 100 ms' },
    { text: 'Accepted until 2026-01-31, and no longer', of: 'errors, + 1 pp' },
  ],
}
const withPolicy = (policy: PolicyFacts, report: Report = reports.FAIL): Report => ({ ...report, policy })

test('what differs stands below the headline, above all figures', () => {
  const text = renderMarkdown(withPolicy(POLICY), { limit: 65_536 })
  expectGolden('report/policy.md', text)
  expect(text.indexOf('is not that of the base')).toBeLessThan(text.indexOf('| Budget |'))
  expectGolden('report/policy.txt', `${renderTerminal(withPolicy(POLICY), { colour: false, width: 80 })}\n`)
})

test('nothing is said where there is nothing to say', () => {
  for (const policy of [undefined, SAME]) {
    expect([policyBlocks(policy), policyLines(policy, 80)]).toEqual([[], []])
    const report = { ...reports.PASS, policy }
    expect(renderMarkdown(report, { limit: 65_536 })).toBe(renderMarkdown(reports.PASS, { limit: 65_536 }))
  }
})

test('a profile that the base does not have is said to be new', () => {
  const [block] = policyBlocks({
    ...SAME,
    why: 'The base has no profile at this path, so there is none to hold it to.',
  })
  expect(block).toBe('**The profile is new.** The base has no profile at this path, so there is none to hold it to.')
})

test('a profile of the base that cannot be read is no profile that is new', () => {
  const policy = { ...SAME, problem: 'loadgate.yml:7:3 "p95" is not a key; write "budgets"' }
  for (const text of [policyBlocks(policy).join('\n'), policyLines(policy, 200).join('\n')]) {
    expect(text).toMatch(/The profile of the base cannot be read.*no budget of the base judged/)
    expect(text).toContain('loadgate.yml:7:3')
    expect(text).not.toContain('is new')
  }
})

test('of many differences the first are shown and the others counted', () => {
  const differences = Array.from({ length: 30 }, (_, n) => ({ ...POLICY.differences[0]!, what: `budget ${n}` }))
  const text = policyBlocks({ ...POLICY, differences }).join('\n')
  expect(text).toContain('30 differences, looser.')
  expect(text).toContain('| budget 19 |')
  expect(text).not.toContain('| budget 20 |')
  expect(text).toContain('_… and 10 more differences; report.json has them all._')
})

test('report.json has all of it', () => {
  expect(JSON.parse(renderJson(withPolicy(POLICY))).policy.differences).toHaveLength(4)
})

test('whatever a name or a reason holds changes no more of the page than a code span', () => {
  for (const name of reports.HOSTILE) {
    const policy: PolicyFacts = {
      ...POLICY,
      differences: [{ what: `step "${name}" of "${name}"`, before: name, after: name, effect: 'different' }],
      accepted: [{ budget: name, limit: name, until: '2026-12-31', reason: name }],
      notes: [{ text: 'Not judged', of: name }],
    }
    const broken: PolicyFacts = { ...SAME, problem: name }
    expect(troubles(policyBlocks(broken).join('\n\n'))).toEqual([])
    expect(troubles(policyBlocks(policy).join('\n\n'))).toEqual([])
    for (const line of policyLines(policy, 200)) expect(visibleOnly(line)).toBe(line)
  }
})

test('60 to 120 columns are enough', () => {
  for (let width = 60; width <= 120; width++)
    for (const line of policyLines(POLICY, width)) expect(columnsOf(line)).toBeLessThanOrEqual(width)
})
