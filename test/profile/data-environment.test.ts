// Secrets in data files: by the names of variables, and never shown.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { loadProfile } from '../../src/profile-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'data-environment-'))
afterAll(() => rmSync(directory, { recursive: true }))

async function load(
  file: string,
  content: string,
  { env, fills = true }: { env: Record<string, string>; fills?: boolean },
) {
  writeFileSync(join(directory, file), content)
  const profile = {
    name: 'x',
    target: 'http://h',
    load: { rate: '1/s', for: '1s' },
    data: { people: { file, ...(fills ? { env: true } : {}) } },
    scenarios: [{ name: 's', steps: [{ post: '/', form: { a: '${people.name}', b: '${people.password}' } }] }],
  }
  const path = join(directory, 'loadgate.yml')
  writeFileSync(path, JSON.stringify(profile))
  const { plan, secrets } = await loadProfile(path, env)
  return { rows: plan.data.people?.rows, secrets, hash: plan.hash }
}

const CSV = 'name,password\nada,${env.ADA}\nbob,${env.BOB:-none}\ncleo,plain $${x}\n'
const ADA = 'a "quoted", ${env.BOB} & long\nsecret'

test.each([
  ['csv', CSV],
  [
    'json',
    JSON.stringify([
      { name: 'ada', password: '${env.ADA}' },
      { name: 'bob', password: '${env.BOB:-none}' },
      { name: 'cleo', password: 'plain $${x}' },
    ]),
  ],
])('values of a .%s come from the environment byte for byte, and are secrets', async (ending, content) => {
  const { rows, secrets } = await load(`people.${ending}`, content, { env: { ADA } })
  expect(rows).toEqual([
    ['ada', ADA],
    ['bob', 'none'],
    ['cleo', 'plain ${x}'],
  ])
  expect(secrets).toEqual([ADA])
})

test('where it is not asked for, everything is as it stands there, and the plan is the one that it was', async () => {
  const env = { ADA }
  const { rows, secrets } = await load('people.csv', CSV, { env, fills: false })
  expect(rows).toEqual([
    ['ada', '${env.ADA}'],
    ['bob', '${env.BOB:-none}'],
    ['cleo', 'plain $${x}'],
  ])
  expect(secrets).toEqual([])
  const plain = 'name,password\nada,x\n'
  const [before, now] = [await load('a.csv', plain, { env, fills: false }), await load('a.csv', plain, { env })]
  expect(now.hash).toBe(before.hash)
})

test('all that is not set or not understood is named at once, with its line', async () => {
  const content = 'name,password\nada,${env.ADA}\nbob,${env.BOB}\ncleo,${other.column}\ndora,${env.\n'
  const mistakes = await load('people.csv', content, { env: {} }).catch((error) => error.mistakes)
  expect(
    mistakes.map(({ place, message }: { place: { file: string; line: number }; message: string }) => [
      place.file.endsWith('people.csv'),
      place.line,
      message.slice(0, 20),
    ]),
  ).toEqual([
    [true, 2, 'ADA is not set; set '],
    [true, 3, 'BOB is not set; set '],
    [true, 4, expect.stringContaining('${other.column')],
    [true, 5, '"${" is never closed'],
  ])
})
