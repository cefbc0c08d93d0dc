// Shows what Loadgate does, with the shop beside this file: a baseline, an unchanged version, and a slower one.
import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const cli = join(here, '..', '..', 'dist', 'cli.js')
const store = join(here, '.loadgate', 'baseline.json')
const PASS = 0
const FAIL = 1

// A port of its own, so that a service on a common one is neither disturbed nor measured.
const environment = { ...process.env, PORT: process.env.PORT ?? '18080' }

rmSync(store, { force: true })
for (const n of [1, 2, 3])
  await run(`Seeding the baseline, run ${n} of 3`, { flags: ['--save-baseline'], expected: [PASS] })
await run('The same version again: it passes', { expected: [PASS] })
await run('A version that is slower on purpose: it fails', { env: { SLOW: '1' }, expected: [FAIL] })
console.log('\nThat was all: the slower version exits with 1, which fails a check.')
console.log(`The profile is ${join(here, 'loadgate.yml')}; the baseline is ${store}.`)

/** Runs the gate once in the foreground; a signal that reaches this process reaches the gate as well. */
async function run(title, { flags = [], env = {}, expected }) {
  console.log(`\n━━━ ${title}\n`)
  const args = [cli, 'run', join(here, 'loadgate.yml'), '--baseline', `file:${store}`, ...flags]
  const gate = spawn(process.execPath, args, { stdio: 'inherit', env: { ...environment, ...env } })
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => gate.kill(signal))
  const code = await new Promise((resolve) => gate.once('exit', resolve))
  if (expected.includes(code)) return
  console.log(`\nThe gate ended with ${code} instead of ${expected.join(' or ')}: see above for its reason.`)
  process.exit(code ?? 4)
}
