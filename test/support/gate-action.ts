// Runs the built action as the runner does: from a checkout of its own, on a workspace with a profile.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ActionCall, type ActionRun, runAction } from './run-action.ts'
import { onlyStarved, type ReportFile, type Workspace, workspace } from './run-cli.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** What GitHub checks out of an action, as far as it runs: action.yml and dist, with no node_modules beside or above. */
export function installAction(): Workspace {
  const place = workspace()
  for (const part of ['action.yml', 'dist']) cpSync(join(ROOT, part), place.at(part), { recursive: true })
  return place
}

export interface GateCall extends ActionCall {
  /** Written to `loadgate.yml`, as JSON unless it is text; JSON is YAML. */
  readonly profile: object | string
  readonly workspace: string
}

export interface GateRun extends ActionRun {
  /** Of this run; undefined when it wrote none. */
  readonly report: ReportFile | undefined
  /** How often it was run, this time included: what others count, they have counted each time. */
  readonly tries: number
}

const TRIES = 3

/**
 * Runs the gate, and once more when all that is wrong is that the generator got too little of the machine: tests share it
 * with other work, and then the tool rightly refuses to judge. Nothing else is tried again.
 */
export async function gateAction(call: GateCall): Promise<GateRun> {
  for (let tries = 1; ; tries++) {
    const run = await gateOnce(call)
    if (tries === TRIES || !onlyStarved(run)) return { ...run, tries }
  }
}

/** A GitHub with artifacts is not always there; a test of that store names it. */
const INPUTS = { baseline: 'file:.loadgate/baseline.json' }

async function gateOnce({ profile, ...call }: GateCall): Promise<Omit<GateRun, 'tries'>> {
  const path = join(call.workspace, 'loadgate-report', 'report.json')
  rmSync(path, { force: true })
  writeFileSync(
    join(call.workspace, 'loadgate.yml'),
    typeof profile === 'string' ? profile : JSON.stringify(profile, null, 2),
  )
  const run = await runAction({ ...call, inputs: { ...INPUTS, ...call.inputs } })
  return { ...run, report: existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined }
}

/** A profile whose service is the shop beside this file; its port comes from the environment. */
export function shopProfile({
  load = { rate: '70/s', for: '1s' },
  budgets = ['p95 < 450 ms', 'errors < 5 %'],
}: {
  readonly load?: object
  readonly budgets?: readonly string[]
} = {}) {
  return {
    name: 'shop',
    target: 'http://127.0.0.1:${env.PORT}',
    service: { start: `node ${join(import.meta.dirname, 'shop.mjs')}`, ready: '/healthz' },
    load,
    scenarios: [{ name: 'browse', steps: [{ get: '/products' }] }],
    budgets,
  }
}

/** A second of load on a server of the test's own; enough for its two budgets to hold. */
export function briefProfile(port: number) {
  return {
    name: 'brief',
    target: `http://127.0.0.1:${port}`,
    load: { rate: '70/s', for: '1s' },
    scenarios: [{ name: 'browse', steps: [{ get: '/products' }] }],
    budgets: ['p95 < 900 ms', 'errors < 5 %'],
  }
}

/** As much of GitHub's payloads as Loadgate reads. */
export const EVENTS = {
  pullRequest: pullRequest(1),
  fromFork: pullRequest(2),
  pushToMain: { ref: 'refs/heads/main', repository: { default_branch: 'main' } },
} as const

export function pullRequest(headRepository: number, number = 7) {
  const head = { ref: 'topic', sha: 'b'.repeat(40), repo: { id: headRepository } }
  const base = { ref: 'main', sha: 'c'.repeat(40), repo: { id: 1 } }
  return { number, pull_request: { number, head, base } }
}
