import { expect, test } from '@jest/globals'
import { decodeXml } from '../src/xml-entities.ts'

test.each([
  ['&lt;a&gt; &amp;amp; &quot;b&quot; &apos;', `<a> &amp; "b" '`],
  ['&#65;&#x1F600;&#X41;', 'A\u{1f600}A'],
  ['&#x110000; &nbsp; &own; & &amp', '&#x110000; &nbsp; &own; & &amp'],
])('%j is meant as %j', (written, meant) => {
  expect(decodeXml(written)).toBe(meant)
})
