import { expect, test } from '@jest/globals'
import { filesUsed } from '../../src/plan/plan-files.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import type { Body } from '../../src/profile/profile.ts'
import { profile, request, scenario } from './profiles.ts'

const file = (name: string) => ({ encode: 'none', value: { kind: 'file', file: name } }) as const
const sending = (...bodies: Body[]) =>
  profile({
    scenarios: [scenario('store', 1, ...bodies.map((body, n) => request([`/${n}`], { method: 'PUT', body })))],
  })
const body = (...content: Body['content']): Body => ({ type: undefined, content })

test('a plan carries each file once, and none where none is used', () => {
  const twice = sending(body(file('a.bin')), body('x', file('a.bin'), file('b/c.bin')))
  expect(filesUsed(twice)).toEqual(['a.bin', 'b/c.bin'])
  const files = { 'a.bin': Buffer.from([0, 255, 128]), 'b/c.bin': Buffer.from('é') }
  const { files: carried } = planLoad(twice, { data: {}, files })
  expect(JSON.parse(JSON.stringify(carried))).toEqual({ 'a.bin': 'AP+A', 'b/c.bin': 'w6k=' })
  expect('files' in planLoad(profile(), { data: {} })).toBe(false)
})

test('another content is another plan', () => {
  const hash = (text: string) => planLoad(sending(body(file('a'))), { data: {}, files: { a: Buffer.from(text) } }).hash
  expect(hash('one')).toBe(hash('one'))
  expect(hash('one')).not.toBe(hash('two'))
})

test('files that are too much together, or hold the boundary of their form, are refused', () => {
  const plan = (profile: ReturnType<typeof sending>, files: Record<string, Buffer>) => () =>
    planLoad(profile, { data: {}, files })
  const both = sending(body(file('a'), file('b')))
  expect(plan(both, { a: Buffer.alloc(20e6), b: Buffer.alloc(12e6) })).not.toThrow()
  expect(plan(both, { a: Buffer.alloc(20e6), b: Buffer.alloc(12e6 + 1) })).toThrow(/32 MB/)
  const form = sending({ ...body('--B\r\n\r\n', file('a'), '\r\n--B--\r\n'), boundary: 'B' })
  expect(plan(form, { a: Buffer.from('text\r\n-B') })).not.toThrow()
  expect(plan(form, { a: Buffer.from('text\r\n--B\r\n') })).toThrow(/a holds the boundary/)
  expect(plan(form, {})).toThrow(/a was not read/)
})
