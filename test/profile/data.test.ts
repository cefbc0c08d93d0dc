import { expect, test } from '@jest/globals'
import { LoadgateError } from '../../src/errors.ts'
import { parseData } from '../../src/profile/data.ts'

const csv = (text: string) => parseData(text, { file: 'a.csv', format: 'csv' })
const json = (text: string) => parseData(text, { file: 'a.json', format: 'json' })

test.each([
  [
    'email,name\na@b,Ada\nc@d,Cy\n',
    ['email', 'name'],
    [
      ['a@b', 'Ada'],
      ['c@d', 'Cy'],
    ],
  ],
  ['\ufeffemail , name\r\na@b,\r\n\r\n', ['email', 'name'], [['a@b', '']]],
  ['a,b\n"1, ""2""\n3",4', ['a', 'b'], [['1, "2"\n3', '4']]],
  ['a\n 007 \n', ['a'], [[' 007 ']]],
  ['__proto__,constructor\n1,2', ['__proto__', 'constructor'], [['1', '2']]],
])('csv %j', (text, columns, rows) => {
  expect(csv(text)).toEqual({ columns, rows })
})

test('json: values become text, and the keys may come in any order', () => {
  const { columns, rows } = json(
    '[{"a": 1.5, "b": true, "c": null, "d": "x"}, {"d": "y", "c": "", "b": false, "a": -1}]',
  )
  expect(columns).toEqual(['a', 'b', 'c', 'd'])
  expect(rows).toEqual([
    ['1.5', 'true', '', 'x'],
    ['-1', 'false', '', 'y'],
  ])
})

test.each([
  ['', 'a.csv: '],
  ['a,b\n', 'a.csv: there are no rows'],
  ['a,b\n1,2\n3\n', 'a.csv:3: 1 values for 2 columns'],
  ['a,b\n1,2,3\n', 'a.csv:2: 3 values'],
  ['a,b,a\n1,2,3\n', 'a.csv:1: two columns'],
  ['a,,b\n1,2,3\n', 'a.csv:1: column 2 has no name'],
  ['a}\n1\n', 'a.csv:1: column "a}"'],
  ['a,b\n1,"2\n3,4\n', 'a.csv:3: a quote that is opened here or above'],
  ['a,b\n1,"2"x\n', 'a.csv:2: text stands behind'],
  [`${Array.from({ length: 1_001 }, (_, n) => n).join(',')}\n`, 'a.csv:1: more than 1,000 columns'],
  [`a\n${'1\n'.repeat(1_000_001)}`, 'a.csv: more than 1,000,000 rows'],
  ['x'.repeat(64 * 1_048_576 + 1), 'a.csv: more than'],
])('csv %j is refused', (text, start) => {
  expectUsage(() => csv(text), start)
})

test.each([
  [' ', 'a.json: the file is empty'],
  ['{"a": 1}', 'a.json:1: this is not a list'],
  ['[]', 'a.json: there are no rows'],
  ['[1]', 'a.json:1: this row'],
  ['[\n{"a": 1},\n{"a": {"b": 2}}\n]', 'a.json:3: "a" is a list or a map'],
  ['[\n{"a": "],}"},\n{"a": "\\""},\n\n{"b": 2}]', 'a.json:5: "a" is not in every row'],
  ['[{"a": 1},\n{"a": 1, "b": 2}]', 'a.json:2: "b" is not in every row'],
  ['[\n{"a": 1},\n{"a" 2}]', 'a.json:3: '],
  ['[{"": 1}]', 'a.json:1: column 1 has no name'],
])('json %j is refused', (text, start) => {
  expectUsage(() => json(text), start)
})

function expectUsage(run: () => unknown, start: string): void {
  let thrown: unknown
  try {
    run()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(LoadgateError)
  const { kind, message, hint } = thrown as LoadgateError
  expect(kind).toBe('usage')
  expect(message.slice(0, start.length)).toBe(start)
  expect(hint).toMatch(/[.?]$/)
}

test.each([
  [() => csv('a,b\n1,2\n1\n'), 3, '1 values for 2 columns. Put values that hold a comma in "double quotes".'],
  [
    () => json('[{"a": 1},\n {"b": 1}]'),
    2,
    '"a" is not in every row. Give all rows the same keys, with null for no value.',
  ],
  [
    () => csv(''),
    1,
    'the file is empty. Write the names of the columns in the first line and a row in each further one.',
  ],
] as const)('a mistake has its place, so that it can be shown there: %#', (read, line, message) => {
  expect.assertions(1)
  try {
    read()
  } catch (error) {
    const file = expect.stringMatching(/^a\.(csv|json)$/)
    expect(error).toMatchObject({ mistakes: [{ place: { file, line, column: 1 }, message }] })
  }
})
