// A job that is cancelled, or killed, in the middle of its load: nothing stays behind, and nothing is told or kept.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { alive } from '../support/alive.ts'
import { freePort } from '../support/free-port.ts'
import { EVENTS, type GateCall, gateAction, installAction } from '../support/gate-action.ts'
import { GitHubContract } from '../support/github-contract.ts'
import { runAction } from '../support/run-action.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { writeStore } from '../support/stored-runs.ts'

const MINUTE = 60_000
// A child that no polite signal ends; once a few requests have come, the numbers of all processes are written down.
const SERVICE = `
  import { spawn } from 'node:child_process'
  import { writeFileSync } from 'node:fs'
  import { createServer } from 'node:http'
  const deaf = "for (const s of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(s, () => {}); setInterval(() => {}, 1000)"
  const child = spawn(process.execPath, ['-e', deaf], { stdio: 'ignore' })
  let served = 0
  createServer((request, response) => {
    if (request.url !== '/healthz' && ++served === 20) writeFileSync('running.json', JSON.stringify([process.pid, child.pid]))
    setTimeout(() => response.end('ok'), 100)
  }).listen(process.env.PORT, '127.0.0.1')`

let action: Workspace
let checkout: Workspace
let github: GitHubContract
let started: number[]

beforeAll(async () => {
  action = installAction()
  github = await GitHubContract.start({ ghs_workflow: { login: 'github-actions', kind: 'actions', write: true } })
})
beforeEach(() => {
  checkout = workspace()
  started = []
  github.reset()
  writeFileSync(checkout.at('service.mjs'), SERVICE)
  writeStore(checkout.at('.loadgate/baseline.json'), [])
})
afterEach(() => {
  for (const pid of started) if (alive(pid)) process.kill(pid, 'SIGKILL')
  checkout[Symbol.dispose]()
})
afterAll(async () => {
  await github.close()
  action[Symbol.dispose]()
})

async function cancelled(call: Pick<GateCall, 'cancelWith' | 'inputs' | 'eventName' | 'event'>) {
  const before = readFileSync(checkout.at('.loadgate/baseline.json'))
  const port = await freePort()
  const run = await gateAction({
    action: action.path,
    workspace: checkout.path,
    profile: {
      name: 'cancelled',
      target: `http://127.0.0.1:${port}`,
      service: { start: 'node service.mjs; true', ready: '/healthz' },
      load: { rate: '50/s', for: '60s' },
      scenarios: [{ name: 'browse', steps: [{ get: '/' }] }],
      budgets: ['p95 < 900 ms'],
    },
    eventName: 'push',
    event: EVENTS.pushToMain,
    env: { GITHUB_API_URL: github.url, PORT: String(port) },
    cancelWhen: () => processesBelow().length > 0,
    ...call,
    inputs: { 'save-baseline': 'true', ...call.inputs },
  })
  started = processesBelow()
  const services: readonly { pid: number }[] = JSON.parse(run.state.services ?? '[]')
  for (const { pid: shell } of services) started.push(shell)
  expect(started).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)])
  // Whatever ended it, only a run that came to its end is told of or kept.
  expect([run.outputs, run.summary, github.requests]).toEqual([{}, '', []])
  expect(existsSync(checkout.at('loadgate-report'))).toBe(false)
  expect(readFileSync(checkout.at('.loadgate/baseline.json'))).toEqual(before)
  return run
}

/** Written by the service, maybe not yet to its end. */
function processesBelow(): number[] {
  const path = checkout.at('running.json')
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return text.endsWith(']') ? JSON.parse(text) : []
}

test.each([
  // The runner's own sequence begins with SIGINT, and its SIGTERM would come after 7.5 s.
  ['by the runner', {}, 130],
  ['by the runner, while threads send', { inputs: { threads: '2' } }, 130],
  [
    'by the runner, on a pull request',
    { eventName: 'pull_request', event: EVENTS.pullRequest, inputs: { 'save-baseline': 'auto' } },
    130,
  ],
  ['by SIGTERM alone', { cancelWith: 'SIGTERM' as const }, 143],
])(
  'cancelled %s',
  async (_, call, code) => {
    const { exitCode, log, tookToEnd } = await cancelled(call)
    expect([log, exitCode]).toEqual([log, code])
    expect(tookToEnd).toBeLessThan(5_000)
    expect(started.filter(alive)).toEqual([])
    expect(log).toContain('neither published nor kept')
  },
  MINUTE,
)

test(
  'killed, it leaves its service to the post step',
  async () => {
    const { signal, state } = await cancelled({ cancelWith: 'SIGKILL' })
    expect(signal).toBe('SIGKILL')
    expect(started.filter(alive)).toEqual(started)

    const post = await runAction({ action: action.path, entry: 'post', state, workspace: checkout.path })
    expect([post.log, post.exitCode]).toEqual([expect.stringContaining('Stopped a service'), 0])
    expect(started.filter(alive)).toEqual([])

    const again = await runAction({ action: action.path, entry: 'post', state, workspace: checkout.path })
    expect([again.log, again.exitCode]).toEqual(['', 0])
  },
  MINUTE,
)
