// The commands that send nothing, and what is answered to a mistake.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { CLI, runCli, type Workspace, workspace } from '../support/run-cli.ts'

let place: Workspace
let server: CountingServer
beforeAll(async () => {
  place = workspace()
  server = await startCountingServer()
  writeFileSync(place.at('loadgate.yml'), profile())
  writeFileSync(place.at('broken.yml'), profile().replace('rate: 50/s', 'rat: 50').replace('p95', 'p59x'))
})
afterAll(async () => {
  place[Symbol.dispose]()
  await server[Symbol.asyncDispose]()
})

function profile(): string {
  return `name: shop
target: http://127.0.0.1:${server.port}
load: { warm-up: 1s, rate: 50/s, for: 4s }
scenarios:
  - name: browse
    steps: [ { get: / }, { get: /products } ]
budgets: [ p95 < 250 ms ]
`
}

const loadgate = (...args: string[]) => runCli(args, { cwd: place.path })

test.each([[['help']], [['--help']], [['-h']], [[]]])('help for %j', async (args) => {
  const { exitCode, stdout, stderr } = await loadgate(...args)
  expect([exitCode, stderr]).toEqual([0, ''])
  for (const command of ['run', 'check', 'plan', 'compare', 'version', '--save-baseline', '--metric', 'Exit codes'])
    expect(stdout).toContain(command)
})

test.each<[args: string[], has: readonly string[], not: readonly string[]]>([
  [
    ['run', '--help'],
    ['loadgate run [PROFILE]', '--rounds', '--save-baseline'],
    ['loadgate plan', '--runs '],
  ],
  [
    ['check', '-h'],
    ['loadgate check [PROFILE]', 'every mistake'],
    ['--', 'loadgate run'],
  ],
  [
    ['aa', '--help'],
    ['false alarms', '--runs', '--json'],
    ['--rounds', '--threads', 'loadgate baseline'],
  ],
  [
    ['baseline', 'seed', '--help'],
    ['loadgate baseline seed', '--runs', '--threads'],
    ['--metric', 'baseline show'],
  ],
  [
    ['baseline', '--help'],
    ['loadgate baseline show', 'loadgate baseline accept'],
    ['--rounds', 'loadgate aa'],
  ],
])('help for %j is of that command alone', async (args, has, not) => {
  const { exitCode, stdout } = await loadgate(...args)
  expect(exitCode).toBe(0)
  for (const text of has) expect(stdout).toContain(text)
  for (const text of not) expect(stdout).not.toContain(text)
})

test.each([['version'], ['--version']])('%s', async (name) => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8'))
  expect(await loadgate(name)).toMatchObject({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
})

test('check says that a profile is sound, or all that is wrong with it, where, and what to write instead', async () => {
  // Beside its own budget the profile gets the one for errors.
  const sound = { exitCode: 0, stdout: 'loadgate.yml is sound: 1 scenario, 2 budgets.\n' }
  expect(await loadgate('check')).toMatchObject(sound)
  const { exitCode, stdout, stderr } = await loadgate('check', 'broken.yml')
  expect([exitCode, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^error: 2 mistakes in broken\.yml\nbroken\.yml:3:\d+ .*rat/)
  expect(stderr).toMatch(/broken\.yml:7:\d+ .*p59x/)
  expect(stderr).toContain('did you mean "rate"?')
})

test('what a profile takes from the environment as a secret is shown by no command', async () => {
  using own = workspace()
  const hidden = profile()
    .replace(/target: .*/, 'target: ${env.SHOP_TOKEN}')
    .replace('{ get: / }', '{ get: "/${env.SHOP_KEY}" }')
  writeFileSync(own.at('loadgate.yml'), hidden)
  const env = { SHOP_TOKEN: `http://127.0.0.1:${server.port}/correct-horse`, SHOP_KEY: 'battery-staple' }
  for (const command of ['check', 'plan']) {
    const { exitCode, log } = await runCli([command], { cwd: own.path, env })
    expect([command, exitCode]).toEqual([command, 0])
    expect(log).not.toMatch(/correct-horse|battery-staple/)
  }
})

test('plan draws the load, measures what it costs, and sends the target nothing', async () => {
  const { exitCode, stdout } = await loadgate('plan')
  expect([exitCode, server.requests.length]).toEqual([0, 0])
  expect(stdout).toContain('browse')
  // 5 s of 50 arrivals, the warm-up included, with two requests each.
  expect(stdout).toMatch(/\b250\b/)
  expect(stdout).toMatch(/\b500\b/)
  expect(stdout).toMatch(/A request costs about \d/)
})

test.each<[args: string[], words: RegExp]>([
  [['runn'], /There is no command "runn"\nDid you mean `loadgate run`\?/],
  [['history'], /There is no command "history"\nDid you mean `loadgate baseline show`\?/],
  [['seed'], /There is no command "seed"\nDid you mean `loadgate baseline seed`\?/],
  [['bogus'], /There is no command "bogus"\nSee `loadgate help`\./],
  [['constructor'], /There is no command "constructor"/],
  [['run', '--save-basline'], /This command has no flag --save-basline\nDid you mean --save-baseline\?/],
  [['run', '--github-token=x'], /This command has no flag --github-token/],
  [['calibrate', 'broken.yml'], /broken\.yml:3:\d+/],
  [['calibrate', '--threads', '2'], /This command has no flag --threads/],
  [['check', '--json', 'x'], /This command has no flag --json/],
  [['run', '--threads', 'many'], /`--threads` is "many"\nWrite a number from 1 to 99, or auto\./],
  [['run', '--on-inconclusive', 'pass'], /`--on-inconclusive` is "pass"\nWrite one of: warn, fail\./],
  [['run', '--json'], /--json needs a value/],
  [['run', '--baseline', 's3:bucket'], /"s3:bucket" names no baseline store\nWrite artifact, branch:NAME/],
  [['run', 'a.yml', 'b.yml'], /"b\.yml" is one argument too many/],
  [['run', 'nowhere.yml'], /nowhere\.yml cannot be read: ENOENT/],
  [['run', '.'], /\. is not a regular file/],
  [['run', 'broken.yml'], /broken\.yml:3:\d+/],
  [['compare'], /compare takes a result and a baseline\nFor example: loadgate compare/],
  [['compare', 'report.json'], /compare takes a result and a baseline/],
  [['compare', 'report.json', 'file:store.json'], /report\.json cannot be read: ENOENT/],
  [
    ['run', '--report', 'loadgate.yml/below'],
    /loadgate\.yml\/below\/report\.md cannot be written: .*loadgate\.yml is not a dir/,
  ],
  [['run', '--json', '.'], /\. cannot be written: it is not a regular file\nName a place where/],
])('a mistake in %j ends with 2 before anything is sent', async (args, words) => {
  const { exitCode, stderr, log } = await loadgate(...args)
  expect([exitCode, stderr.slice(0, 7)]).toEqual([2, 'error: '])
  expect(log).toMatch(words)
  // No stack, for it is nobody's mistake but the user's.
  expect(log).not.toContain('    at ')
  expect([server.requests.length, readdirSync(place.path).sort()]).toEqual([0, ['broken.yml', 'loadgate.yml']])
})

const old = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .map((folder) => join(folder, 'node'))
  .filter((node) => existsSync(node))
  .map((node) => [execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(), node] as const)
  .filter(([version]) => Number(/\d+/.exec(version)?.[0]) < 24)

// Where this machine has no older Node there is nothing to run.
for (const [version, node] of old.slice(0, 1))
  test(`Node ${version} is told that it is too old`, async () => {
    const end = await runCli(['check'], { cwd: place.path, command: [node, CLI] })
    expect(end).toMatchObject({ exitCode: 2, stdout: '' })
    expect(end.stderr).toMatch(`error: Loadgate needs Node 24 or newer; this is ${version}.\n`)
    expect(end.stderr).toContain('node_modules/.bin/node')
  })
