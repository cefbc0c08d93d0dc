import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { Agenda } from '../../src/engine/agenda.ts'
import { manualClock } from '../support/manual-clock.ts'

function notebook() {
  const clock = manualClock()
  const agenda = new Agenda(clock)
  const happened: [name: string | number, at: number][] = []
  const note = (due: number, name: string | number = due) => ({
    due,
    onDue: (now: number) => void happened.push([name, now]),
    onStop: () => void happened.push([`${name} stopped`, clock.now()]),
  })
  return { clock, agenda, happened, note }
}

test('everything happens once, in order, at its moment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1_000), { maxLength: 60 }), async (moments) => {
      const { clock, agenda, happened, note } = notebook()
      for (const moment of moments) agenda.add(note(moment))
      await clock.pass(1_000)
      expect(happened).toEqual(moments.toSorted((a, b) => a - b).map((moment) => [moment, moment]))
    }),
    { numRuns: 40 },
  )
})

test('what comes later may be due earlier', async () => {
  const { clock, agenda, happened, note } = notebook()
  agenda.add(note(500))
  await clock.pass(100)
  agenda.add(note(200))
  agenda.add(note(50))
  await clock.pass(1_000)
  expect(happened).toEqual([
    [50, 100],
    [200, 200],
    [500, 500],
  ])
})

test('what adds itself again for at once cannot hold the loop', async () => {
  const { clock, agenda } = notebook()
  let turns = 0
  const again = {
    due: 0,
    onDue: () => {
      turns++
      if (turns < 1_000) agenda.add(again)
    },
    onStop: () => {},
  }
  const others = setInterval(() => {})
  agenda.add(again)
  clock.onAlarm()
  clearInterval(others)
  expect(turns).toBe(1)
})

test('a stop is told to all that still stand there', async () => {
  const { clock, agenda, happened, note } = notebook()
  agenda.add(note(10))
  agenda.add(note(20))
  await clock.pass(15)
  agenda.stop()
  await clock.pass(100)
  expect(happened).toEqual([
    [10, 10],
    ['20 stopped', 15],
  ])
})
