// What the bucket's server knows: its objects, and what its addresses are signed for.
import type { ListedObject, Signed } from '../../../src/fargate/doors.ts'
import type { EpochMs } from '../../../src/units.ts'

interface StoredObject {
  readonly body: Buffer
  readonly etag: string
}

export interface StorageAnswer {
  /** Of HTTP. */
  readonly status: number
  readonly body: Buffer
}

const EMPTY = Buffer.alloc(0)
const ORIGIN = 'https://bucket.test'

/** Strongly consistent, like S3: what is written is read from then on. */
export class Storage {
  readonly #objects = new Map<string, StoredObject>()
  readonly #signed = new Map<string, Required<Omit<Signed, 'expiresIn'>> & { readonly until: EpochMs }>()
  #written = 0

  get(key: string): StorageAnswer {
    const object = this.#objects.get(key)
    return object ? { status: 200, body: object.body } : { status: 404, body: EMPTY }
  }

  put(key: string, body: Buffer | string, once: boolean): StorageAnswer {
    if (once && this.#objects.has(key)) return { status: 412, body: EMPTY }
    this.#objects.set(key, { body: Buffer.from(body), etag: `"${this.#written++}"` })
    return { status: 200, body: EMPTY }
  }

  delete(key: string): void {
    this.#objects.delete(key)
  }

  list(prefix: string): readonly ListedObject[] {
    return [...this.#objects]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, { body, etag }]) => ({ key, size: body.length, etag }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
  }

  /** An address that is good for this until then, and for nothing else. */
  sign({ method, key, once = false, until }: Omit<Signed, 'expiresIn'> & { readonly until: EpochMs }): string {
    const address = `${ORIGIN}/${encodeURIComponent(key)}?X-Amz-Signature=${(0x5ec2e7 + this.#signed.size).toString(16)}`
    this.#signed.set(address, { method, key, once, until })
    return address
  }

  /** 403 for whatever is not signed for, as S3 answers. */
  bySignature(
    method: Signed['method'],
    url: string,
    now: EpochMs,
    body: Buffer | string,
    once: boolean,
  ): StorageAnswer {
    const signed = this.#signed.get(url)
    if (signed?.method !== method || signed.once !== once || now >= signed.until) return { status: 403, body: EMPTY }
    return method === 'GET' ? this.get(signed.key) : this.put(signed.key, body, once)
  }

  keyOf(url: string): string {
    return this.#signed.get(url)?.key ?? url
  }
}
