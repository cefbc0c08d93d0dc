import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { mostFalseAlarms } from '../src/compare/sharpness.ts'
import { keptSharpness, sharpnessFile } from '../src/kept-sharpness.ts'
import { renderSharpnessJson } from '../src/report/json.ts'
import { sharpness } from './report/reports.ts'
import { type Workspace, workspace } from './support/run-cli.ts'

let place: Workspace
let warnings: string[]
beforeEach(() => {
  place = workspace()
  warnings = []
})
afterEach(() => place[Symbol.dispose]())

const output = { warning: (text: string) => void warnings.push(text) }
const laptop = { base: undefined, pullRequest: undefined, output }
const pullRequest = { headSha: 'b'.repeat(40), baseBranch: 'main' }
const read = (doors: Parameters<typeof keptSharpness>[1] = laptop, baseTarget?: string) =>
  keptSharpness({ profile: place.at('shop.yml'), baseTarget }, doors)
const of = (comparisons: number) =>
  sharpness({ comparisons, passed: comparisons - 2, falseAlarmsAtMost: mostFalseAlarms(0, comparisons) })

test.each([
  ['loadgate.yml', 'loadgate.sharpness.json'],
  ['perf/shop.load.yaml', join('perf', 'shop.load.sharpness.json')],
  ['./shop', 'shop.sharpness.json'],
])('what was found of %s lies in %s', (profile, file) => {
  expect(sharpnessFile(profile)).toBe(file)
})

test('where nothing was kept nothing is said', async () => {
  expect([await read(), warnings]).toEqual([undefined, []])
})

test('what was kept is read', async () => {
  writeFileSync(place.at('shop.sharpness.json'), renderSharpnessJson(of(20)))
  expect([await read(), warnings]).toEqual([of(20), []])
})

test('on a pull request its base has the say, elsewhere the tree that is here', async () => {
  const base = { directory: place.at('base') }
  mkdirSync(base.directory)
  writeFileSync(place.at('shop.sharpness.json'), renderSharpnessJson(of(1_000)))
  expect(await read({ base, pullRequest, output })).toBeUndefined()
  writeFileSync(place.at('base/shop.sharpness.json'), renderSharpnessJson(of(20)))
  expect(await read({ base, pullRequest, output })).toEqual(of(20))
  expect(await read({ base, pullRequest: undefined, output })).toEqual(of(1_000))
  expect(warnings).toEqual([])
})

test('of a deployed base nothing is said', async () => {
  writeFileSync(place.at('shop.sharpness.json'), renderSharpnessJson(of(20)))
  expect(await read(laptop, 'http://127.0.0.1:1')).toBeUndefined()
})

test.each<[string, (path: string) => void, RegExp]>([
  ['is damaged', (path) => writeFileSync(path, '{"kind":'), /: it is not JSON\./],
  ['is another', (path) => writeFileSync(path, '{}'), /: kind is not loadgate-sharpness\./],
  ['is too large', (path) => writeFileSync(path, ' '.repeat(1_048_577)), /1048577 bytes, more than the 1048576/],
  ['is a directory', (path) => mkdirSync(path), /is not a regular file/],
  ['leads nowhere', (path) => symlinkSync('nowhere', path), /cannot be read/],
  ['leads to a secret', (path) => linkTo(`${path}.txt`, path), /: it is not JSON\./],
])('a file that %s is told of and left out', async (_, make, words) => {
  make(place.at('shop.sharpness.json'))
  expect(await read()).toBeUndefined()
  expect(warnings).toEqual([expect.stringMatching(words)])
  expect(warnings[0]).toMatch(/^\S*shop\.sharpness\.json is left out of the report: .*`loadgate aa` writes it anew\.$/)
  expect(warnings[0]).not.toContain('hunter2')
})

function linkTo(secret: string, path: string): void {
  writeFileSync(secret, 'hunter2')
  symlinkSync(secret, path)
}
