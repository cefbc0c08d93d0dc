// The page that is served while a load is sent: there from the beginning, fed on the way, and the report in the end.
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import type { LivePoint } from '../../src/report/html/page-data.ts'
import { freePort } from '../support/free-port.ts'
import { gateOnce, type RunningCli, workspace } from '../support/run-cli.ts'
import { serviceProfile } from '../support/service-profile.ts'

test('a run is watched from its first second to its report', async () => {
  using place = workspace()
  const port = await freePort()
  const address = `http://127.0.0.1:${port}/`
  let [waiting, told, report] = ['', '', '']
  const meanwhile = async (cli: RunningCli) => {
    await cli.until(`The run is shown at ${address}`)
    waiting = await textOf(address)
    told = await toldUntilReport(`${address}events`)
    report = await textOf(address)
  }
  const flags = ['--live-html', String(port), '--report', place.at('out')]
  const profile = await serviceProfile({ load: { rate: '50/s', for: '4s' } })
  const run = await gateOnce(profile, { cwd: place.path, flags, meanwhile })
  expect(waiting).toContain('waiting for the load to begin')
  const points = [...told.matchAll(/^event: points\ndata: (.*)$/gm)].flatMap(
    ([, data]) => JSON.parse(String(data)) as LivePoint[],
  )
  expect(points.length).toBeGreaterThanOrEqual(2)
  expect(points.map(({ elapsed }) => elapsed)).toEqual(points.map(({ elapsed }) => elapsed).toSorted((a, b) => a - b))
  expect(points.at(-1)).toMatchObject({ of: 'run', total: 4_000 })
  expect(points.at(-1)!.sent).toBeLessThanOrEqual(run.report!.result.steps.reduce((sum, { sent }) => sum + sent, 0))
  expect(report).toBe(readFileSync(place.at('out/report.html'), 'utf8'))
  // A noisy machine may make the run invalid; it ends all the same, and its server with it.
  expect(run.exitCode).toBe(run.report?.verdict.outcome === 'pass' ? 0 : 4)
  await expect(fetch(address)).rejects.toThrow()
}, 90_000)

async function textOf(address: string): Promise<string> {
  return (await fetch(address, { signal: AbortSignal.timeout(10_000) })).text()
}

async function toldUntilReport(address: string): Promise<string> {
  const { body } = await fetch(address, { signal: AbortSignal.timeout(60_000) })
  let text = ''
  for await (const part of body!.pipeThrough(new TextDecoderStream())) {
    text += part
    if (text.includes('event: report')) break
  }
  return text
}
