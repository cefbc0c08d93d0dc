// What a run of hours keeps: time is passed in, so a day takes no longer than its samples.
import { expect, test } from '@jest/globals'
import { unsent } from '../../src/engine/http/transport.ts'
import { Ledger } from '../../src/engine/ledger.ts'
import { Histogram, Recorder } from '../../src/histogram.ts'
import { normal, seeded } from '../baseline/made-run.ts'

const STEPS = 20
const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Of a step's recorders for response, service and failure times: 23 · 1024 doubles each. */
const BYTES_OF_STEP = 3 * 23 * 1024 * 8

interface Sent {
  readonly step: number
  /** Since the begin of the window. */
  readonly ended: number
  readonly us: number
  readonly failed: boolean
}

/** `perSecond` requests ending in each second, the steps in turn, times as log-normal as those of a service. */
function* load(seconds: number, perSecond: number): Generator<Sent> {
  const random = seeded(1)
  const gauss = normal(random)
  for (let n = 0; n < seconds * perSecond; n++) {
    const us = Math.round(5_000 * Math.exp(0.6 * gauss()))
    yield { step: n % STEPS, ended: (1000 * n) / perSecond, us, failed: random() < 0.01 }
  }
}

function ledgerOf(measured: number, samples: Iterable<Sent>) {
  const ledger = new Ledger({ steps: STEPS, measureFrom: 0, measured: measured * 1000, keepRecent: false })
  for (const { step, ended, us, failed } of samples) {
    const begun = ended - us / 1000
    const times = { sentAt: begun, firstByteAt: (begun + ended) / 2 }
    const answer = { ...unsent('cancelled', ended, begun), cause: undefined, status: failed ? 500 : 200, ...times }
    ledger.sample({ id: step, explain: () => undefined }, 0, answer, failed ? 'unexpected-status' : undefined)
  }
  return ledger.result()
}

test('a day keeps fewer intervals than ten minutes, and next to nothing beside its steps', () => {
  const minutes = ledgerOf(10 * MINUTE, load(10 * MINUTE, 5)).intervals
  const day = ledgerOf(DAY, load(DAY, 5)).intervals
  expect([minutes.length, minutes.records.length]).toEqual([1_000, 600])
  expect([day.length, day.records.length]).toEqual([3_600_000, 24])
  expect(day.records.map(({ succeeded, failed }) => succeeded + failed)).toEqual(new Array(24).fill(5 * HOUR))
  expect(JSON.stringify(day).length).toBeLessThan(0.05 * STEPS * BYTES_OF_STEP)
})

test.each([
  ['minutes', 11 * MINUTE + 30, MINUTE],
  ['hours', 10 * HOUR + 90, HOUR],
])('seconds fold into %s without a trace: histogram by histogram, of the whole and of the steps', (_, length, each) => {
  const samples = [...load(length, 2)]
  const { intervals, steps } = ledgerOf(length, samples)
  const seconds = Array.from({ length }, (_, second) => textOf(samples.slice(2 * second, 2 * second + 2)))
  expect(intervals.records).toHaveLength(Math.ceil(length / each))
  for (const { index, succeeded, failed, response } of intervals.records) {
    const own = seconds.slice(index * each, (index + 1) * each)
    expect(response).toBe(Histogram.of(...own).toText())
    expect(succeeded).toBe(Histogram.of(response).count)
    expect(succeeded + failed).toBe(2 * own.length)
  }
  expect(steps.map(({ response }) => response)).toEqual(
    steps.map(({ id }) => textOf(samples.filter(({ step }) => step === id))),
  )
  expect(Histogram.of(...steps.map(({ response }) => response)).toText()).toBe(Histogram.of(...seconds).toText())
})

test.each([
  ['of 5 s', 32, 5],
  ['of a minute', 11 * MINUTE + 30, MINUTE],
])('every request of a step is in one of its blocks %s', (_, length, each) => {
  const samples = [...load(length + 7, 20)]
  const { steps } = ledgerOf(length, samples)
  for (const { id, blocks, failed, succeededInWindow } of steps) {
    expect(blocks.length).toBe(each * 1000)
    const ends = (index: number) => Math.min(length, (index + 1) * each)
    for (const { index, response, ...counts } of blocks.records.filter(({ index }) => index * each < length)) {
      const own = samples.filter(
        ({ step, ended }) => step === id && ended >= index * each * 1000 && ended < ends(index) * 1000,
      )
      expect(response).toBe(textOf(own))
      expect(counts).toEqual({
        succeeded: own.filter(({ failed }) => !failed).length,
        failed: own.filter(({ failed }) => failed).length,
      })
    }
    const inWindow = blocks.records.filter(({ index }) => index * each < length)
    expect(inWindow.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(succeededInWindow)
    expect(blocks.records.length).toBeGreaterThan(inWindow.length)
    expect(blocks.records.reduce((sum, block) => sum + block.failed, 0)).toBe(failed)
    expect(Histogram.of(...blocks.records.map(({ response }) => response)).toText()).toBe(steps[id]!.response)
  }
})

const recorder = new Recorder()

/** Of the successes. */
function textOf(samples: readonly Sent[]): string {
  for (const { us, failed } of samples) if (!failed) recorder.record(us)
  return recorder.drain()
}

test('of each cause in each step the first failure is kept, with what it had not, and no more than a hundred', () => {
  const ledger = new Ledger({ steps: 200, measureFrom: 1_000, measured: 10_000, keepRecent: false })
  const asked: number[] = []
  const fail = (id: number, doneAt: number, status: number, due = 1_000) => {
    const answer = { ...unsent('cancelled', doneAt, doneAt - 5), cause: undefined, status, bytesReceived: 7 }
    const explain = () => {
      asked.push(id)
      return `step ${id}`
    }
    ledger.sample({ id, explain }, due, answer, status === 500 ? 'unexpected-status' : 'unexpected-answer')
  }
  fail(3, 900, 500, 900)
  for (const doneAt of [2_000, 2_001]) {
    fail(0, doneAt, 500)
    fail(0, doneAt, 200)
    fail(1, doneAt, 500)
  }
  expect(asked).toEqual([0, 0, 1])
  for (let step = 3; step < 200; step++) fail(step, 3_000, 500)
  const { examples } = ledger.result()
  expect(examples).toHaveLength(100)
  const first = { cause: 'unexpected-status', at: 1_000, took: 5, status: 500, bytes: 7 }
  expect(examples.slice(0, 4)).toEqual([
    { ...first, step: 0, detail: 'step 0' },
    { ...first, step: 0, cause: 'unexpected-answer', status: 200, detail: 'step 0' },
    { ...first, step: 1, detail: 'step 1' },
    { ...first, step: 3, at: 2_000, detail: 'step 3' },
  ])
})
