import type { Bucket } from '../aws/s3.ts'
import { LoadgateError } from '../errors.ts'
import type { Ancestry } from '../github/ancestry.ts'
import { type Retrying, signalWithin, type Waiting } from '../github/retry.ts'
import type { BaselineStore } from './baseline.ts'
import { type Cell, cellStore, LARGEST } from './cell-store.ts'
import { STORE_WITHIN } from './store-bound.ts'

export interface S3Place {
  readonly bucket: string
  /** Without slashes at its ends; empty for the top of the bucket. */
  readonly prefix: string
  /** The object's name below the prefix, without its ending. */
  readonly key: string
}

/** A baseline in one object of a bucket, one for each profile. */
export function s3Store(
  { bucket, prefix, key }: S3Place,
  { ancestry, objects = bucketWhenUsed(bucket) }: { readonly ancestry: Ancestry; readonly objects?: Bucket },
  waiting?: Waiting,
): BaselineStore {
  const object = `${prefix && `${prefix}/`}${key}.json`
  const cell: Cell<string | undefined> = {
    name: `s3://${bucket}${prefix && `/${prefix}`}`,
    place: `s3://${bucket}/${object}`,
    read: async (retrying) => {
      const found = await objects.get(object, LARGEST, untilThen(retrying))
      return { bytes: found?.bytes, version: found?.etag }
    },
    replace: (text, etag, retrying) => objects.put(object, text, etag, untilThen(retrying)),
    checkReplace: (retrying) => probe(objects, object, bucket, untilThen(retrying)),
  }
  return cellStore(cell, ancestry, waiting)
}

const untilThen = (retrying: Retrying) => signalWithin(STORE_WITHIN, retrying)

function bucketWhenUsed(name: string): Bucket {
  let opened: Promise<Bucket> | undefined
  const bucket = () => {
    opened ??= import('../aws/s3.ts').then(({ openBucket }) => openBucket(name))
    return opened
  }
  return {
    get: async (...at) => (await bucket()).get(...at),
    put: async (...what) => (await bucket()).put(...what),
  }
}

// A write on a condition that nothing fulfils: whoever may not write is refused with 403, whoever may with 412 or 404. A
// server that knows no conditions carries it out, beside the baseline, and has shown that it would lose updates.
async function probe(objects: Bucket, object: string, bucket: string, signal: AbortSignal): Promise<void> {
  const refused = await objects.put(`${object}.probe`, 'probe', '"00000000000000000000000000000000"', signal)
  if (refused !== undefined) return
  throw new LoadgateError('infrastructure', `The server of s3://${bucket} does not heed If-Match`, {
    hint: 'Two runs at once would lose one of them: use a server with conditional writes, as Amazon S3 is.',
  })
}

/** `s3://bucket/prefix`; undefined when it is something else. */
export function readS3Address(text: string): Pick<S3Place, 'bucket' | 'prefix'> | undefined {
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w!.*'()/-]*))?$/.exec(text) ?? []
  return bucket === undefined ? undefined : { bucket, prefix: prefix.replace(/^\/+|\/+$/g, '') }
}
