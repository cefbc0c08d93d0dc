import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { WINDOW } from '../../src/baseline/baseline.ts'
import { decodeRuns, decodeWindow, encodeRuns } from '../../src/baseline/file-format.ts'
import { lockFile } from '../../src/baseline/file-lock.ts'
import { fileStore } from '../../src/baseline/file-store.ts'
import { LoadgateError } from '../../src/errors.ts'
import { NOW, storedRun } from './made-run.ts'
import { storeLaws } from './store-laws.ts'

const root = mkdtempSync(join(tmpdir(), 'loadgate-baseline-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let places = 0
const place = () => join(root, `${++places}`, 'deep', 'baseline.json')
const small = (id: string, startedAt = NOW) => storedRun({ id, startedAt, seconds: 1, steps: [{ times: [1, 2, 3] }] })
const idsIn = async (path: string) => (await fileStore(path).read()).runs.map(({ id }) => id)

async function refusal(act: Promise<unknown>): Promise<LoadgateError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof LoadgateError)) throw new Error(`not refused: ${error}`)
  return error
}

storeLaws('file', async () => {
  const path = place()
  return {
    open: () => fileStore(path),
    bytes: async () => readFileSync(path),
    fill: async (bytes) => {
      mkdirSync(join(path, '..'), { recursive: true })
      writeFileSync(path, bytes)
    },
  }
})

test('what was never stored is an empty window', async () => {
  expect(await fileStore(place(), { name: 'file:here' }).read()).toEqual({ store: 'file:here', runs: [] })
})

test('what is appended is read back, in the order of its start', async () => {
  const path = place()
  const runs = [small('b', NOW + 2), small('a', NOW + 1), small('c', NOW + 3)]
  for (const run of runs) await fileStore(path).append(run)
  expect((await fileStore(path).read()).runs).toEqual([runs[1], runs[0], runs[2]])
  expect(readdirSync(join(path, '..'))).toEqual(['baseline.json'])
})

test('the window keeps the newest runs, whatever the order in which they come', async () => {
  const path = place()
  for (let n = WINDOW + 2; n > 0; n--) await fileStore(path).append(small(`run-${n}`, NOW + n))
  await fileStore(path).append(small('old', NOW - 1))
  expect(await idsIn(path)).toEqual(Array.from({ length: WINDOW }, (_, n) => `run-${n + 3}`))
})

test('a run is stored once', async () => {
  const path = place()
  await fileStore(path).append(small('same'))
  const before = readFileSync(path)
  await fileStore(path).append(small('same', NOW + 5))
  expect(readFileSync(path)).toEqual(before)
})

test('appends of several processes at once are all kept', async () => {
  const path = place()
  const processes = 8
  await Promise.all(Array.from({ length: processes }, (_, n) => ended(appender(path, `p${n}`, 2))))
  const kept = await idsIn(path)
  expect([...kept].sort()).toEqual(Array.from({ length: processes }, (_, n) => [`p${n}-0`, `p${n}-1`]).flat())
  expect(readdirSync(join(path, '..'))).toEqual(['baseline.json'])
}, 120_000)

test('more appends at once than the window holds leave the newest', async () => {
  const path = place()
  await Promise.all(Array.from({ length: 8 }, (_, n) => ended(appender(path, `p${n}`, 10))))
  const runs = (await fileStore(path).read()).runs
  // Each process starts its n-th run at the same moment n: the newest twenty are those of 9, 8 and half of 7.
  const starts = runs.map(({ startedAt }) => (startedAt - NOW) / 1000)
  expect(starts).toEqual([7, 7, 7, 7, ...new Array(8).fill(8), ...new Array(8).fill(9)])
}, 120_000)

test('appends of one process at once are all kept', async () => {
  const path = place()
  await Promise.all(Array.from({ length: 15 }, (_, n) => fileStore(path).append(small(`run-${n}`, NOW + n))))
  expect(await idsIn(path)).toEqual(Array.from({ length: 15 }, (_, n) => `run-${n}`))
})

test('killed while writing, a process leaves a whole baseline that the next one can append to', async () => {
  const path = place()
  await fileStore(path).append(small('first', NOW - 1))
  for (let round = 0; round < 12; round++) {
    const child = appender(path, `r${round}`, 1000)
    const said = await linesUntil(child, 1 + (round % 3), round)
    const kept = await idsIn(path)
    // Whatever was said to be stored is, up to what newer runs have pushed out.
    for (const id of said.slice(-5)) expect(kept).toContain(id)
    rmSync(path)
    await fileStore(path).append(small('first', NOW - 1))
  }
  expect(readdirSync(join(path, '..'))).toEqual(['baseline.json'])
}, 120_000)

test('a lock left by a dead process is outlived at once', async () => {
  const path = place()
  const dead = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => dead.once('exit', resolve))
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(`${path}.lock.7`, JSON.stringify({ host: hostname(), pid: dead.pid, token: 'x' }))
  await fileStore(path).append(small('a'))
  expect(readdirSync(join(path, '..'))).toEqual(['baseline.json'])
})

test('a lock whose owner died before writing its name is outlived soon', async () => {
  const path = place()
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(`${path}.lock.1`, '')
  await fileStore(path).append(small('a'))
  expect(readdirSync(join(path, '..'))).toEqual(['baseline.json'])
})

test('a lock of a living process, or of another machine, is respected until it is old', async () => {
  for (const owner of [
    { host: hostname(), pid: process.pid, token: 'x' },
    { host: 'elsewhere', pid: 1, token: 'x' },
  ]) {
    const path = place()
    mkdirSync(join(path, '..'), { recursive: true })
    const lock = `${path}.lock.1`
    writeFileSync(lock, JSON.stringify(owner))
    let done = false
    const appended = fileStore(path)
      .append(small('a'))
      .then(() => {
        done = true
      })
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(done).toBe(false)
    const longAgo = new Date(Date.now() - 3_600_000)
    utimesSync(lock, longAgo, longAgo)
    await appended
    expect(await idsIn(path)).toEqual(['a'])
  }
})

test('a claim that was taken for dead, and its number by another, is left to that one', async () => {
  const path = place()
  const lock = await lockFile(path)
  const other = JSON.stringify({ host: hostname(), pid: process.pid, token: 'other' })
  writeFileSync(`${path}.lock.1`, other)
  await lock.release()
  expect(readFileSync(`${path}.lock.1`, 'utf8')).toBe(other)
})

test('whoever is cancelled waits for no lock', async () => {
  const path = place()
  const lock = await lockFile(path)
  await expect(fileStore(path).append(small('a'), { signal: AbortSignal.timeout(50) })).rejects.toThrow(/aborted/)
  await lock.release()
  await fileStore(path).append(small('b'))
  expect(await idsIn(path)).toEqual(['b'])
})

const GOLDEN = join(import.meta.dirname, '..', 'golden', 'baseline')
const golden = encodeRuns([small('a', NOW), small('b', NOW + 1)])

test('the golden file is what this version writes', () => {
  expect(JSON.parse(golden)).toMatchObject({ kind: 'loadgate-baseline', schema: 1 })
  expect(golden.split('\n')).toHaveLength(5)
  expect(golden).toBe(readFileSync(join(GOLDEN, 'schema-1.golden.json'), 'utf8'))
})

test('a file of a version that did not measure the first byte is read as it is', () => {
  const earlier = readFileSync(join(GOLDEN, 'schema-1-without-first-byte.golden.json'))
  expect(earlier.includes('firstByte')).toBe(false)
  expect(decodeRuns(earlier, 'baseline.json').map(({ steps }) => steps[0]!.firstByte)).toEqual([undefined, undefined])
})

test('every truncation of a file is refused, and left as it is', async () => {
  const path = place()
  mkdirSync(join(path, '..'), { recursive: true })
  const bytes = Buffer.from(golden)
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length))
    expect((await refusal(fileStore(path).read())).kind).toBe('infrastructure')
  }
  await refusal(fileStore(path).append(small('c')))
  expect(readFileSync(path)).toEqual(bytes.subarray(0, bytes.length - 1))
}, 120_000)

test.each([
  ['a file', golden, undefined],
  ['the file in an artifact', encodeRuns([small('a', NOW)], [12, 345]), [12, 345]],
])(
  'every flipped bit of %s is refused',
  (_, text, settled) => {
    const bytes = Buffer.from(text)
    const accepted: string[] = []
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7)
      try {
        decodeRuns(bytes, 'baseline.json')
        accepted.push(`bit ${bit & 7} of byte ${bit >> 3}`)
      } catch (error) {
        if (!(error instanceof LoadgateError) || error.kind !== 'infrastructure') throw error
      }
      bytes[bit >> 3]! ^= 1 << (bit & 7)
    }
    expect(accepted).toEqual([])
    expect(decodeWindow(bytes, 'baseline.json').settled).toEqual(settled)
  },
  120_000,
)

test.each([
  ['someone else’s JSON', '{"name":"loadgate"}\n', /is not a baseline of Loadgate/],
  ['no JSON at all', '#!/bin/sh\n', /is not a baseline of Loadgate/],
  ['null', 'null', /is not a baseline of Loadgate/],
  ['a newer schema', golden.replace('"schema":1', '"schema":2'), /schema 2, newer than the 1/],
  ['an older schema than any', golden.replace('"schema":1', '"schema":0'), /head cannot be read/],
  ['nothing', '', /is empty/],
  ['one blank more', `${golden} `, /checksum does not agree/],
  ['broken UTF-8', Buffer.from([0xff, 0xfe]), /not UTF-8/],
  ['runs out of order', encodeRuns([small('b', NOW + 1), small('a', NOW)]), /out of order/],
  ['a run twice', encodeRuns([small('a'), small('a')]), /a run twice/],
  ['counts that do not add up', encodeRuns([{ ...small('a'), inWindow: { succeeded: 4, failed: 0 } }]), /inWindow/],
  [
    'too many runs',
    encodeRuns(Array.from({ length: WINDOW + 1 }, (_, n) => small(`run-${n}`, NOW + n))),
    /more than 20/,
  ],
])('refuses %s with its path and a remedy, and never writes over it', async (_, content, message) => {
  const path = place()
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
  const error = await refusal(fileStore(path).read())
  expect(error.message).toMatch(message)
  expect(error.message).toContain(path)
  expect(error.hint).toBeTruthy()
  await refusal(fileStore(path).append(small('c')))
  expect(readFileSync(path)).toEqual(Buffer.from(content))
  expect(readdirSync(join(path, '..'))).toEqual(['baseline.json'])
})

test('a run that could not be read back is not written', async () => {
  const path = place()
  await fileStore(path).append(small('a'))
  const { inWindow: _, ...without } = small('b', NOW + 1)
  await refusal(fileStore(path).append(without as never))
  await refusal(fileStore(path).append({ ...small('b', NOW + 1), startedAt: Number.NaN }))
  expect(await idsIn(path)).toEqual(['a'])
})

test('a directory or a symbolic link is refused by name', async () => {
  const path = place()
  mkdirSync(path, { recursive: true })
  expect((await refusal(fileStore(path).read())).message).toMatch(/not a regular file/)
  const link = join(path, 'link.json')
  symlinkSync(join(path, 'real.json'), link)
  expect((await refusal(fileStore(link).append(small('a')))).message).toMatch(/symbolic link/)
  expect(readdirSync(path)).toEqual(['link.json'])
})

test('a place that cannot be written to is named', async () => {
  const path = place()
  mkdirSync(join(path, '..', '..'), { recursive: true })
  writeFileSync(join(path, '..'), 'a file where a directory should be')
  const error = await refusal(fileStore(path).append(small('a')))
  expect([error.kind, error.message]).toEqual(['infrastructure', expect.stringContaining(`${path} cannot be written`)])
})

test('a file without permission is named', async () => {
  const path = place()
  await fileStore(path).append(small('a'))
  chmodSync(path, 0o000)
  // The superuser reads everything.
  const outcome = await fileStore(path)
    .read()
    .then(
      ({ runs }) => `${runs.length} run`,
      (error: Error) => error.message,
    )
  expect(outcome).toMatch(process.getuid?.() === 0 ? /^1 run$/ : /cannot be read/)
})

function appender(path: string, name: string, count: number): ChildProcess {
  const script = join(import.meta.dirname, 'append-runs.ts')
  return spawn(process.execPath, [script, path, name, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function ended(child: ChildProcess): Promise<void> {
  const code = await new Promise((resolve) => child.once('exit', resolve))
  expect(code).toBe(0)
}

/** Kills the process a little after it has printed so many lines, and gives all whole lines it printed. */
async function linesUntil(child: ChildProcess, count: number, delay: number): Promise<readonly string[]> {
  let text = ''
  const gone = new Promise((resolve) => child.once('close', resolve))
  child.stdout!.on('data', (chunk: Buffer) => {
    text += chunk
    if (text.split('\n').length > count) setTimeout(() => child.kill('SIGKILL'), delay)
  })
  await gone
  return text.split('\n').slice(0, -1)
}
