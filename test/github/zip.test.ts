import { expect, test } from '@jest/globals'
import { unzipOne } from '../../src/github/zip.ts'
import { evilZips, type ZipEntry, zipOf } from '../support/zips.ts'

const content = Buffer.from('{"kind":"loadgate-baseline"}\n'.repeat(20))
const good: ZipEntry = { name: 'baseline.json', content }
const unzip = (zip: Buffer, most = 10_000) => unzipOne(zip, { name: 'baseline.json', most })

test.each([
  ['packed', [good]],
  ['stored', [{ ...good, stored: true }]],
  ['without a mode', [{ ...good, mode: 0 }]],
  ['with a name in UTF-8', [{ ...good, flags: 0x0800 }]],
] as const)('one regular file is taken out, %s', (_, entries) => {
  expect(unzip(zipOf(entries))).toEqual(content)
})

test.each(evilZips(good, 200_000))('%s is refused', (_, zip) => {
  expect(() => unzip(zip)).toThrow(/^(it|its file|its directory|the checksum|what it holds|something) /)
})

test.each([true, false])(
  'no flipped bit changes what comes out, and every truncation is refused (stored: %s)',
  (stored) => {
    const zip = zipOf([{ ...good, content: content.subarray(0, 60), stored }])
    const accepted = new Set<string>()
    for (let bit = 0; bit < zip.length * 8; bit++) {
      zip[bit >> 3]! ^= 1 << (bit & 7)
      try {
        accepted.add(unzip(zip).toString())
      } catch {
        // Refused.
      }
      zip[bit >> 3]! ^= 1 << (bit & 7)
    }
    // Times, versions and permissions mean nothing here.
    expect([...accepted]).toEqual([content.subarray(0, 60).toString()])
    for (let length = 0; length < zip.length; length++) expect(() => unzip(zip.subarray(0, length))).toThrow()
  },
)

test('a file as large as it may be is taken out, a larger one is not', () => {
  const zip = zipOf([good])
  expect(unzip(zip, content.length)).toEqual(content)
  expect(() => unzip(zip, content.length - 1)).toThrow(`${content.length} bytes`)
})
