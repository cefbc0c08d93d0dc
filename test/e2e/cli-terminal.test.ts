// What people see: a view that is drawn anew on a terminal, plain lines elsewhere, and no false exit code where nobody reads.
import { expect, test } from '@jest/globals'
import { CLI, gateOnce, workspace } from '../support/run-cli.ts'
import { serviceProfile } from '../support/service-profile.ts'

const ESC = '\u001b'
const LOAD = { rate: '50/s', for: '3s' }
const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(' ')
/** util-linux gives the command a terminal of its own, and its exit code back. That terminal has no size until told one. */
const ON_TERMINAL = [
  'sh',
  '-c',
  `exec script -qec "stty cols 100 rows 40; exec ${quoted([process.execPath, CLI])} $*" /dev/null`,
  'sh',
] as const
const CTRL_C = '\u0003'

const PARTS = new RegExp(`${ESC}\\[\\d*[A-Za-z]|\\n|[^${ESC}\\n]+`, 'g')

/** What is left on the screen, row by row, after all that was written: lines, the cursor going up, and erasing below it. */
function screenOf(text: string): string[] {
  const rows = ['']
  let at = 0
  for (const [part] of text.replaceAll('\r', '').matchAll(PARTS)) {
    const up = /^.\[(\d+)A$/.exec(part)?.[1]
    if (part === '\n') rows[++at] ??= ''
    else if (up !== undefined) at -= Number(up)
    else if (part === `${ESC}[J`) rows.splice(at, Number.POSITIVE_INFINITY, '')
    else if (!part.startsWith(ESC)) rows[at] += part
  }
  return rows
}

test.concurrent('on a terminal the view is drawn anew and then taken away, and the report has colours', async () => {
  using place = workspace()
  const run = await gateOnce(await serviceProfile({ load: LOAD }), { cwd: place.path, command: ON_TERMINAL })
  const drawn = [...run.stdout.matchAll(/█*░* +\d+ % {2}\d.* of 3 s/g)].map(([line]) => line)
  expect(drawn.length).toBeGreaterThanOrEqual(2)
  expect(new Set(drawn).size).toBe(drawn.length)
  expect(run.stdout).toMatch(new RegExp(`${ESC}\\[3[12]m(PASS|INVALID)`))
  const screen = screenOf(run.stdout)
  expect(screen.filter((row) => /[█░]/.test(row))).toEqual([])
  const ready = screen.findIndex((row) => row.startsWith('It is ready'))
  expect(screen[ready + 1]).toMatch(/^(PASS|INVALID) /)
  expect(screen.at(-1)).toBe('')
  // A noisy machine may make the run invalid; what matters is that the code is the tool's own.
  expect(run.exitCode).toBe(run.report?.verdict.outcome === 'pass' ? 0 : 4)
}, 60_000)

test.concurrent('Ctrl-C takes the view away as well', async () => {
  using place = workspace()
  const load = { rate: '50/s', for: '30s' }
  const run = await gateOnce(await serviceProfile({ load }), {
    cwd: place.path,
    command: ON_TERMINAL,
    meanwhile: async (cli) => {
      await cli.until(/░ +\d+ % {2}/)
      cli.type(CTRL_C)
    },
  })
  expect(run.exitCode).toBe(130)
  const screen = screenOf(run.stdout)
  expect(screen.filter((row) => /[█░]/.test(row))).toEqual([])
  expect(screen.join('\n')).toContain('warning: SIGINT: stopping the load and the service.')
}, 60_000)

test.concurrent('into a pipe go plain lines', async () => {
  using place = workspace()
  const run = await gateOnce(await serviceProfile({ load: { rate: '50/s', for: '6s' } }), { cwd: place.path })
  expect(run.log).not.toContain(ESC)
  expect(run.log).not.toMatch(/[█░]/)
  expect(run.stdout).toMatch(
    /^5 s of 6 s, 1 s left · [\d.]+\/s · \d+ active · \d+ sent · none failed · p50 \d.* · p95 \d.*$/m,
  )
}, 60_000)

test.concurrent.each([
  ['passes', [], 0],
  ['fails', ['p50 < 1 ms'], 1],
] as const)(
  'a reader that goes away changes no exit code: the run %s',
  async (_, budgets, exitCode) => {
    using place = workspace()
    const command = ['bash', '-c', '"$0" "$@" | head -1; exit "${PIPESTATUS[0]}"', process.execPath, CLI] as const
    const profile = await serviceProfile({ budgets: ['errors < 50 %', ...budgets] })
    const run = await gateOnce(profile, { cwd: place.path, command })
    const starved = run.report?.verdict.outcome === 'invalid'
    expect([run.exitCode, run.stderr]).toEqual([starved ? 4 : exitCode, ''])
    expect(run.stdout).toMatch(/^Nothing is stored in .*\n$/)
  },
  60_000,
)
