// `loadgate import`: what it writes, and what it does not overwrite.
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { importCommand } from '../../src/command-line/import.ts'
import { neighboursOf } from '../../src/command-line/neighbours.ts'
import { createOutput } from '../../src/output/output.ts'
import { loadProfile } from '../../src/profile-file.ts'
import { FILES } from '../import/imported.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'

let place: Workspace
let stdout: string
let stderr: string
beforeEach(() => {
  place = workspace()
  stdout = ''
  stderr = ''
  for (const name of ['shop.har', 'shop.jmx', 'data']) cpSync(join(FILES, name), place.at(name), { recursive: true })
})
afterEach(() => place[Symbol.dispose]())

function run(...argv: string[]): Promise<number> {
  const keepOut = (text: string) => {
    stdout += text
  }
  const keepErr = (text: string) => {
    stderr += text
  }
  return importCommand(argv, createOutput({ stdout: { write: keepOut }, stderr: { write: keepErr }, github: false }))
}

const read = (name: string) => readFileSync(place.at(name), 'utf8')

test('the profile goes to standard output, and what is not in it to standard error', async () => {
  expect(await run('har', place.at('shop.har'))).toBe(0)
  expect(stdout).toBe(readFileSync(join(FILES, 'shop.har.yml'), 'utf8'))
  expect(stderr).toMatch(/^warning: 20 requests: 13 taken, 7 left out: /)
  expect(stderr).toContain('left out: request of a WebSocket: GET wss://shop.example/live\n')
})

test('a written profile has its data beside it, and is read and planned as any other', async () => {
  expect(await run('jmx', place.at('shop.jmx'), '--output', place.at('out/loadgate.yml'))).toBe(0)
  expect(read('out/accounts.csv')).toBe('email,password\nada@example.com,one\ngrace@example.com,two\n')
  expect(stdout).toContain('Set before it runs: X_API_KEY.')
  writeFileSync(place.at('out/photo.jpg'), 'a photo')
  const { plan } = await loadProfile(place.at('out/loadgate.yml'), { X_API_KEY: 'secret-123456' })
  expect(plan.scenarios.map(({ name, weight }) => [name, weight])).toEqual([
    ['Buyers', 30],
    ['Readers', 70],
  ])
  expect(plan.data.accounts!.rows).toHaveLength(2)
})

test('nothing is overwritten unless it is asked for, and then all of it', async () => {
  mkdirSync(place.at('out'))
  writeFileSync(place.at('out/accounts.csv'), 'mine\n')
  const argv = ['jmx', place.at('shop.jmx'), '--output', place.at('out/loadgate.yml')]
  await expect(run(...argv)).rejects.toThrow(/accounts\.csv is there already/)
  expect(existsSync(place.at('out/loadgate.yml'))).toBe(false)
  expect(await run(...argv, '--force')).toBe(0)
  expect(read('out/accounts.csv')).toMatch(/^email,password\n/)
  expect(await run(...argv)).toBe(0)
})

test('data is read from beside the plan alone', async () => {
  writeFileSync(place.at('secret.csv'), 'a,b\n1,2\n')
  mkdirSync(place.at('plans'))
  symlinkSync(place.at('secret.csv'), place.at('plans/link.csv'))
  for (const file of ['../secret.csv', 'link.csv']) {
    writeFileSync(place.at('plans/shop.jmx'), read('shop.jmx').replace('data/accounts.csv', file))
    expect(await run('jmx', place.at('plans/shop.jmx'))).toBe(0)
    expect(stderr).toMatch(/ in the source\) is read: copy it beside the profile yourself, /)
    expect(stderr).not.toContain('Not written')
  }
})

test('another base address is taken where it is asked for', async () => {
  expect(await run('har', place.at('shop.har'), '--target', 'https://metrics.example')).toBe(0)
  expect(stdout).toContain('target: ${env.TARGET_URL:-https://metrics.example}')
  expect(stdout).toContain('- get: /collect')
  await expect(run('har', place.at('shop.har'), '--target', 'metrics')).rejects.toThrow('is not an absolute address')
})

test.each([
  [['k6-har', 'x.har'], 'There is no format "k6-har"', 'Did you mean `loadgate import har`?'],
  [['openap', 'x'], 'There is no format "openap"', 'Did you mean `loadgate import openapi`?'],
  [['curl', 'x'], 'There is no format "curl"', 'Write one of: har, openapi, postman, jmx.'],
  [[], 'import takes a format and a file', 'Write one of: har, openapi, postman, jmx.'],
  [['har'], 'import har takes a file', 'For example: loadgate import har visit.har --output loadgate.yml'],
  [['har', '/nowhere/x.har'], 'cannot be read', 'Check the path'],
  [['har', 'a', 'b'], '"b" is one argument too many', 'See `loadgate help`.'],
])('%j is refused with what to do', async (argv, message, hint) => {
  const error = await run(...argv).catch((error: unknown) => error)
  expect(error).toMatchObject({
    kind: 'usage',
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  })
})

test('where nothing can be sent, the list says why', async () => {
  writeFileSync(
    place.at('c.json'),
    JSON.stringify({ item: [{ name: 'a', request: { method: 'VIEW', url: 'http://x.example/' } }] }),
  )
  await expect(run('postman', place.at('c.json'))).rejects.toThrow(
    'There is no request in it that a profile could send',
  )
  expect(stderr).toContain('left out: request with a method that a profile does not have: "a"')
})

test('text of the source reaches no line of a comment or a log as a command', async () => {
  const name = 'x\n::error::boo\n- get: /evil \u202e\u001b[31m'
  writeFileSync(
    place.at('c.json'),
    JSON.stringify({
      item: [
        { name, request: { method: 'VIEW', url: 'http://x.example/' } },
        { name: 'ok', request: 'http://x.example/ok' },
      ],
    }),
  )
  expect(await run('postman', place.at('c.json'))).toBe(0)
  for (const hidden of ['\u202e', '\u001b', '\n::error', '\n- get: /evil'])
    expect(stdout + stderr).not.toContain(hidden)
})

test('files that a source sends are copied beside the profile, from beside it and from nowhere else', async () => {
  mkdirSync(place.at('plans'))
  mkdirSync(place.at('plans/.keys'), { recursive: true })
  mkdirSync(place.at('elsewhere'))
  writeFileSync(place.at('plans/note.txt'), 'a note')
  writeFileSync(place.at('plans/photo one.jpg'), 'a photo')
  writeFileSync(place.at('plans/.keys/id'), 'a key')
  writeFileSync(place.at('elsewhere/salaries.csv'), 'a secret')
  symlinkSync(place.at('elsewhere/salaries.csv'), place.at('plans/link.csv'))
  const names = [
    'note.txt',
    place.at('plans/photo one.jpg'),
    place.at('plans/.keys/id'),
    place.at('elsewhere/salaries.csv'),
    './link.csv',
    '/etc/hostname',
    '../gone.txt',
  ]
  const formdata = [{ key: 'all', type: 'file', src: names }]
  const item = [
    { name: 'send', request: { method: 'POST', url: 'https://shop.example/x', body: { mode: 'formdata', formdata } } },
  ]
  writeFileSync(place.at('plans/c.json'), JSON.stringify({ info: { name: 'c' }, item }))
  expect(await run('postman', place.at('plans/c.json'), '--output', place.at('out/loadgate.yml'))).toBe(0)
  expect([read('out/note.txt'), read('out/photo_one.jpg')]).toEqual(['a note', 'a photo'])
  expect(stderr).toContain(`"photo_one.jpg" is a copy of ${place.at('plans/photo one.jpg')}.`)
  for (const name of ['id', 'salaries.csv', 'link.csv', 'hostname', 'gone.txt']) {
    expect(existsSync(place.at(`out/${name}`))).toBe(false)
    expect(stderr).toMatch(
      new RegExp(`"${name}" \\(.*${name} in the source\\) is sent as a file: copy it beside the profile yourself`),
    )
  }
})

test('a source in the root of all has not the whole machine below it', () => {
  expect(neighboursOf('/plan.jmx')(import.meta.filename)).toBeUndefined()
  expect(neighboursOf('/plan.jmx')('etc/hostname')).toBeUndefined()
})

test('a file that a source sends is not written over the profile, nor over another file', async () => {
  const write = (src: string) => {
    const body = { mode: 'file', file: { src } }
    const item = [{ name: 'send', request: { method: 'POST', url: 'https://shop.example/x', body } }]
    writeFileSync(place.at('c.json'), JSON.stringify({ info: { name: 'c' }, item }))
  }
  writeFileSync(place.at('loadgate.yml'), 'mine')
  write('loadgate.yml')
  mkdirSync(place.at('out'))
  const argv = ['postman', place.at('c.json'), '--output', place.at('out/loadgate.yml'), '--force']
  await expect(run(...argv)).rejects.toThrow(/is also a file that the profile sends/)
  writeFileSync(place.at('note.txt'), 'a note')
  writeFileSync(place.at('out/note.txt'), 'another')
  write('note.txt')
  await expect(run(...argv.slice(0, -1))).rejects.toThrow(/note\.txt is there already/)
  expect([read('out/note.txt'), existsSync(place.at('out/loadgate.yml'))]).toEqual(['another', false])
})
