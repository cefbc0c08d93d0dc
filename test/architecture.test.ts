// The house, stated: who may import whom, where each library lives, and that nothing is mocked.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, test } from '@jest/globals'

const root = resolve(import.meta.dirname, '..')
const filesBelow = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file))

const STAGES = [
  'profile',
  'plan',
  'engine',
  'import',
  'record',
  'executor',
  'service',
  'versions',
  'result',
  'foreign',
  'jmeter',
  'fargate',
  'aws',
  'github',
  'baseline',
  'compare',
  'trust',
  'history',
  'sizing',
  'report',
  'publish',
]
const SMALL = [
  'asked-by-own-name',
  'address-kind',
  'allowed-targets',
  'units',
  'user-agent',
  'errors',
  'function-module',
  'directories',
  'secret-parts',
  'histogram',
  'json-schema',
  'nearest',
  'pattern',
  'reader',
  'schema-fault',
  'version',
  'visible-only',
  'xml-entities',
]
const ENTRIES = ['action', 'cleanup', 'cli', 'task', 'thread']
const NO_IO = ['profile', 'plan', 'import', 'result', 'compare', 'trust', 'history', 'report']

const stageOf = (file: string) => relative('src', file).replace(/\.ts$/, '').split('/')[0] as string
// The names behind `… from '…'` and `import('…')`: at the start or the end of a statement, never across lines of code.
const importsOf = (file: string) =>
  [
    ...readFileSync(join(root, file), 'utf8').matchAll(
      /^(?:import|export)\b[^'"`;]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map(([, from, bare, dynamic]) => String(from ?? bare ?? dynamic))
const ownImports = (file: string) =>
  importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(root, resolve(root, file, '..', name)))
const sources = filesBelow('src')

test('a stage imports only from itself, from stages to its left and from the small files', () => {
  const wrong = sources.flatMap((file) => {
    const from = STAGES.indexOf(stageOf(file))
    if (from < 0) return []
    return ownImports(file)
      .filter((target) => !SMALL.includes(stageOf(target)))
      .filter((target) => STAGES.indexOf(stageOf(target)) < 0 || STAGES.indexOf(stageOf(target)) > from)
      .map((target) => `${file} imports ${target}`)
  })
  expect(wrong).toEqual([])
})

test('the small files import nothing of ours but each other, and nothing imports an entry', () => {
  const wrong = sources.flatMap((file) =>
    ownImports(file)
      .filter(
        (target) =>
          ENTRIES.includes(stageOf(target)) || (SMALL.includes(stageOf(file)) && !SMALL.includes(stageOf(target))),
      )
      .map((target) => `${file} imports ${target}`),
  )
  expect(wrong).toEqual([])
})

test('each outside library is imported in one place', () => {
  const places = new Map<string, string[]>()
  for (const file of sources)
    for (const name of importsOf(file).filter((name) => !/^(\.|node:)/.test(name))) {
      const library = name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/')
      places.set(library, [...(places.get(library) ?? []), file])
    }
  const spread = [...places].filter(([, files]) => new Set(files).size > 1)
  expect(spread).toEqual([])
  const declared = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies
  expect([...places.keys()].sort()).toEqual(Object.keys(declared).sort())
})

test('profile, plan, import, result, compare, trust, history and report touch neither files, network, processes nor the clock', () => {
  const wrong = sources
    .filter((file) => NO_IO.includes(stageOf(file)))
    .filter(
      (file) =>
        importsOf(file).some((name) =>
          /^node:(fs|net|http|https|child_process|worker_threads|os|dns|tls)/.test(name),
        ) ||
        /\b(Date\.now|performance\.now|process\.(env|stdout|exit)|console\.)/.test(
          readFileSync(join(root, file), 'utf8'),
        ),
    )
  expect(wrong).toEqual([])
})

test('no module is mocked and no test is skipped', () => {
  // Spelt in two halves, so that this file does not find itself.
  const forbidden = new RegExp(
    ['jest\\.mo' + 'ck', 'unstable_mo' + 'ckModule', '\\.sk' + 'ip\\(', '\\.on' + 'ly\\('].join('|'),
  )
  const wrong = filesBelow('test').filter((file) => forbidden.test(readFileSync(join(root, file), 'utf8')))
  expect(wrong).toEqual([])
})

test('what a worker on Fargate loads knows nothing of AWS or GitHub', () => {
  const loaded = new Set<string>()
  const load = (file: string) => {
    if (loaded.has(file)) return
    loaded.add(file)
    for (const target of ownImports(file)) load(target)
  }
  for (const entry of ['src/task.ts', 'src/thread.ts']) load(entry)
  const libraries = [...loaded].flatMap(importsOf).filter((name) => /^@(aws|actions)/.test(name))
  expect(libraries).toEqual([])
  expect([...loaded]).toContain('src/fargate/worker/work.ts')
})

test('the worker and the coordinator wait, and reach out, through their doors alone', () => {
  const behindDoors = ['system-time.ts', 'mail.ts'].map((file) => join('src/fargate', file))
  const wrong = sources
    .filter((file) => stageOf(file) === 'fargate' && !behindDoors.includes(file))
    .filter((file) =>
      /\b(setTimeout|setInterval|Date\.now|performance\.|Math\.random\(|AbortSignal\.timeout|fetch\()/.test(
        readFileSync(join(root, file), 'utf8').replace(/\/\*.*?\*\/|\/\/.*?$/gms, ''),
      ),
    )
  expect(wrong).toEqual([])
})
