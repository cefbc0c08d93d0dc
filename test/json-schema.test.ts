import { expect, test } from '@jest/globals'
import { compileSchema } from '../src/json-schema.ts'

test.each([
  [{ required: ['a'] }, 'must have required property'],
  [{ type: 'array', items: { type: 'integer' } }, 'must be array'],
  [false, 'boolean schema is false'],
])('%j tells what is wrong', (schema, message) => {
  expect(compileSchema(schema).wrong({})).toContain(message)
})

test('tuples are those of the dialect that the schema names', () => {
  const draft7 = { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }] }
  const later = { prefixItems: [{ type: 'string' }] }
  for (const schema of [draft7, later]) {
    expect(compileSchema(schema).wrong([1])).toBe('JSON "/0" must be string')
    expect(compileSchema(schema).wrong(['a', 1])).toBeUndefined()
  }
})

test('a pattern takes a time that grows with the text alone, and two patterns are two', () => {
  const schema = compileSchema({ properties: { a: { pattern: '^(a+)+$' }, b: { pattern: '^b$' } } })
  expect(schema.wrong({ a: 'aaa', b: 'b' })).toBeUndefined()
  expect(schema.wrong({ a: 'aaa', b: 'a' })).toContain('"/b"')
  expect(schema.wrong({ a: `${'a'.repeat(5_000)}!` })).toContain('"/a"')
})

test("annotations of OpenAPI are none of a schema's business", () => {
  expect(compileSchema({ type: 'object', example: { id: 1 } }).wrong({})).toBeUndefined()
})

test.each([
  [{ requird: ['a'] }, 'unknown keyword: "requird"'],
  [{ type: 'objekt' }, 'schema is invalid'],
  [{ $ref: 'other.json' }, "can't resolve reference"],
  [{ format: 'emial' }, 'unknown format "emial"'],
  [{ pattern: '(' }, 'missing closing )'],
  [7, 'schema must be object or boolean'],
])('%j is no schema: a slip would demand nothing', (schema, message) => {
  expect(() => compileSchema(schema)).toThrow(message)
})

const deep = (property: object) => ({ type: 'object', properties: { requird: {}, 'a/b': property } })
test.each([
  ['/requird', { requird: ['a'] }],
  ['/properties/a~1b/requird', deep({ requird: ['a'] })],
  ['/properties/a~1b/anyOf/1/typ', deep({ anyOf: [{ type: 'string' }, { typ: 'object' }], default: { typ: 1 } })],
  ['/properties/a~1b/type', deep({ type: 'objekt' })],
  ['/properties/a~1b', deep({ format: 'emial' })],
  ['', { $ref: 'other.json' }],
  ['', 7],
])('what is wrong at %j is found there: %j', (pointer, schema) => {
  expect(() => compileSchema(schema)).toThrow(expect.objectContaining({ pointer }))
})
