// Each store by as many at once as a busy repository never has it. STORE_ROUNDS=200 is the whole of it, and takes most of an hour.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { type BaselineRun, WINDOW } from '../../src/baseline/baseline.ts'
import { fileStore } from '../../src/baseline/file-store.ts'
import { s3Store } from '../../src/baseline/s3-store.ts'
import { ArtifactBench, COMMITS } from '../baseline/artifact-bench.ts'
import { BranchBench } from '../baseline/branch-bench.ts'
import { NOW } from '../baseline/made-run.ts'
import { hurried, race, STORE_ROUNDS, small } from '../baseline/store-laws.ts'
import { BUCKET, S3Server } from '../support/s3-server.ts'

const WRITERS = 32
const LONG = 3_600_000
// emulate compares each commit it looks for with every other, so that a refused update costs the square of what came before.
const ROUNDS_OF_A_REPOSITORY = 10
const directory = mkdtempSync(join(tmpdir(), 'loadgate-stores-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test(
  `file: ${WRITERS} writers at once, ${STORE_ROUNDS} times`,
  async () => {
    const path = join(directory, 'baseline.json')
    const vault = {
      open: () => fileStore(path),
      bytes: async () => readFileSync(path),
      fill: async (bytes: Buffer) => writeFileSync(path, bytes),
    }
    await race(vault, { writers: WRITERS, rounds: STORE_ROUNDS })
  },
  LONG,
)

test(
  `s3: ${WRITERS} writers at once, ${STORE_ROUNDS} times`,
  async () => {
    const s3 = await S3Server.start()
    try {
      Object.assign(process.env, s3.env)
      const place = { bucket: BUCKET, prefix: '', key: 'x' }
      const vault = {
        open: () => s3Store(place, { ancestry: async () => undefined }, hurried),
        bytes: async () => s3.objects.get('x.json'),
        fill: async (bytes: Buffer) => void s3.objects.set('x.json', bytes),
      }
      await race(vault, { writers: WRITERS, rounds: STORE_ROUNDS })
    } finally {
      await s3.close()
    }
  },
  LONG,
)

test(
  `branch: ${WRITERS} writers at once, ${STORE_ROUNDS} times`,
  async () => {
    for (let left = STORE_ROUNDS; left > 0; left -= ROUNDS_OF_A_REPOSITORY) {
      const bench = await BranchBench.start()
      try {
        await race(bench.vault(), { writers: WRITERS, rounds: Math.min(left, ROUNDS_OF_A_REPOSITORY) })
      } finally {
        await bench.close()
      }
    }
  },
  LONG,
)

test(
  `artifact: ${WRITERS} writers at once, ${STORE_ROUNDS} times`,
  async () => {
    const bench = await ArtifactBench.start()
    try {
      const all: BaselineRun[] = []
      for (let round = 0; round < STORE_ROUNDS; round++) {
        const starts = Array.from({ length: WRITERS }, (_, n) => NOW + round * 1000 + ((n * 7) % WRITERS))
        const runs = starts.map((start, n) => small(`r${round}-${n}`, start, COMMITS.second))
        await Promise.all(runs.map((run) => bench.save(run)))
        all.push(...runs)
        const newest = [...all].sort((a, b) => a.startedAt - b.startedAt).slice(-WINDOW)
        expect((await bench.open().read()).runs).toEqual(newest)
      }
    } finally {
      await bench.close()
    }
  },
  LONG,
)
