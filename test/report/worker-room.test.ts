import { expect, test } from '@jest/globals'
import { roomOf } from '../../src/fargate/setup/workers.ts'
import { renderAttempt, renderRooms } from '../../src/report/worker-room.ts'
import type { HeldRate } from '../../src/sizing/find-rate.ts'
import { onePlan, requestStep } from '../support/plans.ts'

const core = roomOf(2_048)
const held = (rate: number): HeldRate => ({
  cost: { perRequest: 61.234, atFullLoad: 22, requests: 7_648, took: 1_200 },
  attempts: [{ rate, cpu: 0.4, unfit: undefined }],
  rate,
})
const place = { cpu: 2_048, processor: 'AMD EPYC', width: 100 }
const plan = (level: number, options: Partial<Parameters<typeof onePlan>[0]> = {}) =>
  onePlan({ port: 1, steps: [requestStep()], level, connections: { limit: 100_000 }, ...options })

test('the cost, a row for each size, and the line to use', () => {
  const lines = renderRooms(plan(4.5 * core.rate), held(core.rate), place).split('\n')
  expect(lines[0]).toMatch(
    /^A request costs about 61 µs of CPU here \(AMD EPYC\); a thread .* sends [\d,]+ a second\.$/,
  )
  expect(lines[2]).toMatch(/^vCPUs +requests\/s +users +MB\/s +limited by +workers for the peak$/)
  expect(lines.slice(3, 7).map((line) => line.split(/ +/)[0])).toEqual(['0.25', '0.5', '1', '2'])
  expect(lines[6]).toMatch(/ CPU +5$/)
  expect(lines.at(-3)).toMatch(/^With this input a run takes 5 × 2 vCPU and 4 GB: /)
  expect(lines.at(-1)).toMatch(/^ {2}fargate-worker-rate: \d+\/s$/)
})

test('where the link is full first, it says so, and what fits through it', () => {
  const body = { type: 'text/plain', content: ['x'.repeat(1_000_000)] }
  const uploads = plan(300, { steps: [requestStep({ method: 'PUT', body })] })
  const [row = ''] = renderRooms(uploads, held(core.rate), place).split('\n').slice(6)
  expect(row.split(/ +/)).toEqual(['2', '120', expect.any(String), '120', 'bandwidth', '3'])
})

test('what was not measured is named', () => {
  expect(renderRooms(plan(1), held(100), place)).toContain('in plain HTTP/1.1: long answers cost more.')
  const far = plan(1, { target: 'https://shop.example', connections: { http: '2' } })
  expect(renderRooms(far, held(100), place)).toContain('TLS and HTTP/2 and long answers cost more.')
  const users = plan(10, { model: 'closed' })
  expect(renderRooms(users, held(100), place)).toMatch(/A user is taken to ask every \d+ ms on average/)
  expect(renderRooms(plan(1), held(100), place)).not.toContain('A user is taken')
})

test('an attempt, and what was wrong with it', () => {
  const attempt = { rate: 6_532, cpu: 0.4149, unfit: undefined }
  expect(renderAttempt(attempt)).toBe('6,500 requests/s, at 41 % of a core: sound.')
  expect(renderAttempt({ ...attempt, unfit: 'It was late' })).toBe(
    '6,500 requests/s, at 41 % of a core: not sound. It was late.',
  )
})
