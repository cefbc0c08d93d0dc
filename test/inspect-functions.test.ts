// What is said of a module of functions, and of the calls of it, before anything is sent.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { LoadgateError } from '../src/errors.ts'
import { inspectFunctions } from '../src/inspect-functions.ts'
import { loadProfile } from '../src/profile-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'loadgate-functions-'))
afterAll(() => rmSync(directory, { recursive: true }))

const MODULE = `import { createHmac } from 'node:crypto'
/** @import { Context } from 'loadgate' */
export const key = 'no function'
export function sign(id, length = 8) { return createHmac('sha256', 'k').update(id).digest('hex').slice(0, length) }
export const stamp = (id, context) => id + context.iteration
export const many = (...ids) => ids.join()
export async function later(id) { return id }
export default () => 'x'
`

test('what it exports, and what that takes', async () => {
  expect(await inspectFunctions(MODULE, 'functions.mjs')).toEqual(
    expect.arrayContaining([
      { name: 'sign', takes: 1, open: true, later: false },
      { name: 'stamp', takes: 2, open: false, later: false },
      { name: 'many', takes: 0, open: true, later: false },
      { name: 'later', takes: 1, open: false, later: true },
    ]),
  )
})

test.each([
  ['import x from "./other.mjs"', 1, '"./other.mjs" is no part of Node'],
  ['\n\nimport {\n  a,\n} from "left-pad"', 3, '"left-pad" is no part of Node'],
  ['export * from "fs"', 1, '"fs" is no part of Node'],
  ['import "./effect.js"', 1, '"./effect.js" is no part of Node'],
  ['export const a = 1\nexport const = 2', 2, 'Unexpected token'],
  ['export const a = 1\n\nthrow new TypeError("no key")', 3, 'no key'],
  ['import { nothing } from "node:crypto"', 1, 'nothing'],
  ['process.exit(0)', 1, 'ended its thread'],
])('%j is refused, at line %i', async (text, line, message) => {
  const error = await inspectFunctions(text, 'functions.mjs').catch((error: unknown) => error)
  expect(error).toBeInstanceOf(LoadgateError)
  expect(error).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) })
  expect((error as LoadgateError).mistakes.map(({ place }) => place.line)).toEqual([line])
})

const profile = (...steps: string[]) => `name: shop
target: http://127.0.0.1:8080
load: { rate: 50/s, for: 60s }
functions: ./functions.mjs
scenarios:
  - name: store
    steps:
${steps.map((step) => `      - ${step}`).join('\n')}
`

async function loaded(text: string, env = {}, functions = MODULE) {
  writeFileSync(join(directory, 'loadgate.yml'), text)
  writeFileSync(join(directory, 'functions.mjs'), functions)
  return loadProfile(join(directory, 'loadgate.yml'), env)
}

async function mistakes(text: string, functions?: string) {
  const error = await loaded(text, {}, functions).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(LoadgateError)
  return (error as LoadgateError).mistakes.map(({ place, message }) => `${place.line}:${place.column} ${message}`)
}

test('every call that cannot be is told with its place, all at once', async () => {
  const steps = ['get: "/${sing(1)}/${stamp()}"', 'get: "/${stamp(1, 2, 3)}"', 'get: "/${later(1)}/${sign(1, 2, 3)}"']
  expect(await mistakes(profile(...steps))).toEqual([
    '8:16 ./functions.mjs exports no function "sing"; did you mean "sign"?',
    '8:27 "${stamp()}": stamp takes 2 arguments, the last of which may be left to the context',
    '9:16 "${stamp(1, 2, 3)}": stamp takes 2 arguments, the last of which may be left to the context',
    '10:16 later of ./functions.mjs is async; a function answers at once, so that no request waits for it',
  ])
  expect(await mistakes(profile('get: "/${zzz(1)}"'))).toEqual([
    expect.stringContaining('8:16 ./functions.mjs exports no function "zzz"; it exports default, later'),
  ])
})

test('a generator of the same name would hide it', async () => {
  expect(await mistakes(profile('get: /'), `${MODULE}export const uuid = () => 1`)).toEqual([
    "4:12 ./functions.mjs exports uuid, and ${uuid()} is Loadgate's own; rename it",
  ])
})

test('a plan that calls has the text of the module, and one that does not is what it was', async () => {
  const calls = await loaded(profile('get: "/${sign(\'a\')}"'))
  expect(calls.plan.functions).toEqual({ file: './functions.mjs', text: MODULE })
  const other = await loaded(profile('get: "/${sign(\'a\')}"'), {}, `${MODULE}// other`)
  const moved = await loaded(profile('get: "/${sign(\'a\')}"').replace('name: shop', '# a line more\nname: shop'))
  expect(other.plan.hash).not.toBe(calls.plan.hash)
  expect(moved.plan.hash).toBe(calls.plan.hash)
  expect(moved.plan.scenarios).not.toEqual(calls.plan.scenarios)
  const idle = await loaded(profile('get: /'))
  const without = await loaded(profile('get: /').replace(/functions:.*\n/, ''))
  expect(idle.plan).toEqual(without.plan)
  expect('functions' in idle.plan).toBe(false)
})

test('a variable of the environment is an argument, and a secret', async () => {
  const text = profile('get: "/${sign(env.SIGNING_KEY)}"')
  const { plan, secrets } = await loaded(text, { SIGNING_KEY: 'correct-horse' })
  expect(secrets).toEqual(['correct-horse'])
  expect(JSON.stringify(plan.scenarios)).toContain('correct-horse')
  expect(await mistakes(text)).toEqual(['8:16 SIGNING_KEY is not set; set it'])
})

test('a document that cannot be made is told before the load, and one that can brings its pools along', async () => {
  const text = profile('{ post: /, generate: { file: order.json, size: 100 kB, list: /items } }')
  writeFileSync(join(directory, 'order.json'), '{ "items": [ { "city": "${citi()}" } ] }')
  await expect(loaded(text)).rejects.toThrow(/^order\.json:1: there is no function "citi"/)
  writeFileSync(join(directory, 'order.json'), '{ "items": [ { "city": "${city()}" } ] }')
  const { plan } = await loaded(text)
  expect(Object.keys(plan.pools ?? {})).toEqual(['city'])
  expect(Object.keys(plan.files ?? {})).toEqual(['order.json'])
  writeFileSync(join(directory, 'order.json'), '{ "items": [ { "city": "${city()}!" } ] }')
  expect((await loaded(text)).plan.hash).not.toBe(plan.hash)
})

test('the module stays beside the profile', async () => {
  expect(await mistakes(profile('get: /').replace('./functions.mjs', '../functions.mjs'))).toEqual([
    expect.stringContaining('4:12 "../functions.mjs" leaves the directory'),
  ])
  expect(await mistakes(profile('get: /').replace('./functions.mjs', './functions.ts'))).toEqual([
    expect.stringContaining('neither a .mjs nor a .js file'),
  ])
})

test('a JSON Schema that is none is told before the load, with its file', async () => {
  const text = profile(
    '{ get: /, expect: { schema: order.schema.json } }',
    '{ get: /a, expect: { schema: { typ: object } } }',
  )
  writeFileSync(join(directory, 'order.schema.json'), '{\n  "type": "object",\n  "requird": ["id"]\n}')
  const error = await loaded(text).catch((error: unknown) => error)
  expect((error as Error).message.replaceAll(`${directory}/`, '')).toBe(
    `order.schema.json:3:3 strict mode: unknown keyword: "requird"
loadgate.yml:9:40 the schema of store › GET /a: strict mode: unknown keyword: "typ"`,
  )
  writeFileSync(join(directory, 'order.schema.json'), '{ "required": ["id" }')
  await expect(loaded(text)).rejects.toThrow(/order\.schema\.json:1: /)
  const sound = text.replace('typ:', 'type:')
  writeFileSync(join(directory, 'order.schema.json'), '{ "required": ["id"] }')
  expect((await loaded(sound)).plan.files).toEqual({
    'order.schema.json': Buffer.from('{ "required": ["id"] }').toString('base64'),
  })
})

test('what is wrong deep inside of a schema is told at its place, in the profile as in a file, and where it stands is in no plan', async () => {
  const text = profile(`{ get: /, expect: { schema: order.schema.json } }
      - get: /b
        expect:
          schema:
            type: object
            properties:
              id: { type: strng }
      - get: /c
        expect: { schema: order.schema.json }
      - get: /d`)
  writeFileSync(
    join(directory, 'order.schema.json'),
    '{ "type": "object",\n  "properties": { "a": { "format": "emial" } } }',
  )
  const error = await loaded(text).catch((error: unknown) => error)
  const { mistakes, message } = error as LoadgateError
  const at = mistakes.map(
    ({ place: { file, line, column } }) => `${file.replace(`${directory}/`, '')}:${line}:${column}`,
  )
  expect(at).toEqual(['order.schema.json:2:19', 'loadgate.yml:14:21'])
  expect(message.split('\n')).toHaveLength(2)
  writeFileSync(join(directory, 'order.schema.json'), '{}')
  const { plan } = await loaded(text.replace('strng', 'string'))
  expect(JSON.stringify(plan)).not.toContain('schemaPlaces')
})

test('a plan has the texts of the generators it uses, in arguments too, and no others', async () => {
  const { plan } = await loaded(profile('{ get: "/${city()}", headers: { x: "${sign(email())} ${pick(a, b)}" } }'))
  expect(Object.keys(plan.pools ?? {})).toEqual(['user-name', 'city'])
  expect(plan.hash).toBe(
    (await loaded(profile('{ get: "/${city()}", headers: { x: "${sign(email())} ${pick(a, b)}" } }'))).plan.hash,
  )
  expect('pools' in (await loaded(profile('get: "/${pick(a, b)}"'))).plan).toBe(false)
})
