import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { compareFiles } from '../../src/command-line/compare-files.ts'
import { createOutput } from '../../src/output/output.ts'
import { renderJson } from '../../src/report/json.ts'
import { madeRun } from '../baseline/made-run.ts'
import { PASS, SIDE_BY_SIDE } from '../report/reports.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'

let place: Workspace
beforeEach(() => {
  place = workspace()
  writeFileSync(
    place.at('loadgate.yml'),
    `name: shop
target: http://127.0.0.1:1
load: { rate: 100/s, for: 60s }
scenarios: [ { name: store, steps: [ { get: / } ] } ]
budgets: [ p95 < 250 ms ]
`,
  )
  writeFileSync(place.at('alone.json'), renderJson({ ...PASS, result: madeRun() }))
  writeFileSync(place.at('before.json'), renderJson({ ...PASS, result: madeRun({ id: 'before' }) }))
  writeFileSync(place.at('beside.json'), renderJson({ ...SIDE_BY_SIDE, result: madeRun({ id: 'beside' }) }))
})
afterEach(() => place[Symbol.dispose]())

const stream = { columns: 100, write: () => {} }
const compared = (result: string, ...baselines: readonly string[]) =>
  compareFiles(
    ['--profile', place.at('loadgate.yml'), place.at(result), ...baselines],
    createOutput({ stdout: stream, stderr: stream, github: false }),
  )

test('a report is compared by the result that it holds', async () => {
  const { result, comparison } = await compared('alone.json', place.at('before.json'))
  expect(result.id).toBe('run-now')
  expect(comparison.baseline).toMatchObject({ kind: 'stored', comparable: 1 })
})

test('what was measured side by side is compared with no run alone, on either side', async () => {
  const refused = {
    kind: 'usage',
    message: expect.stringMatching(/beside\.json was measured side by side/),
    hint: expect.stringMatching(/--compare baseline/),
  }
  await expect(compared('beside.json', 'file:anything.json')).rejects.toMatchObject(refused)
  await expect(compared('beside.json', place.at('before.json'))).rejects.toMatchObject(refused)
  await expect(compared('alone.json', place.at('before.json'), place.at('beside.json'))).rejects.toMatchObject(refused)
})
