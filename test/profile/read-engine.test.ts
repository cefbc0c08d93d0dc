import { expect, test } from '@jest/globals'
import { readProfile } from '../../src/profile/read-profile.ts'

const read = (text: string, env = {}) => readProfile(text, { file: 'loadgate.yml', env })
const SHOP = 'name: shop\ntarget: http://127.0.0.1:8080\n'

test('a script has its properties as they are written, its files each once, and its time-out', () => {
  const { profile, issues } = read(
    `${SHOP}engine:\n  jmeter: load/shop.jmx\n  properties: { users: 20, ratio: 1.50, on: true, who: "\${env.WHO}" }\n  files: [ load/a.csv, load/a.csv, load/shop.jmx ]\n  timeout: 20m\n`,
    { WHO: 'me' },
  )
  expect(issues).toEqual([])
  expect(profile).toMatchObject({
    load: undefined,
    scenarios: [],
    engine: {
      tool: 'JMeter',
      file: 'load/shop.jmx',
      files: ['load/a.csv'],
      properties: { users: '20', ratio: '1.50', on: 'true', who: 'me' },
      within: 1_200_000,
      place: { line: 3, column: 1 },
    },
  })
})

test('a property that is called a secret is one', () => {
  const { secrets } = read(
    `${SHOP}engine: { jmeter: a.jmx, properties: { t: "\${env.SHOP_TOKEN}", n: "\${env.USERS}" } }`,
    {
      SHOP_TOKEN: 'tok-12345678',
      USERS: '12345678',
    },
  )
  expect(secrets).toEqual(['tok-12345678'])
})

test('it takes an hour at most unless it says otherwise, and budgets may name any label', () => {
  const { profile, issues } = read(`${SHOP}engine: { jmeter: a.jmx }\nbudgets: [ 'p95 of "GET /pay" < 1 s' ]`)
  expect(issues).toEqual([])
  expect(profile?.engine).toMatchObject({ within: 3_600_000, files: [], properties: {} })
  expect(profile?.budgets).toMatchObject([{ of: 'GET /pay' }])
})

test.each(['load', 'scenarios', 'timeout', 'redirects', 'connections', 'data', 'functions'])(
  '%s cannot stand beside it, and is told at its place',
  (key) => {
    const values: Readonly<Record<string, string>> = {
      load: '{ users: 5, for: 10s }',
      scenarios: '[ { name: a, steps: [ { get: / } ] } ]',
      timeout: '5s',
      redirects: 'follow',
      connections: '{ http: 2 }',
      data: '{ rows: { file: a.csv } }',
      functions: './f.mjs',
    }
    const { issues } = read(`${SHOP}engine: { jmeter: a.jmx }\n${key}: ${values[key]}`)
    expect(issues).toMatchObject([{ code: 'conflict', place: { line: 4, column: 1 } }])
    expect(issues[0]?.message).toMatch(new RegExp(`"${key}" cannot stand beside "engine", whose script says`))
  },
)

test.each([['jmeterengine.nongui.port'], ['jmeter.save.saveservice.output_format'], ['loadgate.host']])(
  '%s is Loadgate’s to set',
  (name) => {
    const { issues } = read(`${SHOP}engine: { jmeter: a.jmx, properties: { ${name}: 1 } }`)
    expect(issues).toMatchObject([{ code: 'conflict', place: { line: 3, column: 40 } }])
  },
)

test('without a script it is said that it is missing', () => {
  const { issues } = read(`${SHOP}engine: { timeout: 5m }`)
  expect(issues).toMatchObject([{ code: 'missing-key', place: { line: 3 } }])
})
