// What a head is measured with and beside what, before anything is sent.
import { expect, test } from '@jest/globals'
import { type Files, pullRequest } from './trust/pull-request.ts'
import { changed, SHOP, type Written } from './trust/shop.ts'

const without = (...way: readonly string[]) => changed(SHOP, way, undefined)
const ABSOLUTE = changed(SHOP, ['budgets'], ['p95 < 250 ms'])

interface Case {
  readonly what: string
  readonly base: Written | undefined
  readonly head: Written
  readonly sideBySide: boolean
  /** Whether what is run has a service. */
  readonly service?: boolean
}

const CASES: readonly Case[] = [
  { what: 'the same profile', base: SHOP, head: SHOP, sideBySide: true },
  { what: 'a head that takes its service away', base: SHOP, head: without('service'), sideBySide: true },
  { what: 'a head that brings a service', base: without('service'), head: SHOP, sideBySide: false, service: false },
  { what: 'a head that takes its relative budgets away', base: SHOP, head: ABSOLUTE, sideBySide: true },
  { what: 'a head that brings relative budgets', base: ABSOLUTE, head: SHOP, sideBySide: true },
  { what: 'two that compare nothing', base: ABSOLUTE, head: ABSOLUTE, sideBySide: false },
  { what: 'a profile that is new', base: undefined, head: SHOP, sideBySide: true },
]

test.each(CASES)('$what: side by side $sideBySide', async ({ base, head, sideBySide, service = true }) => {
  using request = pullRequest({ profile: base })
  const held = await request.heldTo({ profile: head })
  expect([held.sideBySide, held.loaded.profile.service !== undefined]).toEqual([sideBySide, service])
})

test('the versions are compared as the workflow says, whatever the profile', async () => {
  using request = pullRequest({ profile: SHOP })
  expect(await request.heldTo({ profile: SHOP }, { compare: 'baseline' })).toMatchObject({ sideBySide: false })
  expect(await request.heldTo({ profile: SHOP }, { compare: 'none' })).toMatchObject({ sideBySide: false })
  const deployed = { compare: 'auto', baseTarget: 'http://127.0.0.1:9' } as const
  for (const profile of [SHOP, without('service'), ABSOLUTE])
    expect(await request.heldTo({ profile }, deployed)).toMatchObject({ sideBySide: true })
})

test('a script is compared with stored runs, which is said; beside the base it is refused, with its place', async () => {
  const { name, target, service, budgets } = SHOP
  const whole = budgets.filter((text) => !text.includes(' of '))
  const profile = { name, target, service, engine: { jmeter: 'shop.jmx' }, budgets: whole }
  using request = pullRequest({ profile })
  const said: string[] = []
  expect(await request.heldTo({ profile }, { said })).toMatchObject({ sideBySide: false })
  expect(said.join('')).toMatch(
    /It is compared with stored runs: the load is a script, and its requests come in no pairs/,
  )
  await expect(request.heldTo({ profile }, { compare: 'side-by-side' })).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/:1:\d+ "engine": a script of JMeter is not measured side by side/),
    mistakes: [{ place: { line: 1 } }],
  })
})

test('the base is started by its own commands, the head by those once they are accepted', async () => {
  const starting = (start: string) => changed(SHOP, ['service', 'start'], start)
  using request = pullRequest({ profile: starting('node old.mjs') })
  const commands = async (accepted: boolean) => {
    const { loaded, baseService } = await request.heldTo({ profile: starting('node new.mjs') }, { accepted })
    return [baseService?.start, loaded.profile.service?.start]
  }
  expect(await commands(false)).toEqual(['node old.mjs', 'node old.mjs'])
  expect(await commands(true)).toEqual(['node old.mjs', 'node new.mjs'])
})

test("where the base's profile is broken, the report says so and why, and not that the profile is new", async () => {
  using request = pullRequest({ profile: changed(SHOP, ['timeout'], '2 sek') })
  const said: string[] = []
  const { facts, budgets } = await request.heldTo({ profile: SHOP }, { said })
  expect(facts).toMatchObject({ load: 'head', why: undefined, differences: [] })
  expect(facts.problem).toMatch(/^loadgate\.yml:1:\d+ "2 sek" is not a duration/)
  expect(budgets).toHaveLength(SHOP.budgets.length)
  expect(said.join('')).toContain("The base's profile cannot be read")
})

test('an edit of a head counts with the label, and so do the regressions that it accepts', async () => {
  const accept = { accept: [{ metric: 'p95', limit: '+ 99 %', reason: 'because', expires: '2026-12-31' }] }
  const head: Files = { profile: changed(SHOP, ['timeout'], '60s'), accept: JSON.stringify(accept) }
  using request = pullRequest({ profile: SHOP })
  const limits = async (accepted: boolean) => {
    const { loaded, budgets } = await request.heldTo(head, { accepted })
    return [loaded.profile.timeout, budgets[1]?.limit]
  }
  expect(await limits(false)).toEqual([2_000, { kind: 'baseline', share: 0.1, amount: 5 }])
  expect(await limits(true)).toEqual([60_000, { kind: 'baseline', share: 0.99, amount: 5 }])
})

test('a head cannot hide a name of the base, by which its part is found again', async () => {
  // What a branch is called, its author chooses, and what stands in a header is hidden everywhere.
  const env = { GITHUB_HEAD_REF: 'member', GITHUB_ACTOR: 'somebody' }
  const header = (value: string) => ({
    profile: changed(SHOP, ['scenarios', 0, 'steps', 0, 'headers', 'x-shop'], value),
  })
  using request = pullRequest({ profile: SHOP })
  const refused = request.heldTo(header('${env.GITHUB_HEAD_REF}'), { env })
  await expect(refused).rejects.toMatchObject({ kind: 'usage', message: expect.stringMatching(/hides names/) })
  await request.heldTo(header('${env.GITHUB_HEAD_REF}'), { env, accepted: true })
  await request.heldTo(header('${env.GITHUB_ACTOR}'), { env })
  using same = pullRequest(header('${env.GITHUB_HEAD_REF}'))
  await same.heldTo(header('${env.GITHUB_HEAD_REF}'), { env })
})
