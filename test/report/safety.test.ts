// Whatever a profile, a service or a commit is called, it changes no more of the page than the text inside code spans.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { codeBlock, codeSpan } from '../../src/report/code-span.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { prose } from '../../src/report/prose.ts'
import { nodesOf, outlineOf, parse, troubles } from '../support/github-page.ts'
import { HOSTILE, hostile } from './reports.ts'

// biome-ignore format: one list, read as a list
const TRICKS = [
  ...HOSTILE,
  '`', '``', '|', '\\', '\n', '\r', '<', '>', '</details>', '<!--', '-->', '[', ']', '](', '(', ')', '!', '@a', '@a/b', '#1',
  'a/b#1', 'GH-1', 'http://a.example', 'www.a.example', 'a@b.example', '&lt;', '&#64;a', ':tada:', '$a$', '"', "'", '1. ', '- ',
  '+ ', '> ', '# ', '---', '===', '```', '~~~', '~', '*', '_', '\u200b', '\u202e', '\u2028', '\u00a0', '\ud800', '8d0226d', 'x',
  ' ', '\t', '    ', '| - |', 'mailto:a@b', 'xmpp:a@b', '<b>', '$$',
]
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom(...TRICKS), maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

test('the oracle sees what it must forbid', () => {
  for (const markdown of [
    '@a',
    'see #1',
    '<b>x</b>',
    '[a](b)',
    '![a](b)',
    'www.a.example',
    'https://a.example',
    'GH-1',
  ])
    expect(troubles(markdown)).not.toEqual([])
  expect(troubles('p95 of `@a` is **12 ms**, \\< 3')).toEqual([])
})

test('a code span shows its text and nothing else, alone, in a sentence and in a table', () => {
  fc.assert(
    fc.property(name, (text) => {
      const span = codeSpan(text)
      for (const markdown of [span, `a ${span} b`, `| a | b |\n| - | - |\n| ${span} | c |`]) {
        const code = [...nodesOf(parse(markdown))].filter(({ type }) => type === 'inlineCode')
        expect(code).toHaveLength(1)
        expect(troubles(markdown)).toEqual([])
      }
      expect(outlineOf(`| a | b |\n| - | - |\n| ${span} | c |`)).toBe(
        'root(table(tableRow(tableCell tableCell) tableRow(tableCell tableCell)))',
      )
    }),
    { numRuns: 600 },
  )
})

test.each([
  ['GET /store', '`GET /store`'],
  ['a | b', '`a ¦ b`'],
  ['a`b', '``a`b``'],
  ['`', '`` ` ``'],
  ['``a', '``` ``a ```'],
  [' \u200b\n', '`(empty)`'],
  ['a\r\n\tb', '`a b`'],
  ['\u202eevil\u2066', '`evil`'],
  ['e\u0301', '`é`'],
  [`a${'\u0323\u0316'.repeat(5)}`, '`ạ̖\u0323`'],
])('%j is shown as %s', (text, shown) => {
  expect(codeSpan(text).normalize('NFC')).toBe(shown.normalize('NFC'))
})

test('a long name is cut between characters', () => {
  const span = codeSpan('😀'.repeat(500))
  expect(span).toBe(`\`${'😀'.repeat(119)}…\``)
})

test('a command is one fenced line', () => {
  fc.assert(
    fc.property(name, (text) => {
      const [block, ...others] = parse(`${codeBlock(text, 'sh')}\n\nafter`).children
      expect(block?.type).toBe('code')
      expect(others.map(({ type }) => type)).toEqual(['paragraph'])
    }),
    { numRuns: 600 },
  )
})

test.each([
  ['p95 of "store" is 412 ms, limit 275 ms (+65 %)', 'p95 of `store` is 412 ms, limit 275 ms (+65 %)'],
  ['lower `shards`, or ask @octo', 'lower `shards`, or ask `@octo`'],
  ['a < b, 3 > 2: see https://a.example', 'a \\< b, 3 \\> 2: see `https://a.example`'],
  ['"a""b" and a lone " or `', '`a` `b` and a lone " or `` ` ``'],
  ['1. first', '1\\. first'],
  ['- 5 %', '\\- 5 %'],
  ['commit 8d0226dbe3a1', 'commit `8d0226dbe3a1`'],
])('the sentence %j is written as %s', (sentence, written) => {
  expect(prose(sentence)).toBe(written)
})

test('a name that holds quotes is shown as one when it is known', () => {
  const budget = 'p95 of "fan (club" < 10 %'
  const sentence = `p95 is 3 ms; there is no baseline yet for "${budget}", nor for "x"`
  expect(prose(sentence, [budget])).toBe(`p95 is 3 ms; there is no baseline yet for \`${budget}\`, nor for \`x\``)
})

test('a sentence is one paragraph of words and code, wherever it begins', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 4 }), (names) => {
      const sentence = prose(names.map((text) => `${text} of "${text}"`).join(' '))
      for (const markdown of [sentence, `- ${sentence}`, `## x ${sentence}`]) expect(troubles(markdown)).toEqual([])
      expect(outlineOf(`- ${sentence}`)).toBe('root(list(listItem(paragraph)))')
    }),
    { numRuns: 600 },
  )
})

test('no name changes the page: same blocks as with harmless names, and nothing alive in it', () => {
  const harmless = outlineOf(renderMarkdown(hostile(Array.from({ length: 12 }, (_, n) => `n${n}`)), { limit: 1e6 }))
  fc.assert(
    fc.property(fc.uniqueArray(name, { minLength: 12, maxLength: 12 }), (names) => {
      const markdown = renderMarkdown(hostile(names), { limit: 1e6 })
      expect(troubles(markdown)).toEqual([])
      expect(outlineOf(markdown)).toBe(harmless)
    }),
    { numRuns: 40 },
  )
  expect(troubles(renderMarkdown(hostile(HOSTILE), { limit: 1e6 }))).toEqual([])
})
