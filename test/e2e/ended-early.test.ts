// A budget marked "or abort" ends the run, from this machine.
import { expect, test } from '@jest/globals'
import { startCountingServer } from '../support/counting-server.ts'
import { gate, reported, workspace } from '../support/run-cli.ts'

test('a run that breaks a limit "or abort" is ended, fails, and is not kept', async () => {
  using place = workspace()
  await using server = await startCountingServer((_, response, n) => {
    if (n > 100) response.writeHead(500)
    response.end('x')
  })
  const profile = {
    name: 'early',
    target: `http://127.0.0.1:${server.port}`,
    load: { rate: '50/s', for: '5m' },
    scenarios: [{ name: 'shop', steps: [{ get: '/' }] }],
    budgets: ['errors < 20 % or abort', 'p95 < 5 s', 'throughput > 1/s'],
  }
  const flags = ['--save-baseline', 'true', '--baseline', 'file:kept.json']
  const run = await gate(profile, { cwd: place.path, flags, limit: 120_000 })
  const { verdict, result, comparison } = reported(run)
  expect([run.exitCode, verdict.outcome, result.complete]).toEqual([1, 'fail', false])
  expect(verdict.reason).toMatch(
    /^errors are [\d.]+ % in the last [\d.]+ s, above the limit of 20 %: the run was ended/,
  )
  expect(comparison.defects).toEqual([])
  const [first, ...others] = comparison.budgets.map(({ judgement }) => judgement.kind)
  expect(first).toBe('exceeded')
  expect(others).toHaveLength(2)
  expect(others).not.toContain('holds')
  expect(run.log).toContain('Not added to the baseline')
  expect(result.steps.reduce((sum, step) => sum + step.sent, 0)).toBeLessThan(5_000)
}, 180_000)
