import { expect, test } from '@jest/globals'
import type { RequestStep } from '../../src/profile/profile.ts'
import { readProfile } from '../../src/profile/read-profile.ts'

const env = { SECRET: 'correct-horse' }

/** The only request of a profile with this step. */
function stepOf(step: object): RequestStep {
  const load = { rate: '1/s', for: '1s' }
  const profile = { name: 'shop', target: 'http://h', load, scenarios: [{ name: 'store', steps: [step] }] }
  const { profile: read, issues } = readProfile(JSON.stringify(profile), { file: 'loadgate.yml', env })
  expect(issues).toEqual([])
  const [first] = read!.scenarios[0]!.steps
  if (first?.kind !== 'request') throw new Error('no request')
  return first
}

const file = (name: string, encode: 'none' | 'json' = 'none') => ({ encode, value: { kind: 'file', file: name } })

test('a form with files: a part each, in order, with the names that browsers write', () => {
  const { body } = stepOf({
    put: '/photos',
    multipart: {
      photo: { file: 'pictures/photo.jpg', type: 'image/jpeg' },
      'ti"tle': 'number ${uuid()}',
      more: [{ file: 'a.bin', name: 'ü".bin' }, 'text'],
    },
  })
  const { boundary } = body!
  const next = `\r\n--${boundary}\r\nContent-Disposition: form-data; name=`
  expect(body?.type).toBe(`multipart/form-data; boundary=${boundary}`)
  expect(body?.content).toEqual([
    `--${boundary}\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
    file('pictures/photo.jpg'),
    `${next}"ti%22tle"\r\n\r\nnumber `,
    { encode: 'none', value: { kind: 'uuid' } },
    `${next}"more"; filename="ü%22.bin"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    file('a.bin'),
    `${next}"more"\r\n\r\ntext\r\n--${boundary}--\r\n`,
  ])
})

test('the boundary is the same for the same form, and another for another', () => {
  const boundary = (title: string) => stepOf({ put: '/', multipart: { title } }).body!.boundary
  expect(boundary('a')).toBe(boundary('a'))
  expect(boundary('a')).not.toBe(boundary('b'))
  // RFC 2046 5.1.1: at most 70 characters.
  expect(boundary('a')).toMatch(/^[a-z0-9-]{20,70}$/)
})

test('a body that is a file has the type that it is given', () => {
  expect(stepOf({ put: '/', body: { file: 'a.bin' } }).body).toEqual({ type: undefined, content: [file('a.bin')] })
  expect(stepOf({ put: '/', body: { file: 'a.bin' }, type: 'image/png' }).body?.type).toBe('image/png')
})

test('GraphQL is JSON: the document, its variables, the operation', () => {
  const {
    body,
    headers,
    expect: expected,
    name,
  } = stepOf({
    post: '/graphql',
    graphql: {
      query: 'query Me($id: ID!) {\n  user(id: $id) { name }\n}',
      variables: { id: '${uuid()}', deep: [1, { a: null }] },
      operation: 'Me',
    },
  })
  const parts = body!.content.map((part) => (typeof part === 'string' ? part : 'UUID')).join('')
  expect(JSON.parse(parts)).toEqual({
    query: 'query Me($id: ID!) {\n  user(id: $id) { name }\n}',
    variables: { id: 'UUID', deep: [1, { a: null }] },
    operationName: 'Me',
  })
  expect(body?.type).toBe('application/json')
  expect(headers).toEqual([['accept', ['application/graphql-response+json, application/json;q=0.9']]])
  expect(expected.graphql).toBe(true)
  expect(name).toBe('Me')
})

test('a document from a file becomes part of the JSON, and what it asks for is not known', () => {
  const step = stepOf({ post: '/graphql', graphql: { file: 'me.graphql' }, headers: { Accept: 'a/b' } })
  expect(step.body?.content).toEqual(['{"query":"', file('me.graphql', 'json'), '"}'])
  expect(step.headers).toEqual([['Accept', ['a/b']]])
  expect(step.name).toBe('POST /graphql')
})

test.each([
  ['query Me { me { id } }', 'Me'],
  ['# who\n\n  mutation Add($a: Int) { add(a: $a) }', 'Add'],
  ['{ me { id } }', 'POST /graphql'],
  ['fragment F on User { id } query Me { me { ...F } }', 'POST /graphql'],
])('a step with the document %j is called %s', (query, name) => {
  expect(stepOf({ post: '/graphql', graphql: { query } }).name).toBe(name)
})

test('who looks for a value of the errors expects them', () => {
  const graphql = { query: '{ me { id } }' }
  const wants = (json: object) => stepOf({ post: '/', graphql, expect: { json } }).expect.graphql
  expect(wants({ '/errors/0/message': 'no' })).toBeUndefined()
  expect(wants({ '/data/errors': 1 })).toBe(true)
})
