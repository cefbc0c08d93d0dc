import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse } from 'yaml'
import { profileReference } from '../../scripts/profile-reference.ts'
import { Profile, profileSchema } from '../../src/profile/grammar.ts'
import { createIssueLog } from '../../src/profile/issue-log.ts'
import { readProfile } from '../../src/profile/read-profile.ts'
import { readShape } from '../../src/profile/read-shape.ts'
import { type Schema, shapeOf } from '../../src/profile/schema.ts'
import { readYaml } from '../../src/profile/yaml-tree.ts'

const root = resolve(import.meta.dirname, '../..')
const env = { CLIENT_KEY: 'key.pem', TOKEN: 'a token', TARGET_URL: 'http://127.0.0.1:1' }

test('the schema and the page are those of this grammar (else: npm run generate)', () => {
  expect(JSON.parse(readFileSync(resolve(root, 'loadgate.schema.json'), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(profileSchema())),
  )
  expect(readFileSync(resolve(root, 'docs/profile.md'), 'utf8')).toBe(profileReference())
})

const profiles = [...profileReference().matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => String(text))

test.each(profiles)('a profile on the page is right: %j', (text) => {
  expect(readProfile(text, { file: 'page', env }).issues).toEqual([])
  expect(inEditor(parse(text))).toBe(true)
})

const budgets = [...profileReference().matchAll(/^\| `((?:p\d|errors|throughput)[^`]*)` \|/gm)].map(([, text]) => text)

test.each(budgets)('a budget on the page is right: %s', (budget) => {
  const text = `name: x\ntarget: http://h\nload: { rate: 1/s, for: 1s }\nscenarios: [ { name: log in, steps: [ { get: / } ] } ]
budgets: [ '${budget}' ]`
  expect(readProfile(text, { file: 'page', env }).issues).toEqual([])
})

test('there are profiles and budgets on the page', () => {
  expect(profiles.length).toBeGreaterThanOrEqual(5)
  expect(budgets.length).toBeGreaterThanOrEqual(8)
})

const examples = everySchema('profile', Profile).flatMap(({ path, schema }) =>
  (shapeOf(schema).facets?.examples ?? []).map((example) => ({ path, schema, example })),
)

test.each(examples)('the example of $path is right: $example', ({ schema, example }) => {
  const log = createIssueLog(example, 'example')
  const node = readYaml(example, log)
  if (node) readShape({ text: example, root: node, env, log, secrets: new Set() }, schema)
  expect(log.sorted()).toEqual([])
})

test('every key says what it is for, and nothing is left to guess', () => {
  for (const { path, schema } of everySchema('profile', Profile)) {
    const { facets } = shapeOf(schema)
    expect([path, facets?.description]).toEqual([path, expect.stringMatching(/\.$/)])
    expect([path, facets?.type]).toEqual([path, expect.any(String)])
  }
})

function inEditor(profile: unknown): boolean {
  return new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(profileSchema())(profile)
}

const base = { name: 'shop', target: 'http://h', load: { rate: '1/s', for: '1s' } }
const scenario = (step: object) => ({ ...base, scenarios: [{ name: 'store', steps: [step] }] })

test.each<[string, object, boolean]>([
  ['a request', scenario({ get: '/' }), true],
  ['two requests in one', scenario({ get: '/', post: '/' }), false],
  ['an unknown key', scenario({ get: '/', expects: {} }), false],
  ['a number without unit', { ...scenario({ get: '/' }), timeout: 30 }, false],
  ['a text without unit', { ...scenario({ get: '/' }), timeout: '30' }, false],
  ['a value of the environment', { ...scenario({ get: '/' }), timeout: '${env.LIMIT:-30s}' }, true],
  ['rate and users', { ...scenario({ get: '/' }), load: { rate: '1/s', users: 1, for: '1s' } }, false],
  ['stages', { ...scenario({ get: '/' }), load: { stages: [{ users: 1, for: '1s' }] } }, true],
  ['stages and a rate', { ...scenario({ get: '/' }), load: { rate: '1/s', for: '1s', stages: [] } }, false],
  ['status codes', scenario({ get: '/', expect: { status: [200, '3xx'] } }), true],
  ['a status in words', scenario({ get: '/', expect: { status: 'ok' } }), false],
  ['a body of any kind', scenario({ post: '/', json: [1, null, { a: true }] }), true],
  ['HTTP/2, as a number', { ...scenario({ get: '/' }), connections: { http: 2 } }, true],
  ['HTTP/1.1, as text', { ...scenario({ get: '/' }), connections: { http: '1.1' } }, true],
  ['HTTP/3', { ...scenario({ get: '/' }), connections: { http: 3 } }, false],
  ['a limit of nothing', { ...scenario({ get: '/' }), connections: { limit: 0 } }, false],
  ['a limit', { ...scenario({ get: '/' }), connections: { limit: 25_000, 'max-requests': 1, verify: true } }, true],
  ['an age without unit', { ...scenario({ get: '/' }), connections: { 'max-age': 60 } }, false],
  ['more beside a page', { ...scenario({ get: '/', also: [{ get: '/a' }] }), connections: { parallel: 12 } }, true],
  ['requests beside a page', scenario({ get: '/', also: [{ get: '/a', chance: '1 in 2' }, { post: '/b' }] }), true],
  ['a page beside a page', scenario({ get: '/', also: [{ get: '/a', also: [{ get: '/b' }] }] }), false],
  ['a pause beside a page', scenario({ get: '/', also: [{ think: '1s' }] }), false],
  [
    'steps within steps',
    scenario({ steps: [{ get: '/' }, { repeat: 2, steps: [{ get: '/' }] }], repeat: '2..4' }),
    true,
  ],
  ['steps and a request in one', scenario({ get: '/', steps: [{ get: '/' }], repeat: 2 }), false],
  ['a pace', { ...base, scenarios: [{ name: 'store', pace: '0.5..2', steps: [{ get: '/' }] }] }, true],
  ['a pace as a number', { ...base, scenarios: [{ name: 'store', pace: 1.5, steps: [{ get: '/' }] }] }, true],
  ['a pace that stands still', { ...base, scenarios: [{ name: 'store', pace: 0, steps: [{ get: '/' }] }] }, false],
  ['a use that is none', { ...scenario({ get: '/' }), connections: { use: 'pool' } }, false],
  ['nothing', {}, false],
])('an editor sees %s as the reader does', (_, profile, right) => {
  expect(inEditor(profile)).toBe(right)
  expect(readProfile(JSON.stringify(profile), { file: 'x', env }).issues.length === 0).toBe(right)
})

/** What has itself within it, once. */
function everySchema(
  path: string,
  schema: Schema,
  around: readonly Schema[] = [],
): readonly { path: string; schema: Schema }[] {
  if (around.includes(schema)) return []
  const shape = shapeOf(schema)
  const within = [...around, schema]
  const inner =
    shape.kind === 'map'
      ? Object.entries(shape.fields).flatMap(([key, field]) => everySchema(`${path}.${key}`, field.schema, within))
      : shape.kind === 'list'
        ? everySchema(`${path}[]`, shape.item, within)
        : shape.kind === 'dictionary'
          ? everySchema(`${path}.*`, shape.value, within)
          : []
  return [{ path, schema }, ...inner]
}
