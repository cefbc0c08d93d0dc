/** Full at the start, and filled up steadily. */
export interface Bucket {
  readonly burst: number
  readonly perSecond: number
}

export class TokenBucket {
  readonly #bucket: Bucket
  #tokens: number
  #at = performance.now()

  constructor(bucket: Bucket) {
    this.#bucket = bucket
    this.#tokens = bucket.burst
  }

  /** All of them, or none. */
  take(count: number): boolean {
    const now = performance.now()
    const { burst, perSecond } = this.#bucket
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond)
    this.#at = now
    if (this.#tokens < count) return false
    this.#tokens -= count
    return true
  }
}
