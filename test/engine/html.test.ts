import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compileHtml } from '../../src/engine/html.ts'
import { parseSelector } from '../../src/profile/selector.ts'

const PAGE = `<!doctype html>
<!-- <input name=csrf value=comment> -->
<head><title><input name=csrf value=title></title>
<META Name="csrf-token" CONTENT='a&amp;b"c'>
<script>document.write('<input name=csrf value=script>')</script>
<style>/* <input name=csrf value=style> */</style></head>
<body class="wide  dark">
<textarea><input name=csrf value=textarea></textarea>
<p title="<input name=csrf value=inside>">
<input name=csrf>
<input name=csrf value="Zoë &#x2603; &lt;1&gt;" value=second data-ID=7 disabled/>
<a id=next class="link primary" href='/orders?a=1&b=2'>next</a>`

test.each<[selector: string, attribute: string, value: string | undefined]>([
  ['input[name=csrf]', 'value', 'Zoë ☃ <1>'],
  ['INPUT[NAME="csrf"]', 'VALUE', 'Zoë ☃ <1>'],
  ['input', 'data-id', '7'],
  ['input', 'disabled', ''],
  ["meta[name='csrf-token']", 'content', 'a&b"c'],
  ['#next', 'href', '/orders?a=1&b=2'],
  ['a.primary.link[id]', 'href', '/orders?a=1&b=2'],
  ['*.dark', 'class', 'wide  dark'],
  ['.prim', 'href', undefined],
  ['[name=Csrf]', 'value', undefined],
  ['p', 'value', undefined],
  ['button', 'value', undefined],
])('%s has the %s %j', (selector, attribute, value) => {
  expect(compileHtml(selector, attribute)(PAGE)).toBe(value)
})

test('a page that breaks off has what came until then', () => {
  const find = compileHtml('input', 'value')
  expect(find('<input value=1><input')).toBe('1')
  expect(find('<input value=1')).toBeUndefined()
  expect(find('')).toBeUndefined()
})

test.each(['', ' ', 'a b', 'a > b', 'a, b', 'a:hover', 'a[b', 'a[b^=c]', '[b="c]', '##a', 'a..b', '1a'])(
  '%j is no selector of one element',
  (selector) => {
    expect(parseSelector(selector)).toBeUndefined()
  },
)

test('a megabyte of anything is read once', () => {
  const pieces = [
    '<a>',
    '<a b>',
    '</b>',
    '<a ',
    '&amp',
    '<!--',
    '"',
    "<a b='",
    '<script>',
    '<textarea>&lt',
    'a=b ',
    '<',
    '&#',
  ]
  const find = compileHtml('input[name=csrf]', 'value')
  for (const piece of pieces) {
    const began = process.cpuUsage()
    expect(find(piece.repeat(1_048_576 / piece.length))).toBeUndefined()
    const { user } = process.cpuUsage(began)
    // Quadratic would be minutes.
    expect([piece, user < 5_000_000]).toEqual([piece, true])
  }
})

test('no page makes it throw', () => {
  const find = compileHtml('a[b]', 'c')
  const piece = fc.constantFrom(
    '<',
    '>',
    'a',
    ' b',
    '=',
    '"',
    "'",
    '&',
    '#',
    ';',
    '/',
    '!',
    '-',
    '\0',
    '\u2028',
    '💥',
    'x110000',
  )
  fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void find(pieces.join(''))))
})
