// Every example is read, checked and planned as the tool itself would do it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { LoadPlan } from '../src/plan/plan.ts'
import { planLoad } from '../src/plan/plan-load.ts'
import { parseData } from '../src/profile/data.ts'
import { readProfile } from '../src/profile/read-profile.ts'

const root = resolve(import.meta.dirname, '../examples')
const directories = readdirSync(root)
const profiles = directories
  .filter((directory) => directory !== 'workflows')
  .flatMap((directory) =>
    readdirSync(join(root, directory))
      .filter((file) => file.endsWith('.yml'))
      .map((file) => join(directory, file)),
  )

test.each(directories)('%s says what it shows, and with which files', (directory) => {
  const readme = readFileSync(join(root, directory, 'README.md'), 'utf8')
  const files = [...readme.matchAll(/\b[\w-]+\.(?:yml|mjs|csv|json)\b/g)].map(([file]) => file)
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) expect(`${file} ${existsSync(join(root, directory, file))}`).toBe(`${file} true`)
  // Directories are what runs leave behind.
  const there = readdirSync(join(root, directory), { withFileTypes: true }).filter((entry) => entry.isFile())
  for (const { name } of there) if (name !== 'README.md') expect(readme).toContain(name)
})

describe.each(profiles)('%s', (file) => {
  const { profile, issues } = readProfile(readFileSync(join(root, file), 'utf8'), { file, env: {} })

  test('is read without an issue', () => {
    expect(issues).toEqual([])
  })

  test('is planned', () => {
    const plan = planOf(file)
    expect(plan.duration).toBeGreaterThan(plan.measureFrom)
    expect(plan.curve.length).toBeGreaterThan(0)
    // What a profile limits by itself says what it should hold; nothing here relies on defaults.
    expect(plan.budgets).toEqual(profile?.budgets)
  })

  test('starts the shop, from where it stands, on its own port', () => {
    const [, script = ''] = /^node (\S+)$/.exec(profile?.service?.start ?? '') ?? []
    expect(relative(root, resolve(root, dirname(file), script))).toBe('quickstart/server.mjs')
    expect(profile).toMatchObject({ target: 'http://127.0.0.1:18080', service: { ready: '/healthz' } })
    const elsewhere = readProfile(readFileSync(join(root, file), 'utf8'), { file, env: { PORT: '12345' } })
    expect(elsewhere.profile?.target).toBe('http://127.0.0.1:12345')
  })
})

test('each shape is shown in a profile named after it', () => {
  const shapes = profiles.filter((file) => dirname(file) === 'shapes')
  const outlines = shapes.map((file) => JSON.stringify(planOf(file).curve))
  expect(shapes.length).toBeGreaterThanOrEqual(7)
  expect(new Set(outlines).size).toBe(shapes.length)
})

function planOf(file: string): LoadPlan {
  const { profile } = readProfile(readFileSync(join(root, file), 'utf8'), { file, env: {} })
  if (!profile) throw new Error(`${file} is not sound`)
  const data = Object.entries(profile.data).map(([name, { file: dataFile, format }]) => {
    const text = readFileSync(join(root, dirname(file), dataFile), 'utf8')
    return [name, parseData(text, { file: dataFile, format })] as const
  })
  const functions = profile.functions && readFileSync(join(root, dirname(file), profile.functions.file), 'utf8')
  return planLoad(profile, { data: Object.fromEntries(data), functions })
}
