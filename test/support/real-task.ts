// Tasks as real processes, against a bucket of objects that a test wrote by hand.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Control, keysOf, type Order, type Orders, PROTOCOL } from '../../src/fargate/protocol.ts'
import type { LoadPlan } from '../../src/plan/plan.ts'
import { VERSION } from '../../src/version.ts'
import type { LittleBucket } from './little-bucket.ts'

export const RUN_ID = 'abcdefghij234567klmn'
export const KEYS = keysOf(RUN_ID)
const SOURCE = resolve(import.meta.dirname, '../../src/task.ts')

/** Puts plan, orders and a waiting control. */
export function order(bucket: LittleBucket, plan: LoadPlan, slots: number, changes: Partial<Orders> = {}): void {
  const packed = gzipSync(JSON.stringify(plan))
  const orders: Orders = {
    kind: 'loadgate-orders',
    protocol: PROTOCOL,
    version: VERSION,
    runId: RUN_ID,
    plan: { url: bucket.address(KEYS.plan), sha256: createHash('sha256').update(packed).digest('hex') },
    controlUrl: bucket.address(KEYS.control),
    count: slots,
    slots: Array.from({ length: slots }, (_, index) => ({
      index,
      generation: 0,
      claimUrl: bucket.address(KEYS.claim(index, 0)),
      claimedUrl: bucket.address(KEYS.claim(index, 0)),
      progressUrl: bucket.address(KEYS.progress(index, 0)),
      resultUrl: bucket.address(KEYS.result(index, 0)),
    })),
    lifetime: 60_000,
    ...changes,
  }
  bucket.objects.set(KEYS.plan, packed)
  bucket.objects.set(KEYS.orders(0), Buffer.from(JSON.stringify(orders)))
  renew(bucket, { kind: 'wait' })
}

let sequence = 0

export function renew(bucket: LittleBucket, order: Order, term = 25_000): void {
  const control: Control = { kind: 'loadgate-control', runId: RUN_ID, sequence: ++sequence, term, order }
  bucket.objects.set(KEYS.control, Buffer.from(JSON.stringify(control)))
}

export interface RealTask {
  kill(signal: NodeJS.Signals): void
  /** Resolves when the process is gone. */
  readonly ended: Promise<{ readonly code: number | null; readonly log: string; readonly at: number }>
}

export function startTask(bucket: LittleBucket, env: Readonly<Record<string, string>> = {}): RealTask {
  const child = spawn(process.execPath, [SOURCE], {
    env: { PATH: process.env.PATH, LOADGATE_ORDERS: bucket.address(KEYS.orders(0)), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      log += chunk
    })
  const bound = setTimeout(() => child.kill('SIGKILL'), 60_000)
  return {
    kill: (signal) => void child.kill(signal),
    ended: new Promise((resolve) => {
      child.on('close', (code) => {
        clearTimeout(bound)
        resolve({ code, log, at: performance.now() })
      })
    }),
  }
}
