import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { JtlLines } from '../../src/jmeter/jtl-lines.ts'

function read(pieces: readonly Buffer[]) {
  const found: string[] = []
  const lines = new JtlLines((line) => found.push(line))
  for (const piece of pieces) lines.add(piece)
  return { found, whole: lines.whole, endsWhole: lines.endsWhole }
}

test.each<[string, string[], string, boolean]>([
  ['a,b\nc,d\n', ['a,b', 'c,d'], 'a,b\nc,d\n', true],
  ['a,b\nc', ['a,b'], 'a,b\n', false],
  ['a\r\nb\r\n', ['a', 'b'], 'a\r\nb\r\n', true],
  // A record of two lines is whole at the end of the second only.
  ['a\n"b\nc",d\n', ['a', '"b', 'c",d'], 'a\n"b\nc",d\n', true],
  ['a\n"b\nc', ['a', '"b'], 'a\n', false],
  ['', [], '', true],
])('%j', (text, lines, whole, endsWhole) => {
  expect(read([Buffer.from(text)])).toEqual({ found: lines, whole: Buffer.byteLength(whole), endsWhole })
})

test('how it comes in pieces changes nothing, also within a character', () => {
  const text = 'zeit,größe\n"a""b\nc",😀\n1,2\n3'
  const bytes = Buffer.from(text)
  const whole = read([bytes])
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
      const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      const pieces = at.slice(1).map((end, n) => bytes.subarray(at[n], end))
      expect(read(pieces)).toEqual(whole)
    }),
  )
})

test('a line without end is given up, and is no whole record', () => {
  const piece = Buffer.alloc(600_000, 'x')
  const { found, whole, endsWhole } = read([Buffer.from('a\n'), piece, piece, piece, Buffer.from('\nb\n')])
  expect([found, whole, endsWhole]).toEqual([['a'], 2, false])
})
