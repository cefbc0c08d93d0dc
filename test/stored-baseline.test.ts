import { expect, test } from '@jest/globals'
import type { Baseline, BaselineStore, StoreOptions } from '../src/baseline/baseline.ts'
import { LoadgateError } from '../src/errors.ts'
import { keepRun, readEarlier } from '../src/stored-baseline.ts'
import { result } from './report/reports.ts'
import { collectedOutput } from './support/collected-output.ts'

function store(act: (options: StoreOptions) => Promise<Baseline>): BaselineStore {
  return {
    name: 'cell',
    read: (options = {}) => act(options),
    checkAppend: async () => {},
    append: async (_, options = {}) => void (await act(options)),
  }
}
const broken = store(async () => {
  throw new LoadgateError('infrastructure', 'The cell is broken', { hint: 'Mend it.' })
})

test('a store that cannot be read makes the run invalid, and a job that is cancelled goes on with nothing', async () => {
  const output = collectedOutput()
  expect(await readEarlier(broken, output)).toEqual({
    baseline: undefined,
    problem: { message: 'The cell is broken', remedy: 'Mend it.' },
  })
  expect(output.warnings).toEqual(['The cell is broken. This run will be invalid.'])
  await expect(readEarlier(broken, output, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  )
})

test('what a store left out, and how far its runs are, is told before the load', async () => {
  const output = collectedOutput()
  const commit = 'c'.repeat(40)
  const nearest = { commit: 'b'.repeat(40), distance: 3, startedAt: Date.now() - 90_000_000 }
  const asOf = { commit, nearest, leftOut: 2 }
  await readEarlier(
    store(async () => ({ store: 'cell', runs: [], notes: ['Left out: one'], asOf })),
    output,
  )
  expect(output.lines).toEqual([
    'Left out: one',
    expect.stringMatching(
      /^The nearest stored run is of commit bbbbbbb, 3 commits before commit ccccccc, 25 h.* old\. 2 runs of other commits left out\.$/,
    ),
  ])
})

test('a run is kept with the signal of the job, and not in a store that refuses it', async () => {
  const [output, { signal }] = [collectedOutput(), new AbortController()]
  const seen: StoreOptions[] = []
  const whole = store(async (options) => {
    seen.push(options)
    return { store: 'cell', runs: [] }
  })
  expect(await keepRun(result(), 'pass', whole, { output, signal })).toBe('Added to the baseline in cell.')
  expect(seen).toEqual([{ signal }])
  expect(await keepRun(result(), 'fail', whole, { output, signal })).toMatch(/^Not added/)
  expect(await keepRun(result(), 'pass', broken, { output, signal })).toMatch(/^Could not be added.*is broken/)
  expect([seen.length, output.warnings]).toEqual([1, [expect.stringContaining('Could not be added')]])
})
