import { expect, test } from '@jest/globals'
import { allJudged } from '../../../bench/gate/spread-work.ts'
import { tablesOf } from '../../../bench/gate/tables.ts'
import { NONE } from '../../../bench/gate/tally.ts'
import { cellName, judged, type Piece, piecesOf, together } from '../../../bench/gate/work.ts'

const counted = (pieces: readonly Piece[], wanted: Pick<Piece, 'environment' | 'design'>, slower: number) =>
  pieces
    .filter(({ environment, design }) => environment === wanted.environment && design === wanted.design)
    .filter(({ changes }) => changes.includes(slower))
    .flatMap(({ from, count }) => Array.from({ length: count }, (_, n) => from + n))

test.each([
  [{ environment: 'typical', design: 'side by side' }, 1, 1_003],
  [{ environment: 'typical', design: 'side by side' }, 1.1, 1_003],
  [{ environment: 'typical', design: 'side by side' }, 1.05, 51],
  [{ environment: 'hostile', design: 'side by side' }, 1, 251],
  [{ environment: 'quiet', design: 'side by side' }, 1, 51],
  [{ environment: 'typical', design: 'stored, mixed' }, 1, 251],
  [{ environment: 'hostile', design: 'stored, one model' }, 1.5, 51],
  [{ environment: 'quiet', design: 'stored, one model' }, 1, 0],
] as const)('%j, %f: each pull request once', (where, slower, count) => {
  expect(counted(piecesOf(1_003), where, slower)).toEqual(Array.from({ length: count }, (_, n) => n))
})

const STORED: Piece = { environment: 'typical', design: 'stored, mixed', changes: [1, 3], from: 0, count: 3 }
const SIDES: Piece = { environment: 'quiet', design: 'side by side', changes: [1, 3], from: 0, count: 2 }

test('whatever thread does a piece, the same comes out', async () => {
  const told: number[] = []
  const cells = await allJudged([STORED, SIDES], (done) => told.push(done))
  expect(cells).toEqual(together([judged(STORED), judged(SIDES)]))
  expect(told).toEqual([1, 2])
})

test('pull requests of several pieces are added up', () => {
  const one = { ...NONE, pullRequests: 2, pass: 1, fail: 1, seconds: 60 }
  const other = { ...NONE, pullRequests: 3, inconclusive: 3, seconds: 900 }
  expect(together([{ a: one }, { a: other, b: one }])).toEqual({
    a: { ...NONE, pullRequests: 5, pass: 1, fail: 1, inconclusive: 3, seconds: 960 },
    b: one,
  })
})

test('a piece has a verdict of every gate for every pull request, and a threefold time is a fail for most', () => {
  const cells = judged(STORED)
  expect(Object.keys(cells)).toHaveLength(2 * 16)
  for (const tally of Object.values(cells)) {
    expect(tally.pullRequests).toBe(3)
    expect(tally.fail + tally.pass + tally.inconclusive).toBe(3)
  }
  expect(cells[cellName(STORED, 'Loadgate, 20 runs', 3)]!.fail).toBeGreaterThan(0)
  expect(cells[cellName(STORED, 'ratio to last > 200 %, 1 run', 3)]!.fail).toBeGreaterThan(0)
})

test('figures stand in the tables where they belong', () => {
  const name = cellName({ environment: 'typical', design: 'side by side' }, 'Loadgate', 1)
  const cells = { [name]: { ...NONE, pullRequests: 400, fail: 3, pass: 390, inconclusive: 7, seconds: 40_000 } }
  const noise = { betweenRuns: 0.101, betweenSides: 0.024 }
  const [aims] = tablesOf(cells, { quiet: noise, typical: noise, hostile: noise })
  const cellsOf = (begin: string) =>
    aims!
      .split('\n')
      .find((line) => line.startsWith(`| ${begin}`))!
      .split('|')
      .map((cell) => cell.trim())
  expect(cellsOf('typical, side by side: the same code failed').slice(2, 4)).toEqual(['400', '0.75 %'])
  expect(cellsOf('the same code passed').slice(2, 4)).toEqual(['400', '97.5 %'])
  expect(cellsOf('seconds of load').slice(2, 4)).toEqual(['400', '100'])
})
