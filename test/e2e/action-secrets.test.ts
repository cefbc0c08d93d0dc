// A secret of the job that the target and the service say back in every way they can: it leaves Loadgate nowhere.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { freePort } from '../support/free-port.ts'
import { EVENTS, type GateCall, type GateRun, gateAction, installAction } from '../support/gate-action.ts'
import { GitHubContract } from '../support/github-contract.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'
import { startWireServer } from '../support/wire-server.ts'

const MINUTE = 60_000
const SECRET = 'c4nary+of/the=job&"quoted" 7f3a'
/** One that can stand in an address. */
const PATH_KEY = 'k3y-in-the-path'

let action: Workspace
let checkout: Workspace
let github: GitHubContract

beforeAll(async () => {
  action = installAction()
  github = await GitHubContract.start({ ghs_workflow: { login: 'github-actions', kind: 'actions', write: true } })
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

type Event = Pick<GateCall, 'eventName' | 'event'>
const PULL_REQUEST: Event = { eventName: 'pull_request', event: EVENTS.pullRequest }
/** Its run is kept. */
const PUSH: Event = { eventName: 'push', event: EVENTS.pushToMain }

function run(profile: object, event = PULL_REQUEST): Promise<GateRun> {
  return gateAction({
    action: action.path,
    workspace: checkout.path,
    profile,
    ...event,
    env: { GITHUB_API_URL: github.url, API_TOKEN: SECRET, PATH_KEY },
  })
}

/** The secret as it is and as others write it; what base64 makes of it depends on where in a text it stands. */
const FORMS = [
  PATH_KEY,
  SECRET,
  JSON.stringify(SECRET).slice(1, -1),
  encodeURIComponent(SECRET),
  new URLSearchParams({ '': SECRET }).toString().slice(1),
  ...['', 'a', 'ab'].flatMap((before) => {
    const text = Buffer.from(before + SECRET)
    return [text.toString('base64').slice(4, 36), text.toString('base64url').slice(4, 36)]
  }),
]

/** Where a form of the secret is found. The one place it may be is the command that makes the runner mask it. */
function leaks(run: GateRun): string[] {
  const places: Record<string, string> = {
    log: run.log.replace(/^::add-mask::.*$/gm, ''),
    outputs: JSON.stringify(run.outputs),
    state: JSON.stringify(run.state),
    summary: run.summary,
    requests: JSON.stringify(github.requests),
  }
  for (const entry of readdirSync(checkout.path, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) places[entry.name] = readFileSync(join(entry.parentPath, entry.name), 'utf8')
  return Object.entries(places).flatMap(([place, text]) =>
    FORMS.filter((form) => text.includes(form) || text.includes(JSON.stringify(form).slice(1, -1))).map(
      (form) => `${place}: ${form}`,
    ),
  )
}

test(
  'what a target says back',
  async () => {
    let met = 0
    await using server = await startWireServer({
      onRequest: ({ socket, head }) => {
        if (head.includes(`Bearer ${SECRET}`)) met++
        const basic = Buffer.from(`user:${SECRET}`).toString('base64')
        const body = JSON.stringify({ raw: SECRET, basic, url: encodeURIComponent(SECRET) })
        const fields = `x-raw: ${SECRET}\r\nlocation: /${encodeURIComponent(SECRET)}\r\nset-cookie: s=${basic}`
        if (head.includes('/broken')) socket.end(`HTTP/1.1 ${SECRET}\r\n${SECRET}\r\n\r\n`)
        else
          setTimeout(() => {
            socket.write(
              `HTTP/1.1 200 ${SECRET}\r\n${fields}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
            )
          }, 50)
      },
    })
    const profile = {
      name: 'secrets of ${env.API_TOKEN}',
      target: `http://127.0.0.1:${server.port}/\${env.PATH_KEY}`,
      load: { rate: '100/s', for: '1s' },
      scenarios: [
        {
          name: 'said back',
          weight: 40,
          steps: [
            {
              post: '/login',
              query: { key: '${env.API_TOKEN}' },
              headers: { authorization: 'Bearer ${env.API_TOKEN}' },
              json: { token: '${env.API_TOKEN}' },
              capture: { raw: { json: '/raw' }, went: { header: 'location' }, kept: { cookie: 's' } },
            },
            { get: '${went}', headers: { authorization: 'Basic ${kept}' }, query: { q: '${raw}' }, name: 'back' },
          ],
        },
        { name: 'named ${env.API_TOKEN}', steps: [{ get: '/x', name: 'step ${env.API_TOKEN}' }] },
        { name: 'broken', steps: [{ get: '/broken' }] },
      ],
      budgets: ['p95 < 900 ms', 'errors < 50 %'],
    }
    for (const event of [PULL_REQUEST, PUSH]) {
      const ended = await run(profile, event)
      expect([ended.log, ended.exitCode]).toEqual([ended.log, 0])
      expect(ended.log).toContain('::add-mask::')
      expect(leaks(ended)).toEqual([])
    }
    expect(met).toBeGreaterThan(0)
    expect(github.comments).toHaveLength(1)
    expect(readdirSync(checkout.at('.loadgate'))).toContain('baseline.json')
  },
  MINUTE,
)

test(
  'what a service says before it dies',
  async () => {
    writeFileSync(
      checkout.at('service.mjs'),
      `const { API_TOKEN } = process.env
     for (const text of [API_TOKEN, JSON.stringify(API_TOKEN), encodeURIComponent(API_TOKEN), btoa('user:' + API_TOKEN)])
       console.error('cannot log in with', text)
     process.exitCode = 3`,
    )
    const ended = await run({
      name: 'dying',
      target: `http://127.0.0.1:${await freePort()}`,
      service: { start: 'node service.mjs' },
      load: { rate: '70/s', for: '1s' },
      scenarios: [{ name: 'browse', steps: [{ get: '/', headers: { authorization: '${env.API_TOKEN}' } }] }],
      budgets: ['errors < 5 %'],
    })
    expect([ended.log, ended.exitCode]).toEqual([ended.log, 4])
    expect(ended.log).toContain('cannot log in with ***')
    expect(leaks(ended)).toEqual([])
  },
  MINUTE,
)

test(
  'what is wrong with a profile that holds it',
  async () => {
    const scenarios = [{ name: 'browse', steps: [{ get: '/', headers: { authorization: '${env.API_TOKEN}' } }] }]
    const ended = await run({
      name: 'broken',
      target: 'http://${env.API_TOKEN}',
      timeout: '${env.API_TOKEN}',
      load: { rate: '${env.API_TOKEN}', for: '1s' },
      scenarios,
      budgets: ['p95 < ${env.API_TOKEN}', 'p95 of "${env.API_TOKEN}" < 1 s'],
    })
    expect([ended.log, ended.exitCode]).toEqual([ended.log, 2])
    expect(leaks(ended)).toEqual([])
  },
  MINUTE,
)
