// Recordings of several people: what comes out is what somebody would have written, and it does the same again for each of them.
import { expect, test } from '@jest/globals'
import { runShard } from '../../src/engine/run-shard.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { parseData } from '../../src/profile/data.ts'
import { dataEnvironment } from '../../src/profile/data-environment.ts'
import { parseProfile } from '../../src/profile/read-profile.ts'
import type { CountingServer } from '../support/counting-server.ts'
import { startShop } from '../support/example-shop.ts'
import { pinOf, startFormSite } from '../support/form-site.ts'
import { expectGolden } from '../support/golden.ts'
import { recorded, type Visitor } from '../support/recorded.ts'
import { passwordOf, startTokenApi } from '../support/token-api.ts'
import { imported, missingIn, type Tried } from './imported.ts'

const PEOPLE = 20
const numbered = Array.from({ length: PEOPLE }, (_, n) => String(n + 1).padStart(3, '0'))

function importedFrom(text: string, origin: string): Tried {
  const made = imported('har', { file: 'visit.har', text })
  expect(missingIn(made.account)).toEqual([])
  return { ...made, profile: made.profile.replaceAll(origin, 'http://127.0.0.1:8080') }
}

/** Profile and files as one text to be looked at. */
const shown = ({ profile, files }: Tried) =>
  [profile, ...files.map(({ name, content }) => `--- ${name}\n${content}`)].join('\n')

/** Each of `passes` arrivals goes through it once, without pauses. */
async function replay(
  { profile, files }: Tried,
  { origin, env, passes }: { origin: string; env: Record<string, string>; passes: number },
) {
  const text = profile
    .replace(/^ *(?:- think|between): .*\n/gm, '')
    .replace(/^load:.*\n/m, `load: { rate: ${passes}/s, for: 1s }\n`)
  const { profile: read } = parseProfile(text, { file: 'loadgate.yml', env: { ...env, TARGET_URL: origin } })
  const filled = dataEnvironment(env)
  const data = Object.fromEntries(
    Object.entries(read.data).map(([name, { file, format, env }]) => {
      const content = String(files.find((one) => one.name === file)?.content)
      return [name, parseData(content, { file, format, ...(env ? { meaning: filled.meaning } : {}) })]
    }),
  )
  filled.check()
  const plan = planLoad(read, { data, file: 'loadgate.yml' })
  const { steps } = await runShard({ plan, index: 0, count: 1 }, { signal: AbortSignal.timeout(60_000) })
  return steps.map(({ causes, failed, succeeded }, n) => ({ step: n, failed, succeeded, causes }))
}

/** Variables by the rows that name them. */
function secretsOf({ files }: Tried, passwordOf: (who: string) => string): Record<string, string> {
  const lines = files.flatMap(({ content }) => String(content).split('\n').slice(1))
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, who, variable] = /^([^,]+),\$\{env\.(\w+)\}/.exec(line) ?? []
      return who && variable ? [[variable, passwordOf(who)]] : []
    }),
  )
}

/** Requests by method and address, with what is made up replaced. */
function counts({ requests }: CountingServer): Record<string, number> {
  const names = requests.map(({ method, url }) => `${method} ${url.replace(/(?<=\/)(?:ord-)?(?=\w*\d)\w{10,}/, '*')}`)
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]).sort())
}

test('the shop, by twenty people', async () => {
  const shop = await startShop()
  const visit = (number: string, n: number) => async (visitor: Visitor) => {
    if (n === 0) await visitor.ask('GET /')
    const { text } = await visitor.ask('GET /login')
    await visitor.ask('GET /shop.css', { kind: 'style' })
    const csrf = /name="csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
    visitor.pause(4_321)
    const email = `fan${number}@shop.example`
    const body = new URLSearchParams({ csrf, email, password: `pass-${number}` })
    expect(await visitor.ask('POST /login', { body })).toMatchObject({ status: 303 })
    await visitor.ask('GET /account')
    visitor.pause(1_100 + n)
    await visitor.ask(`GET /products/${n + 5}`)
    await visitor.ask(`GET /pictures/${n + 5}.svg`, { kind: 'image' })
    const cart = await visitor.ask('POST /cart', { body: new URLSearchParams({ product: String(n + 5) }) })
    expect(cart).toMatchObject({ status: 200 })
  }
  const made = importedFrom(await recorded(shop.origin, numbered.map(visit)), shop.origin)
  expectGolden('import/shop.yml', shown(made))
  await shop.stop()
  const again = await startShop()
  const env = secretsOf(made, (email) => `pass-${email.slice(3, 6)}`)
  expect(Object.keys(env)).toHaveLength(PEOPLE)
  const steps = await replay(made, { origin: again.origin, env, passes: PEOPLE })
  await again.stop()
  expect(steps.filter(({ failed, succeeded }) => failed > 0 || succeeded !== PEOPLE)).toEqual([])
}, 90_000)

test('an API with tokens that are refreshed, by twenty people', async () => {
  const users = numbered.map((number) => `user${number}`)
  const visit = (username: string, n: number) => async (visitor: Visitor) => {
    const json = (value: unknown) => ({ 'content-type': 'application/json', body: JSON.stringify(value) })
    const ask = async (request: string, value?: unknown, token?: string) => {
      const { status, text } = await visitor.ask(request, {
        kind: 'empty',
        headers: {
          accept: 'application/json',
          ...(value ? { 'content-type': 'application/json' } : {}),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        ...(value ? { body: json(value).body } : {}),
      })
      expect(status).toBeLessThan(300)
      return JSON.parse(text)
    }
    const first = await ask('POST /auth/login', { username, password: passwordOf(username) })
    await ask(`GET /users/${username}/orders`, undefined, first.accessToken)
    visitor.pause(2_600)
    const { data } = await ask('POST /orders', { sku: n % 2 ? 'lamp' : 'chair', count: n + 1 }, first.accessToken)
    await ask(`GET /orders/${data.order.id}`, undefined, first.accessToken)
    const second = await ask('POST /auth/refresh', { refreshToken: first.refreshToken })
    await ask(`GET /orders/${data.order.id}`, undefined, second.accessToken)
  }
  await using before = await startTokenApi()
  const origin = `http://127.0.0.1:${before.port}`
  const made = importedFrom(await recorded(origin, users.map(visit)), origin)
  expectGolden('import/token-api.yml', shown(made))
  await using after = await startTokenApi()
  const steps = await replay(made, {
    origin: `http://127.0.0.1:${after.port}`,
    env: secretsOf(made, passwordOf),
    passes: PEOPLE,
  })
  expect(steps.filter(({ failed, succeeded }) => failed > 0 || succeeded !== PEOPLE)).toEqual([])
  expect(counts(after)).toEqual(counts(before))
}, 90_000)

test('a site of forms with tokens and redirects, by twenty people who log out', async () => {
  const members = numbered.map((number) => `member-${number}`)
  const tokenIn = (text: string) => /name="_token" value="([^"]+)"/.exec(text)?.[1] ?? ''
  // In one browser, one after the other: the session stays, and whoever leaves comes back to where the next one begins.
  const visit = async (visitor: Visitor) => {
    let page = await visitor.ask(`GET ${(await visitor.ask('GET /')).location}`)
    for (const [n, member] of members.entries()) {
      visitor.pause(3_000)
      const login = { _token: tokenIn(page.text), member, password: pinOf(member) }
      const { location } = await visitor.ask('POST /sign-in', { body: new URLSearchParams(login) })
      page = await visitor.ask(`GET ${location}`)
      visitor.pause(12_345)
      const note = { _token: tokenIn(page.text), text: `note ${n}, of "${member}"` }
      const kept = await visitor.ask('POST /notes', { body: new URLSearchParams(note) })
      expect(await visitor.ask(`GET ${kept.location}`)).toMatchObject({ status: 200, text: 'kept' })
      page = await visitor.ask(`GET ${(await visitor.ask('GET /sign-out')).location}`)
    }
  }
  await using before = await startFormSite()
  const origin = `http://127.0.0.1:${before.port}`
  const made = importedFrom(await recorded(origin, [visit]), origin)
  expectGolden('import/form-site.yml', shown(made))
  await using after = await startFormSite()
  const steps = await replay(made, {
    origin: `http://127.0.0.1:${after.port}`,
    env: secretsOf(made, pinOf),
    passes: PEOPLE,
  })
  expect(steps.filter(({ failed, succeeded }) => failed > 0 || succeeded !== PEOPLE)).toEqual([])
  // What the recording has once at its beginning, each of them does; and nobody comes back after the end.
  const { 'GET /': first, 'GET /sign-in': forms, ...sent } = counts(before)
  const { 'GET /': firstNow, 'GET /sign-in': formsNow, ...sentNow } = counts(after)
  expect([first, forms]).toEqual([1, PEOPLE + 1])
  expect([firstNow, formsNow]).toEqual([PEOPLE, PEOPLE])
  expect(sentNow).toEqual(sent)
}, 90_000)
