// The complete examples, each run by its one command against the service that comes with it.
import { cpSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { freePort } from '../support/free-port.ts'
import { onlyStarved, type ReportFile, runCli, workspace } from '../support/run-cli.ts'

const place = workspace()
afterAll(() => place[Symbol.dispose]())
cpSync(resolve(import.meta.dirname, '../../examples'), place.path, { recursive: true })

const TRIES = 3

/** The report of a run on which the machine had time for it. */
async function run(profile: string): Promise<ReportFile> {
  const cwd = place.at(dirname(profile))
  for (let tried = 1; ; tried++) {
    const json = join(cwd, 'report.json')
    await runCli(['run', 'loadgate.yml', '--json', json], {
      cwd,
      env: { PORT: String(await freePort()) },
    })
    const report: ReportFile = JSON.parse(readFileSync(json, 'utf8'))
    if (tried === TRIES || !onlyStarved({ report })) return report
  }
}

/** Steps that every run of some seconds comes to, and those that are too rare for that. */
test.each<readonly [profile: string, steps: readonly string[], rare: readonly string[]]>([
  [
    'shop/loadgate.yml',
    [
      ...['GET /', 'GET /shop.css', 'GET /shop.js', 'icon', 'GET /frames/offers', 'GET /frames/news'],
      ...['product page', 'picture', 'GET /frames/reviews'],
      ...['GET /account', 'POST /cart', 'POST /photos'],
    ],
    // Users log in at the beginning of their lives, which for all but few is before the measurement.
    ['GET /login', 'POST /login'],
  ],
  ['signed-api/loadgate.yml', ['GET /me', 'PUT /images', 'GET /images'], []],
  ['document-store/loadgate.yml', ['PUT /documents', 'GET /documents', 'GET /summary'], []],
  ['soak/loadgate.yml', ['GET /', 'product page', 'crawled page', 'GET /login'], ['dead link']],
  [
    'chat/loadgate.yml',
    [
      ...['Rooms', 'History', 'Say'],
      ...['enter the room', 'be welcomed', 'say something', 'CLOSE /rooms/${rooms.name}'],
    ],
    ['log in'],
  ],
  ['events/loadgate.yml', ['answer', 'feed'], []],
])(
  '%s: every request is answered as it expects',
  async (profile, always, rare) => {
    const { result } = await run(profile)
    const steps = [...result.steps, ...(result.background?.steps ?? [])]
    expect(steps.map(({ step }) => step).sort()).toEqual([...always, ...rare].sort())
    expect(steps.filter(({ failed }) => failed > 0).map(({ step, causes }) => ({ step, causes }))).toEqual([])
    const never = steps.filter(({ step, succeeded }) => succeeded === 0 && !rare.includes(step))
    expect(never.map(({ step }) => step)).toEqual([])
    expect(result.complete).toBe(true)
  },
  180_000,
)
