import { expect, test } from '@jest/globals'
import { readAsOf } from '../../src/baseline/as-of.ts'
import { type Cell, cellStore } from '../../src/baseline/cell-store.ts'
import { type Retrying, realWaiting } from '../../src/github/retry.ts'
import { manualWaiting } from '../support/manual-waiting.ts'
import { refusal, small } from './store-laws.ts'

/** A place in which somebody else is always faster. */
function contested(seen: Retrying[], onReplace = () => {}): Cell<number> {
  return {
    name: 'cell',
    place: 'the cell',
    read: async (retrying) => {
      seen.push(retrying)
      return { bytes: undefined, version: 0 }
    },
    replace: async () => {
      onReplace()
      return 'not the one that was read'
    },
    checkReplace: async () => {},
  }
}
const nowhere = async () => undefined

test('an append ends after three minutes, and everything it does has this one end', async () => {
  const [waiting, seen]: [ReturnType<typeof manualWaiting>, Retrying[]] = [manualWaiting(), []]
  const { message, hint } = await refusal(cellStore(contested(seen), nowhere, waiting).append(small('a')))
  expect(message).toMatch(/replaced by others again and again/)
  expect(hint).toMatch(/fewer runs/)
  expect(waiting.now()).toBeLessThan(188_001)
  expect(seen.length).toBeGreaterThan(5)
  expect(new Set(seen.map(({ until }) => until))).toEqual(new Set([180_000]))
})

test('a job that is cancelled tries no more, and its signal reaches the place', async () => {
  const [over, seen]: [AbortController, Retrying[]] = [new AbortController(), []]
  const store = cellStore(
    contested(seen, () => over.abort()),
    nowhere,
  )
  await expect(store.append(small('a'), { signal: over.signal })).rejects.toThrow(/aborted/)
  expect(seen.map(({ signal }) => signal)).toEqual([over.signal])
})

test('a history that GitHub does not give out is a store out of reach', async () => {
  const answer = { headers: {}, data: { message: 'Resource not accessible by integration' } }
  const forbidden = () => Promise.reject(Object.assign(new Error('from octokit'), { status: 403, response: answer }))
  const doors = { ancestry: forbidden, retrying: { waiting: realWaiting, until: 0 } }
  expect(await refusal(readAsOf({ store: 's3://b', runs: [small('a')] }, 'main', doors))).toMatchObject({
    kind: 'infrastructure',
    message: expect.stringMatching(/no permission for the baseline s3:\/\/b as of main: GitHub answered 403/),
    hint: expect.stringContaining('contents: read'),
  })
})
