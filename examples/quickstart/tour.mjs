// Shows what Loadgate does, with the shop beside this file: a baseline, an unchanged version, and a slower one.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, relative } from 'node:path'

const here = import.meta.dirname
const cli = join(here, '..', '..', 'dist', 'cli.js')
const profile = relative(process.cwd(), join(here, 'loadgate.yml'))
const store = relative(process.cwd(), join(here, '.loadgate', 'baseline.json'))

const PASS = 0
const FAIL = 1
/** Inconclusive or invalid: on a busy machine both are the right answer, and a later try may do better. */
const UNSURE = [3, 4]
const TRIES = 3
const SEEDING =
  'Until there are three runs, budgets that compare with them are not decided: INCONCLUSIVE is normal here.\n'

rmSync(store, { force: true })
for (const n of [1, 2, 3])
  await run(`Seeding the baseline, run ${n} of 3`, {
    flags: ['--save-baseline'],
    expected: PASS,
    about: n > 1 ? SEEDING : undefined,
  })
await run('The same version again: it passes', { flags: ['--on-inconclusive', 'fail'], expected: PASS })
await run('A version that is slower on purpose: it fails', { env: { SLOW: '1' }, expected: FAIL })
console.log('\nThat was all: the slower version exits with 1, which fails a check.')
console.log(`The profile is ${profile}; the baseline is ${store}.`)

async function run(title, { flags = [], env = {}, expected, about }) {
  for (let left = TRIES; ; left--) {
    console.log(`\n━━━ ${title}\n`)
    if (about) console.log(about)
    const code = await gate(['run', profile, '--baseline', `file:${store}`, ...flags], env)
    if (code === expected) return
    if (!UNSURE.includes(code) || left === 1) {
      console.log(`\nThe gate ended with ${code} instead of ${expected}: see above for its reason.`)
      process.exit(code)
    }
    console.log('\nThis machine was too busy for a sound answer. Once more.')
  }
}

/** Runs the gate in the foreground; a signal that reaches this process reaches the gate as well. */
async function gate(args, env) {
  const child = spawn(process.execPath, [cli, ...args], { stdio: 'inherit', env: { ...process.env, ...env } })
  const forward = (signal) => child.kill(signal)
  process.on('SIGINT', forward).on('SIGTERM', forward)
  const code = await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 4)))
  process.off('SIGINT', forward).off('SIGTERM', forward)
  if (code > 128) process.exit(code)
  return code
}
