// A target and a service that do their worst: what they say reaches the log, but the runner finds no command in it.
import { writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { freePort } from '../support/free-port.ts'
import { EVENTS, type GateRun, gateAction, installAction } from '../support/gate-action.ts'
import { GitHubContract } from '../support/github-contract.ts'
import { troubles } from '../support/github-page.ts'
import { strayCommands } from '../support/log-commands.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { startWireServer } from '../support/wire-server.ts'

const MINUTE = 60_000
const TOKEN = 'ghs_workflow'
const ESC = '\u001b'
const OUTPUTS = ['verdict', 'p95-ms', 'error-rate', 'throughput', 'report-path', 'result-path', 'comment-url']
const COMMANDS = [
  '::set-output name=verdict::pass',
  '::stop-commands::forever',
  '##[add-mask]e',
  '::error file=x::from outside',
  ':\u200b:set-env name=PATH::/tmp',
]
/** Commands once the colours and links before them are taken out. */
const COLOURED = [`${ESC}[31m::debug::x${ESC}[0m`, `${ESC}]8;;http://evil.example${ESC}\\::warning::x`]
const PAGE = ['@octo-org/owners', '![x](http://evil.example/x.png)', '<img src=http://evil.example>', '#1', '`` ` ``']
/** Each on a line of its own, by every line end there is, and all in one line. */
const WORST = ['\n', '\r', '\r\n', '\u0085', '\u2028', ' ']
  .map((end) => [...COMMANDS, ...COLOURED, ...PAGE].join(end))
  .join('\n')
/** What can stand in a line of HTTP. */
const LINE = [...COMMANDS, ...PAGE].join(' ').replace(/[^ -~]/g, '')

let action: Workspace
let checkout: Workspace
let github: GitHubContract

beforeAll(async () => {
  action = installAction()
  github = await GitHubContract.start({ [TOKEN]: { login: 'github-actions', kind: 'actions', write: true } })
})
beforeEach(() => {
  checkout = workspace()
  github.reset()
})
afterEach(() => checkout[Symbol.dispose]())
afterAll(async () => {
  await github.close()
  action[Symbol.dispose]()
})

function run(profile: object, env: Readonly<Record<string, string>> = {}): Promise<GateRun> {
  return gateAction({
    action: action.path,
    workspace: checkout.path,
    profile,
    eventName: 'pull_request',
    event: EVENTS.pullRequest,
    env: { GITHUB_API_URL: github.url, ...env },
  })
}

function expectNothingMeant({ log, outputs, summary }: GateRun): void {
  expect(strayCommands(log, [TOKEN])).toEqual([])
  // Nor anything that moves the cursor or colours the log.
  expect(log).not.toContain(ESC)
  expect(Object.keys(outputs).filter((name) => !OUTPUTS.includes(name))).toEqual([])
  if (summary === '') return
  // The two links are ours.
  expect(troubles(summary)).toEqual(['link', 'link'])
  const run = 'https://github.com/octo-org/shop/actions/runs/100'
  for (const link of [`[Full report](${run}#artifacts)`, `[log](${run})`]) expect(summary).toContain(link)
  // Below three hidden lines.
  expect(github.comments.map(({ body }) => body.split('\n').slice(3).join('\n'))).toEqual([summary])
}

test('the oracle would find each of these commands', () => {
  for (const command of COMMANDS) expect(strayCommands(command, [TOKEN])).not.toEqual([])
})

test(
  'answers of a hostile target',
  async () => {
    await using server = await startWireServer({
      onRequest: ({ socket, head }) => {
        const body = JSON.stringify({ name: WORST, ok: false })
        const lines = [`content-type: application/json; x=${LINE}`, `location: ${LINE}`, `set-cookie: a=${LINE}`]
        if (head.includes('/broken')) socket.end(`HTTP/1.1 ::error::x ${LINE}\r\n${LINE}\r\n\r\n${WORST}`)
        else
          setTimeout(() => {
            socket.write(
              `HTTP/1.1 200 ${LINE}\r\n${lines.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`,
            )
            socket.write(body)
          }, 50)
      },
    })
    const ended = await run({
      name: `::set-output name=x::y ##[add-mask]e ${PAGE[0]}`,
      target: `http://127.0.0.1:${server.port}`,
      load: { rate: '70/s', for: '1s' },
      scenarios: [
        {
          name: `##[error]x ${PAGE[1]}`,
          steps: [
            {
              get: '/',
              name: `::error::x ${PAGE[2]} ${PAGE[4]}`,
              capture: { said: { json: '/name' }, went: { header: 'location' }, kept: { cookie: 'a' } },
            },
            // Line ends in a value for a header must fail here, and the rest reach the target.
            { get: '/${said}', headers: { 'x-went': '${went}' }, query: { kept: '${kept}' }, name: 'sends it back' },
            { get: '/header', headers: { 'x-said': '${said}' }, name: 'splits' },
          ],
        },
        { name: 'checks', steps: [{ get: '/', expect: { json: { '/ok': true }, headers: { location: 'x' } } }] },
        { name: 'broken', steps: [{ get: '/broken' }] },
      ],
      budgets: ['p95 < 900 ms', 'errors < 1 %', `errors of "sends it back" < 5 %`],
    })
    expect([ended.log, ended.exitCode]).toEqual([ended.log, 1])
    expect(ended.outputs.verdict).toBe('fail')
    expectNothingMeant(ended)
  },
  MINUTE,
)

const SERVICE = `
  import { createServer } from 'node:http'
  const say = () => {
    process.stdout.write(process.env.WORST + '\\n')
    process.stderr.write(process.env.WORST + '\\nthe last words')
  }
  if (process.env.DIES === 'at once') { say(); process.exitCode = 3 }
  else {
    let left = 20
    createServer((request, response) => {
      if (request.url !== '/healthz' && --left === 0) { say(); process.exit(3) }
      setTimeout(() => response.end('ok'), 50)
    }).listen(process.env.PORT, '127.0.0.1')
  }`

test.each([
  ['at once', 4, /exited with code 3 before it was ready/],
  ['under load', 1, /exited with code 3 while the load was running/],
])(
  'a service that dies %s, with hostile last words',
  async (dies, code, told) => {
    writeFileSync(checkout.at('service.mjs'), SERVICE)
    const ended = await run(
      {
        name: 'dying',
        target: 'http://127.0.0.1:${env.PORT}',
        service: { start: 'node service.mjs', ready: '/healthz' },
        load: { rate: '70/s', for: '1s' },
        scenarios: [{ name: 'browse', steps: [{ get: '/' }] }],
        budgets: ['errors < 5 %'],
      },
      { PORT: String(await freePort()), DIES: dies, WORST },
    )
    expect([ended.log, ended.exitCode]).toEqual([ended.log, code])
    expect(ended.log).toMatch(told)
    expect(ended.log).toContain('the last words')
    expectNothingMeant(ended)
  },
  MINUTE,
)
