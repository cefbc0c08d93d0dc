// What every store keeps, whatever it keeps its runs in.
import { expect, test } from '@jest/globals'
import { type BaselineRun, type BaselineStore, WINDOW } from '../../src/baseline/baseline.ts'
import { encodeRuns } from '../../src/baseline/file-format.ts'
import { storeNotes } from '../../src/baseline/store-notes.ts'
import { LoadgateError } from '../../src/errors.ts'
import type { Waiting } from '../../src/github/retry.ts'
import { NOW, storedRun } from './made-run.ts'

/** One place in which a store keeps its runs, and the way around the store into it. */
export interface Vault {
  /** A store as another process would open it. */
  open(): BaselineStore
  bytes(): Promise<Buffer | undefined>
  /** What is in it is this from now on. */
  fill(bytes: Buffer): Promise<void>
}

/** Pauses fifty times shorter than real ones. */
export const hurried: Waiting = {
  now: () => performance.now(),
  wait: (pause) => new Promise((resolve) => setTimeout(resolve, pause / 50)),
}

export const small = (id: string, startedAt = NOW, commit = 'c'.repeat(40)): BaselineRun => ({
  ...storedRun({ id, startedAt, seconds: 1, steps: [{ times: [1, 2, 3] }] }),
  commit,
})

export async function refusal(act: Promise<unknown>): Promise<LoadgateError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof LoadgateError)) throw new Error(`not refused: ${error}`)
  return error
}

/** Writers at once, each with a run of its own, several times; throws where one is lost, torn, or out of its place. */
/** Of the heavy stage: enough to see that the ground bears; STORE_ROUNDS=200 is the whole of it, and takes most of an hour. */
export const STORE_ROUNDS = Number(process.env.STORE_ROUNDS) || 10

export async function race(vault: Vault, { writers, rounds }: { writers: number; rounds: number }): Promise<void> {
  const all: BaselineRun[] = []
  for (let round = 0; round < rounds; round++) {
    // Begun in one order and finished in another: an older run comes last as often as first.
    const runs = Array.from({ length: writers }, (_, n) =>
      small(`r${round}-${n}`, NOW + round * 1000 + ((n * 7) % writers)),
    )
    await Promise.all(runs.map((run) => vault.open().append(run)))
    all.push(...runs)
    const newest = [...all].sort((a, b) => a.startedAt - b.startedAt).slice(-WINDOW)
    expect((await vault.open().read()).runs).toEqual(newest)
  }
}

export function storeLaws(name: string, fresh: () => Promise<Vault>, { writers = 8, rounds = 3 } = {}): void {
  const ids = async (vault: Vault) => (await vault.open().read()).runs.map(({ id }) => id)

  test(`${name}: what was never stored is an empty window, and said to be`, async () => {
    const store = (await fresh()).open()
    const baseline = await store.read()
    expect(baseline).toMatchObject({ store: store.name, runs: [] })
    expect(storeNotes(baseline)).toEqual([expect.stringContaining(`Nothing is stored in ${store.name} yet`)])
  })

  test(`${name}: what is appended is read back, once and in the order of its start`, async () => {
    const vault = await fresh()
    const runs = [small('b', NOW + 2), small('a', NOW + 1), small('c', NOW + 3), small('a', NOW + 9)]
    await vault.open().checkAppend()
    for (const run of runs) await vault.open().append(run)
    const { runs: read, notes = [] } = await vault.open().read()
    expect([read, notes]).toEqual([[runs[1], runs[0], runs[2]], []])
  })

  test(`${name}: an older commit that finishes last replaces no newer one`, async () => {
    const vault = await fresh()
    for (let n = WINDOW; n > 0; n--) await vault.open().append(small(`run-${n}`, NOW + n))
    await vault.open().append(small('late', NOW))
    expect(await ids(vault)).toEqual(Array.from({ length: WINDOW }, (_, n) => `run-${n + 1}`))
  })

  test(`${name}: ${writers} writers at once, ${rounds} times: none is lost, none torn`, async () => {
    await race(await fresh(), { writers, rounds })
  }, 120_000)

  test(`${name}: flipped bits and truncations are refused, when read and when appended to, and left as they are`, async () => {
    const vault = await fresh()
    for (const id of ['a', 'b']) await vault.open().append(small(id))
    const whole = (await vault.bytes()) ?? Buffer.alloc(0)
    const damages = [0, 1, 0.3, 0.6, 0.9].map((part) => Math.min(whole.length - 1, Math.floor(part * whole.length)))
    for (const at of damages)
      for (const damaged of [flipped(whole, at), whole.subarray(0, at)]) {
        await vault.fill(damaged)
        expect((await refusal(vault.open().read())).kind).toBe('infrastructure')
        await refusal(vault.open().append(small('c')))
        expect(await vault.bytes()).toEqual(damaged)
      }
    await vault.fill(whole)
    expect(await ids(vault)).toEqual(['a', 'b'])
  }, 60_000)

  test(`${name}: damage, a newer schema and foreign content are told apart, with a remedy`, async () => {
    const vault = await fresh()
    const text = encodeRuns([small('a')])
    const told: string[] = []
    for (const content of [text.slice(0, -9), text.replace('"schema":1', '"schema":2'), '{"hello":1}']) {
      await vault.fill(Buffer.from(content))
      const { kind, message, hint } = await refusal(vault.open().read())
      told.push(`${kind} ${message} ${hint}`)
    }
    expect(told).toEqual([
      expect.stringMatching(/^infrastructure .*is damaged.*Restore/),
      expect.stringMatching(/^infrastructure .*schema 2, newer than the 1.*Use a newer Loadgate/),
      expect.stringMatching(/^infrastructure .*not a baseline of Loadgate.*another place/),
    ])
  })

  test(`${name}: a run that could not be read back is not written`, async () => {
    const vault = await fresh()
    await refusal(vault.open().append({ ...small('b'), startedAt: Number.NaN }))
    expect(await ids(vault)).toEqual([])
  })
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 4
  return copy
}
