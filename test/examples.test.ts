// Every example is read, checked and planned by the tool itself.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { loadProfile } from '../src/profile-file.ts'

const root = resolve(import.meta.dirname, '../examples')
const directories = readdirSync(root)
const profiles = directories
  .filter((directory) => directory !== 'workflows')
  .flatMap((directory) =>
    readdirSync(join(root, directory))
      .filter((file) => file.endsWith('.yml'))
      .map((file) => join(directory, file)),
  )
const loaded = (file: string, env = {}) => loadProfile(join(root, file), env)

test.each(directories)('%s says what it shows, and with which files', (directory) => {
  const readme = readFileSync(join(root, directory, 'README.md'), 'utf8')
  const files = [...readme.matchAll(/\b[\w.-]+\.(?:yml|mjs|csv|json|png)\b/g)].map(([file]) => file)
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) expect(`${file} ${existsSync(join(root, directory, file))}`).toBe(`${file} true`)
  // Directories are what runs leave behind.
  const there = readdirSync(join(root, directory), { withFileTypes: true }).filter((entry) => entry.isFile())
  for (const { name } of there) if (name !== 'README.md') expect(readme).toContain(name)
})

describe.each(profiles)('%s', (file) => {
  test('is read without an issue, and planned', async () => {
    const { profile, plan } = await loaded(file)
    expect(plan.duration).toBeGreaterThan(plan.measureFrom)
    expect(plan.curve.length).toBeGreaterThan(0)
    // What a profile limits by itself says what it should hold; nothing here relies on defaults.
    expect(profile.budgets.length).toBeGreaterThan(0)
    expect(plan.budgets).toEqual(profile.budgets)
  })

  test('starts a service that is there, on the port that it is given', async () => {
    const { profile } = await loaded(file)
    const [, script = ''] = /^node (\S+)$/.exec(profile.service?.start ?? '') ?? []
    const server = resolve(root, dirname(file), script)
    expect([server.startsWith(root), existsSync(server)]).toEqual([true, true])
    expect(profile.service?.ready).toBe('/healthz')
    const [, port] = /process\.env\.PORT\) \|\| (\d+)/.exec(readFileSync(server, 'utf8')) ?? []
    expect(profile.target).toBe(`http://127.0.0.1:${port}`)
    expect((await loaded(file, { PORT: '12345' })).profile.target).toBe('http://127.0.0.1:12345')
  })
})

test('each shape is shown in a profile named after it', async () => {
  const shapes = profiles.filter((file) => dirname(file) === 'shapes')
  const outlines = await Promise.all(shapes.map(async (file) => JSON.stringify((await loaded(file)).plan.curve)))
  expect(shapes.length).toBeGreaterThanOrEqual(7)
  expect(new Set(outlines).size).toBe(shapes.length)
})
