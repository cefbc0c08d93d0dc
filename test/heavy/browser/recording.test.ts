// What a real browser does in the shop, as its own recording (HAR) and by way of the recording proxy: both become profiles that
// replay without a hand laid on them.
import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type RunningShop, startShop } from '../../support/example-shop.ts'
import { freePort } from '../../support/free-port.ts'
import { type ReportFile, runCli, startCli, type Workspace, workspace } from '../../support/run-cli.ts'
import { type Browser, launchChromium, type RecordingOptions } from './chromium.ts'

const PASSWORD = 'pass-012'
const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>\n'

let place: Workspace
let shop: RunningShop
let browser: Browser
beforeEach(async () => {
  place = workspace()
  shop = await startShop()
  browser = await launchChromium()
})
afterEach(async () => {
  await browser?.close()
  await shop.stop()
  place[Symbol.dispose]()
})

/** Looks around, logs in, and sends a picture of itself. */
async function visit(origin: string, picture: string, options: RecordingOptions): Promise<void> {
  const recording = await browser.newContext(options)
  const page = await recording.newPage()
  await page.goto(`${origin}/`)
  await page.locator('a[href="/products/3"]').click()
  await page.locator('h1:text("Product 3")').waitFor()
  await page.goto(`${origin}/login`)
  await page.locator('input[name=email]').fill('fan012@shop.example')
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('button').click()
  await page.locator('#user').waitFor()
  await page.locator('input[type=file]').setInputFiles(picture)
  await page.locator('button').click()
  await page.locator('h1:text("Thank you")').waitFor()
  await recording.close()
}

/** How often each step of the profile was sent, and how often it failed, in a few seconds. */
async function replayed(file: string) {
  const profile = readFileSync(place.at(file), 'utf8')
  expect(profile).not.toContain(PASSWORD)
  const [secret = ''] = /(?<=\$\{env\.)\w*PASSWORD\w*/.exec(profile) ?? []
  const env = { [secret]: PASSWORD }
  // The load is the profile's own: one user, for longer than a test may take.
  writeFileSync(place.at(file), profile.replace(/\bfor: *\S+?(?=[ ,}\n])/, 'for: 8s'))
  const { log } = await runCli(['run', file, '--json', 'report.json'], { cwd: place.path, env })
  const { result }: ReportFile = JSON.parse(readFileSync(place.at('report.json'), 'utf8'))
  return { profile, log, steps: result.steps }
}

/** One after the other in one browser, whose cookies go in between: each logs in and buys something. */
async function comeAndBuy(origin: string, fans: readonly string[], options: RecordingOptions): Promise<void> {
  const recording = await browser.newContext(options)
  const page = await recording.newPage()
  for (const [n, fan] of fans.entries()) {
    await page.goto(`${origin}/login`)
    await page.locator('input[name=email]').fill(`fan${fan}@shop.example`)
    await page.locator('input[name=password]').fill(`pass-${fan}`)
    await page.locator('button').click()
    await page.locator('#user').waitFor()
    await page.goto(`${origin}/products/${n + 3}`)
    await page.locator('button').click()
    await page.locator('h1:text("Cart")').waitFor()
    await recording.clearCookies()
  }
  await recording.close()
}

const PAGES = ['GET /', 'GET /products/3', 'GET /login', 'POST /login', 'GET /account']

function expectWhole({ profile, log, steps }: Awaited<ReturnType<typeof replayed>>, pages: readonly string[]): void {
  expect(steps.filter(({ failed }) => failed > 0).map(({ step, causes }) => ({ step, causes, log }))).toEqual([])
  expect(pages.filter((page) => !steps.some(({ step, succeeded }) => step === page && succeeded > 0))).toEqual([])
  // The token of the form is the session's: with the recorded one, the login would have failed.
  expect(profile).toMatch(/csrf: *\n? *\{? *html/)
  expect(profile).toContain('also:')
}

test("the browser's own recording replays, but for the upload, whose body Chromium does not record: that is said", async () => {
  writeFileSync(place.at('me.svg'), PICTURE)
  await visit(shop.origin, place.at('me.svg'), { recordHar: { path: place.at('visit.har'), content: 'embed' } })
  const { exitCode, log } = await runCli(['import', 'har', 'visit.har', '--output', 'visit.yml'], { cwd: place.path })
  expect([exitCode, log]).toEqual([0, expect.stringContaining('Written: visit.yml')])
  const left = `POST ${shop.origin}/photos`
  expect(log).toContain(`left out: request with a body that was not recorded: ${left}\n`)
  const whole = await replayed('visit.yml')
  expectWhole(whole, PAGES)
  expect(whole.profile).toContain(`# Left out: ${left}: with a body that was not recorded`)
}, 120_000)

test('the same visit by way of the proxy, with a picture of any bytes', async () => {
  const port = String(await freePort())
  const cli = startCli(['record', '--target', shop.origin, '--port', port, '--output', 'visit.yml'], {
    cwd: place.path,
  })
  await cli.until('Ctrl-C writes the profile')
  const picture = Buffer.from(Array.from({ length: 50_000 }, (_, n) => (n * 31 + (n >> 7)) & 255))
  writeFileSync(place.at('mine.png'), picture)
  await visit(`http://127.0.0.1:${port}`, place.at('mine.png'), {})
  cli.kill('SIGINT')
  const { exitCode, log } = await cli.ended
  expect([exitCode, log]).toEqual([0, expect.stringContaining('Written: visit.yml')])
  expect(readFileSync(place.at('mine.png')).equals(picture)).toBe(true)
  expectWhole(await replayed('visit.yml'), [...PAGES, 'POST /photos'])
}, 120_000)

test('three people in one recording are three rows, and come again as themselves', async () => {
  const fans = ['005', '012', '077']
  await comeAndBuy(shop.origin, fans, { recordHar: { path: place.at('people.har'), content: 'embed' } })
  const { exitCode, log } = await runCli(['import', 'har', 'people.har', '--output', 'people.yml'], { cwd: place.path })
  expect([exitCode, log]).toEqual([0, expect.stringContaining('Written: people.yml, logins.csv.')])
  const rows = readFileSync(place.at('logins.csv'), 'utf8').trim().split('\n')
  expect(rows).toEqual([
    'email,password,product',
    'fan005@shop.example,${env.PASSWORD},3',
    'fan012@shop.example,${env.PASSWORD_2},4',
    'fan077@shop.example,${env.PASSWORD_3},5',
  ])
  const profile = readFileSync(place.at('people.yml'), 'utf8')
  expect(profile).toContain('load: { users: 3,')
  expect(profile).toMatch(/get: \/products\/\$\{logins\.product\}/)
  expect(profile).not.toMatch(/user-agent|sec-|accept-language/i)
  writeFileSync(place.at('people.yml'), profile.replace(/\bfor: *\S+?(?=[ ,}\n])/, 'for: 6s'))
  const env = { PASSWORD: 'pass-005', PASSWORD_2: 'pass-012', PASSWORD_3: 'pass-077' }
  const { log: said } = await runCli(['run', 'people.yml', '--json', 'report.json'], { cwd: place.path, env })
  const { result }: ReportFile = JSON.parse(readFileSync(place.at('report.json'), 'utf8'))
  expect(result.steps.filter(({ failed }) => failed > 0).map(({ step, causes }) => ({ step, causes, said }))).toEqual(
    [],
  )
  expect(result.steps.find(({ step }) => step === 'POST /login')).toMatchObject({ sent: 3, succeeded: 3 })
}, 120_000)
