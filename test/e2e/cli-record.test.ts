// A visit of the shop by way of the recording proxy becomes a profile that replays, with another session and another token.
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type RunningShop, SHOP, startShop } from '../support/example-shop.ts'
import { freePort } from '../support/free-port.ts'
import { type ReportFile, runCli, startCli, type Workspace, workspace } from '../support/run-cli.ts'

let place: Workspace
let shop: RunningShop
beforeEach(async () => {
  place = workspace()
  shop = await startShop()
})
afterEach(async () => {
  await shop.stop()
  place[Symbol.dispose]()
})

/** With one cookie, as a browser keeps it. */
function visitor(origin: string) {
  let cookie = ''
  return async (path: string, options: RequestInit = {}) => {
    const headers = { ...options.headers, cookie, 'sec-fetch-dest': 'document' }
    const response = await fetch(origin + path, { redirect: 'manual', ...options, headers })
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
    return { status: response.status, text: await response.text() }
  }
}

const record = (...more: readonly string[]) => ['record', '--target', shop.origin, '--output', 'visit.yml', ...more]

test('log in, upload, Ctrl-C: the profile does the same again', async () => {
  const port = String(await freePort())
  const cli = startCli(record('--port', port), { cwd: place.path })
  await cli.until(`Open http://127.0.0.1:${port}/ in a browser; Ctrl-C writes the profile`)
  const visit = visitor(`http://127.0.0.1:${port}`)
  const photo = readFileSync(resolve(SHOP, 'photo.png'))
  const page = await visit('/login')
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(page.text) ?? []
  const form = new URLSearchParams({ csrf, email: 'fan007@shop.example', password: 'pass-007' })
  expect((await visit('/login', { method: 'POST', body: form })).status).toBe(303)
  const upload = new FormData()
  upload.set('title', 'me')
  upload.set('photo', new File([photo], 'me.png', { type: 'image/png' }))
  expect((await visit('/photos', { method: 'POST', body: upload })).status).toBe(201)
  await cli.until('POST /photos')
  cli.kill('SIGINT')
  const { exitCode, log } = await cli.ended
  expect([exitCode, log]).toEqual([
    0,
    expect.stringMatching(/3 requests: 3 taken[\s\S]*Written: visit\.yml, logins\.csv, me\.png\./),
  ])
  expect(readFileSync(place.at('me.png')).equals(photo)).toBe(true)

  const profile = readFileSync(place.at('visit.yml'), 'utf8')
  expect(profile).not.toContain(csrf)
  expect(profile).not.toContain('pass-007')
  expect(profile).toMatch(/capture: *\n? *\{? *csrf/)
  const [secret = ''] = /(?<=\$\{env\.)\w*PASSWORD\w*/.exec(profile) ?? []
  const env = { [secret]: 'pass-007', TARGET_URL: shop.origin }
  expect((await runCli(['check', 'visit.yml'], { cwd: place.path, env })).exitCode).toBe(0)
  // The load is the profile's own: one user, for longer than a test may take.
  writeFileSync(place.at('short.yml'), profile.replace(/\bfor: *\S+?(?=[ ,}\n])/, 'for: 3s'))
  await runCli(['run', 'short.yml', '--json', 'report.json'], { cwd: place.path, env })
  const report: ReportFile = JSON.parse(readFileSync(place.at('report.json'), 'utf8'))
  const steps = report.result.steps.map(({ step, sent, failed }) => ({ step, sent: sent > 0, failed }))
  expect(steps).toEqual([
    { step: 'GET /login', sent: true, failed: 0 },
    { step: 'POST /login', sent: true, failed: 0 },
    { step: 'POST /photos', sent: true, failed: 0 },
  ])
}, 90_000)

test('two people one after the other: one scenario, a row for each, and each logs in as itself', async () => {
  const port = String(await freePort())
  const cli = startCli(record('--port', port), { cwd: place.path })
  await cli.until('Ctrl-C writes the profile')
  for (const number of ['007', '012']) {
    const visit = visitor(`http://127.0.0.1:${port}`)
    const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec((await visit('/login')).text) ?? []
    const form = new URLSearchParams({ csrf, email: `fan${number}@shop.example`, password: `pass-${number}` })
    expect((await visit('/login', { method: 'POST', body: form })).status).toBe(303)
    expect((await visit('/cart', { method: 'POST', body: new URLSearchParams({ product: '3' }) })).status).toBe(200)
  }
  await cli.until(/POST \/cart[\s\S]*POST \/cart/)
  cli.kill('SIGINT')
  const { exitCode, log } = await cli.ended
  expect([exitCode, log]).toEqual([0, expect.stringContaining('Written: visit.yml, logins.csv.')])
  expect(log).toContain('6 requests: 3 taken, 3 left out: 3 repeated with other values or by somebody else')
  const rows = 'email,password\nfan007@shop.example,${env.PASSWORD}\nfan012@shop.example,${env.PASSWORD_2}\n'
  expect(readFileSync(place.at('logins.csv'), 'utf8')).toBe(rows)
  const profile = readFileSync(place.at('visit.yml'), 'utf8')
  expect(profile).toContain(`# Made by "loadgate record" of ${shop.origin}.`)
  expect(profile).toContain('load: { users: 2,')

  writeFileSync(place.at('short.yml'), profile.replace(/\bfor: *\S+?(?=[ ,}\n])/, 'for: 3s'))
  const unset = await runCli(['check', 'short.yml'], { cwd: place.path, env: { PASSWORD: 'pass-007' } })
  expect([unset.exitCode, unset.log]).toEqual([2, expect.stringContaining('logins.csv:3: PASSWORD_2 is not set')])
  const env = { PASSWORD: 'pass-007', PASSWORD_2: 'pass-012' }
  const end = await runCli(['run', 'short.yml', '--json', 'report.json'], { cwd: place.path, env })
  const { result }: ReportFile = JSON.parse(readFileSync(place.at('report.json'), 'utf8'))
  expect(result.steps.map(({ step, failed }) => [step, failed])).toEqual([
    ['GET /login', 0],
    ['POST /login', 0],
    ['POST /cart', 0],
  ])
  // Each of the two logs in once, as itself: with the other's password it would be refused.
  expect(result.steps.find(({ step }) => step === 'POST /login')).toMatchObject({ sent: 2, succeeded: 2 })
  for (const secret of Object.values(env))
    expect(end.log + readFileSync(place.at('report.json'), 'utf8')).not.toContain(secret)
}, 90_000)

test('where nothing came there is no profile, and what is there is not overwritten', async () => {
  const cli = startCli(record(), { cwd: place.path })
  await cli.until('Ctrl-C writes the profile')
  cli.kill('SIGINT')
  expect(await cli.ended).toMatchObject({ exitCode: 2, log: expect.stringContaining('Nothing was recorded') })
  writeFileSync(place.at('visit.yml'), 'mine')
  const { exitCode, log } = await runCli(record(), { cwd: place.path })
  expect([exitCode, log]).toEqual([2, expect.stringContaining('visit.yml is there already')])
  expect(readFileSync(place.at('visit.yml'), 'utf8')).toBe('mine')
}, 90_000)
