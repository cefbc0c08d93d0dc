// Conversations: as they are read, and what a plan makes of them.
import { expect, test } from '@jest/globals'
import { meanRequest } from '../../src/fargate/setup/bandwidth.ts'
import { partNames } from '../../src/plan/part-names.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { summarisePlan, talkPausesPerIteration } from '../../src/plan/summarise-plan.ts'
import { formatIssues } from '../../src/profile/format-issues.ts'
import type { RequestStep } from '../../src/profile/profile.ts'
import { readProfile } from '../../src/profile/read-profile.ts'

function read(steps: string, { load = '{ rate: 50/s, for: 60s }', more = '' } = {}) {
  const text = `name: chat\ntarget: http://127.0.0.1:1\nload: ${load}\nscenarios: [ { name: talk, steps: [ ${steps} ] } ]\n${more}`
  return readProfile(text, { file: 'x', env: { TOKEN: 'secret-token' } })
}

function profileOf(...given: Parameters<typeof read>) {
  const { profile, issues } = read(...given)
  expect(formatIssues(issues, '')).toBe('')
  return profile!
}

const planOf = (...given: Parameters<typeof read>) =>
  planLoad(profileOf(...given), {
    data: { people: { columns: ['name'], rows: [['Ada']] } },
    pools: { word: ['tea'], city: ['Rome'] },
  })
const requestsOf = (...given: Parameters<typeof read>) =>
  profileOf(...given).scenarios[0]!.steps.filter((step): step is RequestStep => step.kind === 'request')

const ROOM = `{ websocket: "/rooms/\${people.name}", timeout: 3s, talk: [
  { receive: { json: { /type: welcome }, within: 2s }, capture: { id: { json: /id } } },
  { think: 10s },
  { repeat: 2..4, between: 4s, steps: [
    { name: say, send: { json: { id: "\${id}", n: 1 } }, receive: { text: "\${id}", matches: "a+" }, repeat: 3 },
    { send: "bye \${text(2)}", chance: 1 in 2 } ] } ] }`.replaceAll('\n', ' ')
const PEOPLE = 'data: { people: { file: people.csv } }'

test('the parts of a conversation are steps, from its opening to its closing, with names of their own', () => {
  const steps = requestsOf(`{ get: / }, ${ROOM}, ${ROOM.replace('name: say, ', '')}`, { more: PEOPLE })
  expect(steps.map(({ name, talk }) => [name, talk?.does])).toEqual([
    ['GET /', undefined],
    ['WEBSOCKET /rooms/${people.name}', 'open'],
    ['RECEIVE /rooms/${people.name}', 'say'],
    ['say', 'say'],
    ['SEND /rooms/${people.name}', 'say'],
    ['CLOSE /rooms/${people.name}', 'close'],
    ['WEBSOCKET /rooms/${people.name} (2)', 'open'],
    ['RECEIVE /rooms/${people.name} (2)', 'say'],
    ['SEND /rooms/${people.name} (2)', 'say'],
    ['SEND /rooms/${people.name} (3)', 'say'],
    ['CLOSE /rooms/${people.name} (2)', 'close'],
  ])
  const [, open, receive, say, , close] = steps
  expect([open!.timeout, receive!.timeout, say!.timeout, close!.timeout]).toEqual([3_000, 2_000, undefined, 3_000])
  expect(receive!.talk).toEqual({ does: 'say', receive: { json: [{ pointer: '/type', value: ['"welcome"'] }] } })
  const id = { kind: 'capture', name: 'id' }
  expect(say!.body).toEqual({ type: undefined, content: ['{"id":"', { encode: 'json', value: id }, '","n":1}'] })
  expect(say!.talk).toMatchObject({ receive: { text: [{ encode: 'none', value: id }], matches: 'a+' } })
})

test('chance, conditions and repetitions of a conversation are of all of its parts together', () => {
  const [scenario] = profileOf(
    '{ get: / }, { websocket: /a, repeat: 3, between: 1s, talk: [ { send: x }, { repeat: 2, steps: [ { send: y } ] } ] }',
  ).scenarios
  expect(scenario!.blocks!.map(({ from, to, flow }) => [from, to, flow.repeat.to])).toEqual([
    [1, 5, 3],
    [3, 4, 2],
  ])
})

test.each([
  ['{ websocket: /a, chance: 1 in 2, talk: [ { send: x } ] }', 'missing-key'],
  ['{ websocket: /a, when: { b: c }, talk: [ { send: x } ] }, { get: / }', 'unknown-reference'],
  ['{ get: /, also: [ { websocket: /a } ] }', 'unknown-key'],
])('what holds of other steps holds of them: %s', (steps, code) => {
  expect(read(steps).issues.map((issue) => issue.code)).toContain(code)
})

test('data, captures, functions and secrets are known in messages and in what is waited for', () => {
  const { secrets, issues } = read(
    '{ websocket: /a, talk: [ { send: "${env.TOKEN}", receive: { json: { /a: "${people.name}" } } } ] }',
    { more: PEOPLE },
  )
  expect([issues, secrets]).toEqual([[], ['secret-token']])
  const calling = '{ websocket: /a, talk: [ { send: "${sign(1)}", receive: { text: "${sign(2)}" } } ] }'
  expect(requestsOf(calling, { more: 'functions: ./f.mjs' })[1]!.calls).toMatchObject([
    { name: 'sign' },
    { name: 'sign' },
  ])
  const plan = planOf(`${ROOM}, { websocket: /b, talk: [ { receive: { text: "\${city()}" } } ] }`, {
    more: PEOPLE,
  }).data
  expect(Object.keys(plan)).toEqual(['people'])
})

test('budgets know the parts by their names', () => {
  const plan = planOf(ROOM, { more: `${PEOPLE}\nbudgets: [ 'p95 of "say" < 100 ms' ]` })
  expect(plan.budgets[0]!.of).toBe('talk › say')
  expect([...partNames(plan)]).toContain('talk › CLOSE /rooms/${people.name}')
})

test('a plan counts them: messages, pauses, and a connection of its own for each user', () => {
  const plan = planOf(ROOM, { load: '{ users: 20, for: 60s }', more: PEOPLE })
  // Opening, welcome, three times three and a half, closing; pauses of 10 s, and between three 4 s each.
  expect(summarisePlan(plan).scenarios[0]).toMatchObject({ requests: 3 + 3 * 3.5, think: 18_000 })
  expect(talkPausesPerIteration(plan)).toBe(18_000)
  expect(plan.connections).toMatchObject({ use: 'per-user', limit: 40 })
  const open = planOf(ROOM, { load: '{ rate: 100/s, for: 60s }', more: PEOPLE })
  // They stay open through their pauses: 100/s for 18 s.
  expect(open.connections.limit).toBeGreaterThan(1_800)
  expect(meanRequest(plan)).toBeLessThan(meanRequest(planOf('{ get: / }')))
})

test('redirects are not followed from the opening', () => {
  const [scenario] = planOf('{ get: / }, { websocket: /a, talk: [ { send: x } ] }', {
    more: 'redirects: follow',
  }).scenarios
  expect(scenario!.steps.map((step) => 'redirects' in step)).toEqual([true, false, false, false])
})

test('another message, or another one waited for, is another load', () => {
  const hashes = [
    '{ send: a }',
    '{ send: b }',
    '{ receive: { text: a } }',
    '{ receive: { text: b } }',
    '{ receive: { matches: a } }',
  ].map((talk) => planOf(`{ websocket: /a, talk: [ ${talk} ] }`).hash)
  expect(new Set(hashes).size).toBe(5)
})
