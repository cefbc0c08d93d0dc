// In a process of its own, as the library reads its environment and writes its progress to stdout.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { ArtifactService } from '../support/artifact-service.ts'
import { runAction } from '../support/run-action.ts'

const root = mkdtempSync(join(tmpdir(), 'loadgate-artifact-'))
const report = join(root, 'report')
let service: ArtifactService

beforeAll(async () => {
  service = await ArtifactService.start()
  mkdirSync(join(report, 'more'), { recursive: true })
  writeFileSync(join(report, 'report.md'), '# Report')
  writeFileSync(join(report, 'more', 'report.json'), '{}')
  writeFileSync(join(root, 'action.yml'), 'runs: { using: node24, main: main.mjs }')
  const source = join(import.meta.dirname, '../../src/publish/artifact.ts')
  writeFileSync(
    join(root, 'main.mjs'),
    `import { uploadReport } from ${JSON.stringify(source)}
     const { env } = process
     const waiting = { now: () => 0, wait: async () => {} }
     const notice = await uploadReport({ directory: env.DIRECTORY, name: 'Store <front>', env }, waiting)
     console.log('notice: ' + notice)
     process.exit(0)`,
  )
})
beforeEach(() => service.reset())
afterAll(async () => {
  await service.close()
  rmSync(root, { recursive: true, force: true })
})

async function upload(env: Readonly<Record<string, string>> = service.env, directory = report): Promise<string> {
  const { log } = await runAction({ action: root, env: { ...env, DIRECTORY: directory } })
  return /^notice: (.*)$/m.exec(log)?.[1] ?? log
}
const NAME = 'loadgate-report-store-front'

test('the directory is uploaded, its files below their own paths', async () => {
  expect(await upload()).toBe('undefined')
  expect(service.stored).toMatchObject([{ name: NAME }])
  const zip = service.stored[0]?.zip.toString('latin1') ?? ''
  expect(zip.startsWith('PK')).toBe(true)
  for (const file of ['report.md', 'more/report.json']) expect(zip).toContain(file)
})

test.each([
  ['a connection reset while the artifact is created', { call: 'CreateArtifact', times: 1, kind: 'reset' }],
  ['a connection reset while it is finalised', { call: 'FinalizeArtifact', times: 1, kind: 'reset' }],
] as const)('%s is tried again under another name', async (_, fault) => {
  service.inject(fault)
  expect(await upload()).toBe('undefined')
  expect(service.stored.map(({ name }) => name)).toEqual([expect.stringMatching(`^${NAME}-[0-9a-f]{6}$`)])
})

test('a name that another job has taken gives way to another name', async () => {
  service.take(NAME)
  expect(await upload()).toBe('undefined')
  expect(service.stored.map(({ name }) => name)).toEqual([expect.stringMatching(`^${NAME}-[0-9a-f]{6}$`)])
})

test('a service that is never there is given up with a notice', async () => {
  service.inject({ call: 'CreateArtifact', times: 1_000, kind: 'reset' })
  expect(await upload()).toMatch(/^The report was not uploaded as an artifact: Failed to CreateArtifact: .*ECONNRESET/)
  expect(service.calls).toHaveLength(3)
})

test('a full quota is not tried again', async () => {
  service.inject({ call: 'CreateArtifact', times: 1_000, kind: 'quota' })
  expect(await upload()).toMatch(/not uploaded.*quota/)
  expect(service.calls).toHaveLength(1)
})

test('a directory that is not there, an empty one and a server without artifacts are notices', async () => {
  const empty = join(root, 'empty')
  mkdirSync(empty)
  expect(await upload(service.env, join(root, 'missing'))).toMatch(/not uploaded.*ENOENT/)
  expect(await upload(service.env, empty)).toMatch(/not uploaded.*No files/)
  expect(await upload({ ...service.env, GITHUB_SERVER_URL: 'https://github.example.com' })).toMatch(
    /not uploaded.*GHES/,
  )
  expect(service.calls).toEqual([])
})

test('without the service of a runner nothing happens', async () => {
  expect(await upload({})).toBe('undefined')
  expect(service.calls).toEqual([])
})
