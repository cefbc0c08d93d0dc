// What may go wrong with a call of any service, as plain data.

export interface CallFault {
  /** Such as `RunTask`, or of S3 `GetObject`, `PutObject`, `DeleteObject`, `ListObjectsV2`; `any` for all. */
  readonly operation: string
  readonly kind: CallFaultKind
  /** How many calls it hits; all if left out. */
  readonly times?: number
  /** How many calls it lets pass before. */
  readonly skip?: number
  /** Only where this is in the key, ARN or body of the request. */
  readonly about?: string
}

export type CallFaultKind =
  /** The connection breaks before anything was done, or after all was. */
  | 'reset'
  | 'lost'
  /** No answer ever comes; nothing was done, or all was. */
  | 'hang'
  | 'hang after'
  /** Done, and the answer breaks off. */
  | 'torn'
  /** Done, and the answer is no answer of this service, or one that says nothing. */
  | 'garbage'
  | 'empty'
  | 'throttled'
  | 'server error'
  | 'unavailable'
  | 'denied'
  /** Answered at once, instead of being done. */
  | Refusal
  /** Done at once, and answered so many ms later. */
  | { readonly answeredAfter: number }

export class CallFaults {
  #waiting: { readonly fault: CallFault; skip: number; left: number }[] = []

  inject(fault: CallFault): void {
    this.#waiting.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? Number.POSITIVE_INFINITY })
  }

  clear(): void {
    this.#waiting = []
  }

  next(operation: string, about: string): CallFaultKind | undefined {
    for (const entry of this.#waiting) {
      const { fault } = entry
      if (entry.left === 0 || (fault.operation !== operation && fault.operation !== 'any')) continue
      if (fault.about !== undefined && !about.includes(fault.about)) continue
      if (entry.skip > 0) {
        entry.skip--
        continue
      }
      entry.left--
      return fault.kind
    }
    return undefined
  }
}

/** An error by its name. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message?: string
}

export const isRefusal = (kind: CallFaultKind | undefined): kind is Refusal =>
  typeof kind === 'object' && 'code' in kind

/** Whether nothing is done. */
export const isBefore = (kind: CallFaultKind | undefined): kind is CallFaultKind =>
  isRefusal(kind) || ['reset', 'hang', 'throttled', 'server error', 'unavailable', 'denied'].includes(kind as string)

/** For the log of calls. */
export const nameOf = (kind: CallFaultKind | undefined): string | undefined =>
  isRefusal(kind) ? kind.code : typeof kind === 'object' ? 'late' : kind
