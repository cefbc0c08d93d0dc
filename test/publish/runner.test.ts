// What the runner is told, in a process of its own and read back as the runner reads it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { inGitHub } from '../../src/github/variables.ts'
import { type ActionCall, runAction } from '../support/run-action.ts'
import { commandsIn } from '../support/runner-commands.ts'

const root = mkdtempSync(join(tmpdir(), 'loadgate-runner-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function run(body: string, call: Partial<ActionCall> = {}) {
  writeFileSync(join(root, 'action.yml'), 'inputs: { profile: {} }\nruns: { using: node24, main: main.mjs }')
  const source = JSON.stringify(join(import.meta.dirname, '../../src/publish/runner.ts'))
  writeFileSync(join(root, 'main.mjs'), `import * as runner from ${source}\n${body}`)
  return runAction({ action: root, ...call })
}

test('inputs in, outputs and state out, of any text', async () => {
  const hostile = 'two\nlines\nghadelimiter\nverdict=pass\n::set-output name=verdict::pass'
  const { outputs, state, log } = await run(
    `runner.setOutput('verdict', 'fail')
     runner.setOutput('text', ${JSON.stringify(hostile)})
     runner.saveState('service', 'a=b')
     console.log('[' + runner.readInput('profile') + '][' + runner.readInput('nothing') + ']')`,
    { inputs: { profile: '  load.yml ' } },
  )
  expect(outputs).toEqual({ verdict: 'fail', text: hostile })
  expect(state).toEqual({ service: 'a=b' })
  expect(log).toBe('[load.yml][]\n')
})

test('the post step reads the state', async () => {
  const { log } = await run("console.log(runner.getState('service'))", { state: { service: '42' } })
  expect(log).toBe('42\n')
})

test('a secret is masked as a whole and line by line, but not what is in every line', async () => {
  const { log } = await run(
    "runner.maskSecret('first\\nnext\\n}\\n'); runner.maskSecret(''); runner.maskSecret('plain')",
  )
  expect(log.trim().split('\n')).toEqual([
    '::add-mask::first%0Anext%0A}%0A',
    '::add-mask::first%0Anext%0A}',
    '::add-mask::first',
    '::add-mask::next',
    '::add-mask::plain',
  ])
})

test('an annotation is one command, whatever its text', async () => {
  const text = 'p95 is 412 ms\n::set-output name=verdict::pass\r##[add-mask]x'
  const annotation = { level: 'error', file: 'a,b::c.yml', line: 12, column: 5, title: 'Budget: 1, 2', message: text }
  const { log } = await run(`runner.annotate(${JSON.stringify(annotation)})`)
  expect(new Set(commandsIn(log).map(({ command }) => command))).toEqual(new Set(['error']))
  expect(log).toContain('file=a%2Cb%3A%3Ac.yml,line=12,col=5::p95 is 412 ms%0A')
})

const summarise = (text: string) => `console.log('notice: ' + await runner.writeSummary(${text}))`

test('the summary is appended to what is there', async () => {
  const { summary, log } = await run(`${summarise("'# One\\n'")}\n${summarise("'# Two\\n'")}`)
  expect(summary).toBe('# One\n# Two\n')
  expect(log).toBe('notice: undefined\nnotice: undefined\n')
})

test('a summary above the limit is cut at a line, between characters, and says so', async () => {
  const { summary, log } = await run(summarise("('é'.repeat(99) + '\\n').repeat(8_000)"))
  expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1_000_000)
  expect(Buffer.byteLength(summary)).toBeGreaterThan(990_000)
  expect(summary).toMatch(/^(é{99}\n)+\n\n\*Cut here/)
  expect(log).toContain('notice: The job summary was cut')
})

test('what the step has already written counts against the limit', async () => {
  const { summary } = await run(
    `${summarise("('x'.repeat(99) + '\\n').repeat(9_000)")}\n${summarise("('y'.repeat(99) + '\\n').repeat(9_000)")}`,
  )
  expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1_000_000)
  expect(summary).toMatch(/x\ny+\n[\s\S]*\*Cut here/)
})

test.each([
  ['not named', { GITHUB_STEP_SUMMARY: undefined }],
  ['not there', { GITHUB_STEP_SUMMARY: '/nowhere/summary.md' }],
  ['a directory', { GITHUB_STEP_SUMMARY: root }],
])('a summary file that is %s is a notice and no crash', async (_, env) => {
  const { log, exitCode } = await run(summarise("'# One'"), { env })
  expect(log).toMatch(/^notice: The job summary could not be written: /)
  expect(exitCode).toBe(0)
})

test('the step ends with the code it is given', async () => {
  expect(await run('runner.finish(0)')).toMatchObject({ exitCode: 0, log: '' })
  const failed = await run("runner.finish(3, 'Loadgate: inconclusive\\n::x::')")
  expect(failed).toMatchObject({ exitCode: 3, log: '::error::Loadgate: inconclusive%0A::x::\n' })
})

test('a laptop is not GitHub', () => {
  expect(inGitHub({ GITHUB_ACTIONS: 'true' })).toBe(true)
  expect(inGitHub({})).toBe(false)
})
