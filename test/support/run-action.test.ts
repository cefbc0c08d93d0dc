import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { pairsIn, runAction } from './run-action.ts'

const root = mkdtempSync(join(tmpdir(), 'loadgate-harness-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

const METADATA = `
inputs:
  load profile: { default: loadgate.yml }
  github-token: { default: '\${{ github.token }}' }
  optional: {}
runs: { using: node24, main: main.mjs, post: post.mjs }
`
let made = 0
function action(main: string, { metadata = METADATA, post = '' } = {}): string {
  const directory = join(root, String(made++))
  mkdirSync(directory)
  for (const [name, text] of Object.entries({ 'action.yml': metadata, 'main.mjs': main, 'post.mjs': post }))
    writeFileSync(join(directory, name), text)
  return directory
}

test('inputs, event and environment are those of a runner, and nothing else is inherited', async () => {
  process.env.LOADGATE_HARNESS_LEAK = 'leaked'
  const { exitCode, log } = await runAction({
    action: action(`
      import { readFileSync, statSync } from 'node:fs'
      const { env } = process
      const files = ['OUTPUT', 'ENV', 'PATH', 'STATE', 'STEP_SUMMARY'].map((name) => statSync(env['GITHUB_' + name]).size)
      const event = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8'))
      console.log(JSON.stringify({ env, files, event, cwd: process.cwd(), node: process.versions.node.split('.')[0] }))
    `),
    inputs: { optional: 'given' },
    eventName: 'pull_request',
    event: { number: 7 },
    env: { EXTRA: 'yes', GITHUB_JOB: undefined },
  })
  delete process.env.LOADGATE_HARNESS_LEAK
  const { env, files, event, cwd, node } = JSON.parse(log)
  expect(exitCode).toBe(0)
  expect(env).toMatchObject({
    INPUT_LOAD_PROFILE: 'loadgate.yml',
    'INPUT_GITHUB-TOKEN': 'ghs_workflow',
    INPUT_OPTIONAL: 'given',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: cwd,
    EXTRA: 'yes',
  })
  expect(Object.keys(env).filter((name) => !/^(INPUT|GITHUB|RUNNER)_|^(PATH|HOME|CI|EXTRA)$/.test(name))).toEqual([])
  expect(env.GITHUB_JOB).toBeUndefined()
  expect([files, event, node]).toEqual([[0, 0, 0, 0, 0], { number: 7 }, '24'])
})

test('exit code, log of both streams, outputs, state and summary come back; post gets the state', async () => {
  const made = action(
    `
    import { appendFileSync } from 'node:fs'
    appendFileSync(process.env.GITHUB_OUTPUT, 'verdict=fail\\nnote<<END\\none\\ntwo\\nEND\\nverdict=pass\\n')
    appendFileSync(process.env.GITHUB_STATE, 'pid=42\\n')
    appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# Hello')
    console.log('out')
    console.error('err')
    process.exitCode = 3
    `,
    { post: 'console.log("post of " + process.env.STATE_pid)' },
  )
  const main = await runAction({ action: made })
  expect(main).toMatchObject({ exitCode: 3, outputs: { verdict: 'pass', note: 'one\ntwo' }, summary: '# Hello' })
  expect([main.log.includes('out'), main.log.includes('err')]).toEqual([true, true])
  const post = await runAction({ action: made, entry: 'post', state: main.state })
  expect(post.log).toBe('post of 42\n')
})

test('an input that action.yml does not declare, another runtime and a missing entry are mistakes of the test', async () => {
  await expect(runAction({ action: action(''), inputs: { porfile: 'x' } })).rejects.toThrow('no input porfile')
  const old = 'runs: { using: node20, main: main.mjs }'
  await expect(runAction({ action: action('', { metadata: old }) })).rejects.toThrow('node24')
  const bare = 'runs: { using: node24, main: main.mjs }'
  await expect(runAction({ action: action('', { metadata: bare }), entry: 'post' })).rejects.toThrow('runs.post')
})

const ready = (log: string) => log.includes('ready')
const PAUSES = { terminate: 1_000, kill: 1_000 }
const LISTEN = (body: string) => `
  import { spawn } from 'node:child_process'
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => { console.log(name); ${body} })
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  setInterval(() => {}, 1000)
  console.log('child ' + child.pid + ' ready')
`

test('a cancelled action gets SIGINT and may leave with a code of its own', async () => {
  const run = await runAction({ action: action(LISTEN('child.kill(); process.exit(4)')), cancelWhen: ready })
  expect(run).toMatchObject({ exitCode: 4, signal: null })
  expect(run.log).toMatch(/ready\nSIGINT\n$/)
})

test('one that stays gets SIGTERM, and then it and its children are killed', async () => {
  const run = await runAction({ action: action(LISTEN('')), cancelWhen: ready, cancelPauses: PAUSES })
  expect(run).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
  expect(run.log).toMatch(/ready\nSIGINT\nSIGTERM\n$/)
  const pid = Number(/child (\d+)/.exec(run.log)?.[1])
  await expect(gone(pid)).resolves.toBe(true)
})

test('one signal alone is sent when a test asks for it', async () => {
  const run = await runAction({ action: action(LISTEN('')), cancelWhen: ready, cancelWith: 'SIGKILL' })
  expect(run).toMatchObject({ signal: 'SIGKILL', tookToEnd: expect.any(Number) })
  expect(run.log).toMatch(/ready\n$/)
  process.kill(Number(/child (\d+)/.exec(run.log)?.[1]))
})

test('a job that hangs ends at its limit', async () => {
  const run = await runAction({ action: action(LISTEN('')), limit: 1_000 })
  expect(run.signal).toBe('SIGKILL')
})

test('a file command that the runner would refuse is refused', () => {
  expect(() => pairsIn('a<<END\nno end')).toThrow('no line "END"')
  expect(() => pairsIn('nonsense')).toThrow('is no file command')
})

async function gone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}
