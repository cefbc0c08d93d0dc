// The report as an artifact of the run, and the step behind the run.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { ArtifactService } from '../support/artifact-service.ts'
import type { CountingServer } from '../support/counting-server.ts'
import { briefProfile, EVENTS, type GateRun, gateAction, installAction } from '../support/gate-action.ts'
import { runAction } from '../support/run-action.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { startSlowServer } from '../support/slow-server.ts'

const MINUTE = 60_000
const NAME = 'loadgate-report-loadgate'

let action: Workspace
let checkout: Workspace
let artifacts: ArtifactService
let server: CountingServer

beforeAll(async () => {
  action = installAction()
  artifacts = await ArtifactService.start()
  server = await startSlowServer()
})
beforeEach(() => {
  checkout = workspace()
  artifacts.reset()
})
afterEach(() => checkout[Symbol.dispose]())
afterAll(async () => {
  await artifacts.close()
  await server[Symbol.asyncDispose]()
  action[Symbol.dispose]()
})

function run(env: Readonly<Record<string, string>>): Promise<GateRun> {
  return gateAction({
    action: action.path,
    workspace: checkout.path,
    profile: briefProfile(server.port),
    event: EVENTS.pushToMain,
    env,
  })
}

test(
  'the report directory is uploaded',
  async () => {
    const { exitCode, log } = await run(artifacts.env)
    expect([log, exitCode]).toEqual([log, 0])
    expect(artifacts.stored[0]?.name).toBe(NAME)
    const zip = artifacts.stored[0]?.zip.toString('latin1') ?? ''
    for (const file of ['report.md', 'report.json']) expect(zip).toContain(file)
  },
  MINUTE,
)

test(
  'a service that refuses is told of and changes nothing',
  async () => {
    artifacts.inject({ call: 'CreateArtifact', times: 99, kind: 'quota' })
    const { exitCode, log, outputs, summary } = await run(artifacts.env)
    expect([log, exitCode]).toEqual([log, 0])
    expect([outputs.verdict, summary.includes('Loadgate: pass')]).toEqual(['pass', true])
    expect(log).toContain('warning: The report was not uploaded as an artifact')
    expect(artifacts.stored).toEqual([])
  },
  MINUTE,
)

test(
  'without the service nothing is said of it, and the post step finds nothing to do',
  async () => {
    const main = await run({})
    expect([main.log, main.exitCode]).toEqual([main.log, 0])
    expect(main.log).not.toMatch(/artifact|upload/i)
    const post = await runAction({ action: action.path, entry: 'post', state: main.state, workspace: checkout.path })
    expect(post).toMatchObject({ exitCode: 0, log: '', outputs: {}, summary: '' })
  },
  MINUTE,
)
