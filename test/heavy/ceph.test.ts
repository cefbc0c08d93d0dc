// The store in S3 against Ceph's object gateway: real signatures and real conditional writes, by nobody here.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Bucket, openBucket } from '../../src/aws/s3.ts'
import { s3Store } from '../../src/baseline/s3-store.ts'
import { hurried, race, refusal, STORE_ROUNDS, storeLaws, type Vault } from '../baseline/store-laws.ts'
import { type Ceph, startCeph } from './ceph.ts'

const BUCKET = 'loadgate-test'
const directory = mkdtempSync(join(tmpdir(), 'loadgate-ceph-'))
let ceph: Ceph
let vaults = 0

beforeAll(async () => {
  ceph = await startCeph(directory)
  Object.assign(process.env, ceph.env)
  await new S3Client().send(new CreateBucketCommand({ Bucket: BUCKET }))
}, 180_000)
afterAll(async () => {
  await ceph?.stop()
  rmSync(directory, { recursive: true, force: true })
}, 60_000)

// This version of Ceph compares If-Match with an ETag without the quotes that it has itself sent around it.
function unquoted(objects: Bucket): Bucket {
  return {
    ...objects,
    get: async (key, most, signal) => {
      const found = await objects.get(key, most, signal)
      return found && { ...found, etag: found.etag.replaceAll('"', '') }
    },
  }
}

async function vault(): Promise<Vault> {
  const objects = unquoted(openBucket(BUCKET))
  const prefix = `team-${++vaults}`
  const key = `${prefix}/loadgate.json`
  const soon = () => AbortSignal.timeout(60_000)
  const bytes = async () => (await objects.get(key, 1e8, soon()))?.bytes
  return {
    open: () =>
      s3Store({ bucket: BUCKET, prefix, key: 'loadgate' }, { ancestry: async () => undefined, objects }, hurried),
    bytes,
    fill: async (content) => {
      const there = await objects.get(key, 1e8, soon())
      expect(await objects.put(key, content.toString('latin1'), there?.etag, soon())).toBeUndefined()
    },
  }
}

storeLaws('Ceph', vault)

test(`32 writers at once, ${STORE_ROUNDS} times: none is lost, none torn, none out of its place`, async () => {
  await race(await vault(), { writers: 32, rounds: STORE_ROUNDS })
}, 1_800_000)

test('a bucket that is not there and a wrong secret are told apart', async () => {
  const open = (bucket: string) =>
    s3Store({ bucket, prefix: '', key: 'x' }, { ancestry: async () => undefined }, hurried)
  expect((await refusal(open('nowhere').read())).message).toMatch(/no such bucket/)
  process.env.AWS_SECRET_ACCESS_KEY = 'wrong'
  expect((await refusal(open(BUCKET).read())).message).toMatch(/no permission.*SignatureDoesNotMatch/)
})
