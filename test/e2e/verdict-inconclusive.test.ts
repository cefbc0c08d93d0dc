// Every doubt the tool can have about a budget, reached by the built command line, with the words it finds for it.
import { writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { RunResult } from '../../src/result/result.ts'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { type GateRun, gate, reported, runCli, type Workspace, workspace } from '../support/run-cli.ts'
import { earlierRuns, writeStore } from '../support/stored-runs.ts'

/** What the n-th request of a run meets. */
type Behaviour = (n: number) => { readonly after: number; readonly status: number }

let server: CountingServer
let behave: Behaviour
let since = 0
let place: Workspace
/** One failure in 200, and every answer after 200 ms. */
let steady: RunResult
/** 60 failures in 200, and every answer after 80 ms. */
let failing: RunResult

beforeAll(async () => {
  place = workspace()
  server = await startCountingServer((_, response: ServerResponse, n) => {
    const { after, status } = behave(n - since)
    setTimeout(() => response.writeHead(status).end('ok'), after)
  })
})
afterAll(async () => {
  place[Symbol.dispose]()
  await server[Symbol.asyncDispose]()
})

const TWO_SECONDS = { rate: '100/s', for: '2s' }

function profile(budgets: readonly string[], load: object = TWO_SECONDS) {
  const scenarios = [{ name: 'only', steps: [{ get: '/' }] }]
  return { name: 'doubts', target: `http://127.0.0.1:${server.port}`, load, scenarios, budgets }
}

function measure(behaviour: Behaviour, ...[budgets, load]: Parameters<typeof profile>): Promise<GateRun> {
  behave = behaviour
  since = server.requests.length
  return gate(profile(budgets, load), { cwd: place.path, flags: ['--on-inconclusive', 'fail'] })
}

/** The doubts of a run that must be inconclusive, by budget: reason and remedy. */
function doubtsOf(run: GateRun): Record<string, string> {
  const { verdict, comparison } = reported(run)
  expect([verdict.outcome, run.exitCode, comparison.defects]).toEqual(['inconclusive', 3, []])
  return Object.fromEntries(
    comparison.budgets.flatMap(({ budget, judgement }) =>
      judgement.kind === 'undecided' ? [[budget.text, `${judgement.reason} → ${judgement.remedy}`]] : [],
    ),
  )
}

/** Judges a result again, against others; with the doubt shown, an inconclusive comparison only warns. */
async function compared(result: RunResult, before: readonly RunResult[], budget: string): Promise<string> {
  writeFileSync(place.at('loadgate.yml'), JSON.stringify(profile([budget, 'errors < 90 %'])))
  writeFileSync(place.at('now.json'), JSON.stringify(result))
  const names = before.map((run, at) => {
    writeFileSync(place.at(`before-${at}.json`), JSON.stringify(run))
    return `before-${at}.json`
  })
  const { exitCode, stdout } = await runCli(['compare', 'now.json', ...names], { cwd: place.path })
  expect([exitCode, stdout.split(' ')[0]]).toEqual([0, 'INCONCLUSIVE'])
  return stdout.replace(/\s+/g, ' ')
}

test('too few samples, too short a run, a value too close to its limit', async () => {
  const budgets = ['errors of "only" < 1 %', 'errors < 0.5 %', 'p99 < 10 s', 'throughput > 10/s', 'p95 < 20 s']
  const run = await measure((n) => ({ after: 200, status: n === 0 ? 500 : 200 }), budgets)
  steady = reported(run).result
  expect(doubtsOf(run)).toEqual({
    'errors of "only" < 1 %': expect.stringMatching(
      /^anything from 0\.\d+ % to 2\.\d+ % is possible, and the limit of 1 % lies in between → Measure about \d/,
    ),
    'errors < 0.5 %': expect.stringMatching(/lies in between → It lies too near the limit for any practical length/),
    'p99 < 10 s': expect.stringMatching(
      /^only 199 of the 299 successes it takes to bound p99 → Measure about 2 s longer\.$/,
    ),
    'throughput > 10/s': '2 s is too short to tell how steady the throughput is → Measure for at least 5 s.',
  })
  expect(reported(run).verdict.reason).toMatch(/^errors are 0\.5 %, undecided for "errors < 0\.5 %"/)
}, 60_000)

test('a change that chance, the noise between runs or few samples explain', async () => {
  writeStore(place.at('.loadgate/baseline.json'), earlierRuns(steady))
  const budgets = [
    'errors < baseline + 0.1 pp',
    'p50 < baseline + 1 %',
    'p95 < baseline + 50 %',
    'p99 < baseline + 900 %',
  ]
  const run = await measure((n) => ({ after: n % 19 === 0 ? 800 : 200, status: n % 40 === 7 ? 500 : 200 }), budgets)
  const between = 'the change of .* may be anything from .* to .*, and the limit of .* lies in between'
  expect(doubtsOf(run)).toEqual({
    'errors < baseline + 0.1 pp': expect.stringMatching(
      /^\+2 pp is beyond the limit, but chance alone does so in \d[\d.]* % of runs → Measure about \d/,
    ),
    'p50 < baseline + 1 %': expect.stringMatching(`^${between} → Store more runs: the baseline has 3, and up to 10`),
    'p95 < baseline + 50 %': expect.stringMatching(`^${between} → Measure about \\d`),
    'p99 < baseline + 900 %': expect.stringMatching(/^only 195 of the 299 successes it takes to bound p99 → /),
  })
}, 60_000)

test('failures that take slow requests out of the percentiles', async () => {
  const budgets = ['p95 < 5 s', 'p95 of "only" < baseline + 400 %', 'errors of "only" < 90 %']
  const run = await measure((n) => ({ after: 80, status: n % 10 < 3 ? 503 : 200 }), budgets)
  failing = reported(run).result
  expect(doubtsOf(run)).toEqual({
    'p95 < 5 s': expect.stringMatching(/^30 % of the requests failed and are not in p95 → Find out why they fail/),
    'p95 of "only" < baseline + 400 %': expect.stringMatching(
      /^30 % of the requests failed, 0\.5 % in the baseline, so p95 is not of the same requests → Look at the errors/,
    ),
  })
}, 60_000)

test('and failures in the baseline, without which a run that is slower may only be whole', async () => {
  // Of the median: a machine that stands still for a tenth of a second has moved the p95 of two seconds.
  const text = await compared(steady, earlierRuns(failing), 'p50 < baseline + 10 %')
  expect(text).toContain('0.5 % of the requests failed, 30 % in the baseline, so p50 is not of the same requests')
}, 60_000)

test('a throughput that comes in bursts', async () => {
  const stages = [
    { rate: '100/s', for: '1s' },
    { rate: '1/s', for: '4s' },
  ]
  const run = await measure(() => ({ after: 100, status: 200 }), ['throughput > 10/s', 'errors < 90 %'], { stages })
  expect(doubtsOf(run)).toEqual({
    'throughput > 10/s': expect.stringMatching(/^anything from 0\/s to .* is possible/),
  })
  const { result } = reported(run)
  const text = await compared(result, earlierRuns(result), 'throughput > baseline - 50 %')
  expect(text).toMatch(/the throughput varies too much .* → Measure longer\./)
}, 60_000)

test('more runs than ten do not help against a machine that is not steady', async () => {
  const text = await compared(steady, earlierRuns(steady, 10), 'p50 < baseline + 1 %')
  expect(text).toContain('→ Runs differ by that much on this machine: use a steadier one, or allow more.')
})

const DAY = 24 * 3_600_000
const edited = (edit: (run: RunResult) => Partial<RunResult>) => () =>
  earlierRuns(steady).map((run) => ({ ...run, ...edit(run) }))
const elsewhere = (edit: (run: RunResult) => Partial<RunResult['fingerprint']>) =>
  edited((run) => ({ fingerprint: { ...run.fingerprint, ...edit(run) } }))

test.each<[why: string, before: () => readonly RunResult[], words: string]>([
  ['a window that begins', () => earlierRuns(steady, 1), 'the baseline has 1 of 3 runs → Store 2 more runs'],
  ['a window that is nearly there', () => earlierRuns(steady, 2), 'the baseline has 2 of 3 runs → Store 1 more run'],
  ['the run itself', () => [steady], 'has 0 of 3 runs (not comparable: it is this run itself)'],
  ['a stopped run', edited(() => ({ complete: false })), '0 of 3 runs (not comparable: the run was not complete)'],
  [
    'another load',
    elsewhere(() => ({ plan: 'f'.repeat(64) })),
    '(not comparable: another load: the profile has changed)',
  ],
  ['another generator', elsewhere(() => ({ generator: '0' })), '(not comparable: another generator: version 0, now '],
  [
    'another machine',
    elsewhere(({ fingerprint: { machine } }) => ({ machine: { ...machine, cores: machine.cores + 2 } })),
    '(not comparable: another machine: cores ',
  ],
  [
    'old runs',
    edited(({ startedAt }) => ({ startedAt: startedAt - 61 * DAY })),
    '(not comparable: older than 60 days)',
  ],
])('a baseline that cannot be used: %s', async (_, before, words) => {
  expect(await compared(steady, before(), 'p95 < baseline + 10 %')).toContain(words)
})
