// Every flaw the tool can find in its own evidence, brought about for real and told by the built command line.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { DefectCode } from '../../src/compare/comparison.ts'
import { Histogram } from '../../src/histogram.ts'
import type { RunResult } from '../../src/result/result.ts'
import { formatMs } from '../../src/units.ts'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import {
  CLI,
  defectsOf,
  type GateCall,
  type GateRun,
  gate,
  gateOnce,
  type RunningCli,
  reported,
  runCli,
  type Workspace,
  workspace,
} from '../support/run-cli.ts'
import { earlierRuns, writeStore } from '../support/stored-runs.ts'
import { closedPort } from '../support/wire-server.ts'

let server: CountingServer
let status = 200
let after = 100
let place: Workspace
/** A sound one. */
let result: RunResult

beforeAll(async () => {
  place = workspace()
  server = await startCountingServer((_, response) => {
    setTimeout(() => response.writeHead(status).end('ok'), after)
  })
  const run = await gate(profile(), { cwd: place.path })
  expect([run.exitCode, reported(run).verdict.outcome]).toEqual([0, 'pass'])
  result = reported(run).result
}, 60_000)
afterAll(async () => {
  place[Symbol.dispose]()
  await server[Symbol.asyncDispose]()
})

/** 70 requests, enough to bound a p95. */
const SHORT = { rate: '100/s', for: '700ms' }

function profile({ load = SHORT, port = server.port, scenarios = [only()], ...more }: Partial<ProfileParts> = {}) {
  return {
    name: 'flaws',
    target: `http://127.0.0.1:${port}`,
    load,
    scenarios,
    budgets: ['p95 < 20 s', 'errors < 50 %'],
    ...more,
  }
}
interface ProfileParts {
  readonly load: object
  readonly port: number
  readonly scenarios: readonly object[]
  readonly guards: readonly object[]
  readonly service: object
}
function only(name = 'only', more: object = {}): object {
  return { name, steps: [{ get: '/' }], ...more }
}

/** A run that must be invalid, whatever the budgets say. */
async function invalid(call: Partial<ProfileParts>, options: Partial<GateCall> = {}): Promise<GateRun> {
  const run = await gateOnce(profile(call), { cwd: place.path, ...options })
  expect([run.exitCode, reported(run).verdict.outcome]).toEqual([4, 'invalid'])
  return run
}

/** Judges a result again, as a file somebody has changed. */
async function compared(edit: Partial<RunResult>) {
  writeFileSync(place.at('loadgate.yml'), JSON.stringify(profile()))
  writeFileSync(place.at('now.json'), JSON.stringify({ ...result, ...edit }))
  writeFileSync(place.at('before.json'), JSON.stringify({ ...result, id: 'before' }))
  return runCli(['compare', 'now.json', 'before.json'], { cwd: place.path })
}

/** A machine that takes the processor away, again and again, from when the load has begun. */
async function starve(cli: RunningCli): Promise<void> {
  const before = server.requests.length
  while (server.requests.length === before) await sleep(10)
  for (let pulse = 0; pulse < 5; pulse++) {
    cli.kill('SIGSTOP')
    await sleep(120)
    cli.kill('SIGCONT')
    await sleep(120)
  }
}

const preload = (how: string) => ({
  NODE_OPTIONS: `--max-old-space-size=64 --import=${join(import.meta.dirname, '..', 'support', 'lose-worker.mjs')}`,
  LOSE_WORKER: how,
})

interface Flaw {
  readonly code: DefectCode
  readonly bring: () => Promise<GateRun>
  readonly says: RegExp
  /** What of the message follows from the figures of the run. */
  readonly names?: (result: RunResult) => string
}

// Keyed by the code, so that a new one without a case does not compile; two that no run of one process can have on disk
// stand below, a load that is unequal takes two versions whose workers say so, and a target that leads elsewhere a resolver
// that does (test/engine/http/not-elsewhere.test.ts).
const FLAWS: Record<
  Exclude<DefectCode, 'counts-disagree' | 'cancelled' | 'unequal-load' | 'service-ended' | 'target-not-allowed'>,
  Omit<Flaw, 'code'>
> = {
  'generator-late': {
    bring: () => invalid({ load: { rate: '100/s', for: '1500ms' } }, { meanwhile: starve }),
    says: /^Requests left the generator late: p9[59] of the lateness is \d.* ms, bound \d/,
  },
  'generator-busy': {
    bring: () => invalid({ load: { users: 5, for: '1500ms' } }, { meanwhile: starve }),
    says: /^The generator's event loop was held up: p99 of the delay is \d+.* ms, bound \d+.* ms/,
    // On a machine so busy that answers take more than 250 ms, the bound is a tenth of that.
    names: ({ steps }) => {
      const p95 = Histogram.of(...steps.map(({ response }) => response)).quantile(0.95) ?? 0
      return `, bound ${formatMs(Math.max(25, p95 / 10_000))}`
    },
  },
  'generator-failed': {
    bring: () => {
      after = 800
      const command = ['sh', '-c', 'ulimit -n 60; exec "$0" "$@"', process.execPath, CLI] as const
      return invalid({}, { command })
    },
    says: /^\d+ requests failed in the generator itself$/,
  },
  'worker-lost': {
    bring: () => invalid({}, { flags: ['--threads', '2'], env: preload('exit') }),
    says: /^1 of 2 workers reported: Worker 2 of 2: ended with code 3 before it reported$/,
  },
  'step-missing': {
    bring: () => invalid({ scenarios: [only(), only('rare', { weight: 0.000_001 })] }),
    says: /^"rare › GET \/" has no requests$/,
  },
  'no-samples': {
    bring: () => invalid({ scenarios: [only('slow', { steps: [{ think: '10s' }, { get: '/' }] })] }),
    says: /^No request was sent$/,
  },
  'target-unreached': {
    bring: async () => invalid({ port: await closedPort() }),
    says: /^"http:\/\/127\.0\.0\.1:\d+" was never reached: 70 requests ended with connection-refused$/,
  },
  'guard-failed': {
    bring: () => {
      const guard = { name: 'neighbour', get: `http://127.0.0.1:${server.port}/health`, every: '1s', failures: 1 }
      const before = server.requests.length
      const fall = async () => {
        while (server.requests.length < before + 10) await sleep(10)
        status = 503
      }
      return invalid({ load: { rate: '50/s', for: '30s' }, guards: [guard] }, { meanwhile: fall })
    },
    says: /^The guard "neighbour" ended the run \d.* after the load began: 1 failure in a row \(status 503 instead of 200–399 after \d.* ms\)$/,
  },
  'not-started': {
    bring: async () => {
      const start = 'echo "no database at $PORT" >&2; exit 5'
      const run = await invalid({ port: await closedPort(), service: { start } })
      expect(reported(run).run.lastOutput).toMatch(/^no database at \d+$/)
      expect(reported(run).result).toMatchObject({ startedAt: 0, complete: false })
      return run
    },
    says: /^The service exited with code 5 before it was ready$/,
  },
  'baseline-damaged': {
    bring: async () => {
      const path = place.at('.loadgate/baseline.json')
      writeStore(path, earlierRuns(result))
      const damaged = readFileSync(path, 'utf8').replace('"sent":70', '"sent":71')
      writeFileSync(path, damaged)
      const run = await invalid({}, { flags: ['--save-baseline'] })
      expect(readFileSync(path, 'utf8')).toBe(damaged)
      expect(run.stdout.replace(/\s+/g, ' ')).toContain('Not added to the baseline in file:.loadgate/baseline.json')
      return run
    },
    says: /^The baseline .*baseline\.json is damaged: its checksum does not agree$/,
  },
  'different-answers': {
    bring: () => {
      writeStore(place.at('.loadgate/baseline.json'), earlierRuns(result))
      status = 204
      return invalid({})
    },
    says: /^"only › GET \/" was answered with 204 \(100 %\), in the baseline with 200 \(100 %\)$/,
  },
}

test.each(Object.entries(FLAWS))(
  '%s',
  async (code, { bring, says, names }) => {
    ;[status, after] = [200, 100]
    const run = await bring()
    expect(defectsOf(run)).toContain(code)
    const defect = reported(run).comparison.defects.find((defect) => defect.code === code)
    expect(defect?.message).toMatch(says)
    if (names) expect(defect?.message).toContain(names(reported(run).result))
    expect(defect?.remedy).not.toBe('')
    expect(run.stdout).toMatch(/^INVALID /m)
  },
  60_000,
)

test('a worker that runs out of memory leaves the others, and says so', async () => {
  const options = { flags: ['--threads', '2'], env: preload('memory') }
  const run = await invalid({}, options)
  const { shards } = reported(run).result
  expect(shards).toEqual({ expected: 2, reported: 1, lost: [expect.stringMatching(/^Worker 2 of 2: .*memory/)] })
}, 60_000)

test('counts-disagree: a result that was changed so that only its codes do not add up', async () => {
  const { exitCode, stdout } = await compared({ steps: result.steps.map((step) => ({ ...step, statuses: {} })) })
  expect([exitCode, stdout.replace(/\s+/g, ' ')]).toEqual([
    4,
    expect.stringMatching(
      /^INVALID The result does not add up: 0 status codes of "only › GET \/" for 70 successes of 70/,
    ),
  ])
})

test('a result whose sums do not add up, or that is no result, is not even read', async () => {
  const more = await compared({ steps: result.steps.map((step) => ({ ...step, sent: step.sent + 1 })) })
  expect([more.exitCode, more.stderr]).toEqual([
    4,
    expect.stringMatching(/^error: now\.json: A result is damaged: steps\[0\]/),
  ])
  const none = await compared({ kind: 'something' as 'loadgate-result' })
  // Of whom it is nobody knows, so it is not damaged but the wrong file.
  expect([none.exitCode, none.stderr]).toEqual([
    2,
    expect.stringContaining('now.json: it is neither a result of Loadgate nor of a generator that is known here'),
  ])
})

test('cancelled: the result of a run that did not come to its end', async () => {
  const { exitCode, stdout } = await compared({ complete: false })
  expect([exitCode, stdout]).toEqual([
    4,
    expect.stringMatching(/^INVALID {2}The run was stopped before its plan was spent/),
  ])
})

test('a budget for which nothing could be measured is no pass, though no flaw was found', async () => {
  ;[status, after] = [500, 100]
  const budgets = ['p95 < 20 s', 'errors < 100 %']
  const run = await gate({ ...profile(), budgets }, { cwd: place.path, flags: ['--compare', 'none'] })
  expect([run.exitCode, reported(run).verdict]).toEqual([
    4,
    { outcome: 'invalid', reason: 'Nothing was measured for p95 ("p95 < 20 s").', also: [] },
  ])
}, 60_000)

test('a report that cannot be written is no pass either', async () => {
  ;[status, after] = [200, 100]
  const run = await gateOnce(profile(), {
    cwd: place.path,
    flags: ['--compare', 'none', '--report', 'late'],
    meanwhile: async () => {
      const begun = server.requests.length
      while (server.requests.length === begun) await sleep(10)
      writeFileSync(place.at('late'), 'a file has taken its place')
    },
  })
  expect([run.exitCode, run.stderr]).toEqual([4, expect.stringContaining('late/report.md cannot be written')])
}, 60_000)
