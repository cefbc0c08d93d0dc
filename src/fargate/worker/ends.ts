// How a worker may end. The exit code of its container is what the coordinator can read of it in ECS even where the
// bucket cannot be reached; the words stand in the log.
export const EXIT_CODES = {
  /** The outcome is where it belongs. */
  done: 0,
  /** All slots of the batch had been claimed. */
  surplus: 0,
  /** The start names another generation of the slot, or none. */
  unnamed: 0,
  /** The control said so; what was measured until then is uploaded. */
  stopped: 0,
  /** Orders or plan are damaged, or of another version. */
  refused: 10,
  /** Orders or plan could not be read, or the claim not be written. */
  unreachable: 11,
  /** Nobody renewed the control. */
  abandoned: 12,
  /** The start was over before it was seen. */
  late: 13,
  /** The engine broke. */
  failed: 14,
  /** There is an outcome, and it could not be uploaded. */
  unsent: 15,
  /** Its lifetime is over. */
  overtime: 16,
  /** As a process that SIGTERM ends: ECS or the Spot market wants the task gone. */
  interrupted: 143,
} as const

export type EndKind = keyof typeof EXIT_CODES

export const END_KINDS = Object.keys(EXIT_CODES) as readonly EndKind[]

export interface End {
  readonly kind: EndKind
  readonly words: string
}

/** Thrown, or the reason of an abort, where a worker has to leave before its plan is spent. */
export class Leaving extends Error {
  override readonly name = 'Leaving'
  readonly end: End

  constructor(kind: EndKind, words: string) {
    super(words)
    this.end = { kind, words }
  }
}
