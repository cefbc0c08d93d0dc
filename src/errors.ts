/** Whose trouble it is: the user's input, the service under test, or what the run stands on. */
export type ErrorKind = 'usage' | 'target' | 'infrastructure'

/** Exit codes are interface: scripts and the action's users rely on them. */
export const EXIT = { pass: 0, fail: 1, usage: 2, inconclusive: 3, invalid: 4 } as const

/** Inconclusive warns unless it is asked to fail; every other outcome has its code. */
export function exitCodeOfVerdict(
  outcome: Exclude<keyof typeof EXIT, 'usage'>,
  onInconclusive: 'warn' | 'fail',
): number {
  return outcome === 'inconclusive' && onInconclusive === 'warn' ? EXIT.pass : EXIT[outcome]
}

/** A mistake at a place of a file; the first line and column are 1. */
export interface PlacedMistake {
  readonly place: { readonly file: string; readonly line: number; readonly column: number }
  readonly message: string
}

/**
 * The one exception of the tool, for what is not data: a failed request is a sample, a broken profile a list of issues.
 * Thrown anywhere, caught in the entries only.
 */
export class LoadgateError extends Error {
  override readonly name = 'LoadgateError'
  readonly kind: ErrorKind
  /** What to do about it, one sentence. */
  readonly hint: string | undefined
  /** What the message tells, one by one, for those who can show each at its place; empty when it has none. */
  readonly mistakes: readonly PlacedMistake[]

  constructor(
    kind: ErrorKind,
    message: string,
    {
      hint,
      cause,
      mistakes = [],
    }: { hint?: string | undefined; cause?: unknown; mistakes?: readonly PlacedMistake[] } = {},
  ) {
    super(message, { cause })
    this.kind = kind
    this.hint = hint
    this.mistakes = mistakes
  }
}

/** A broken input is 2; a target or a platform that stops the run makes its evidence invalid, which is 4. */
export function exitCodeOf(error: unknown): number {
  return error instanceof LoadgateError && error.kind === 'usage' ? EXIT.usage : EXIT.invalid
}

/** The message of anything that was thrown, with those of its causes, outermost first. */
export function messageOf(error: unknown): string {
  const messages: string[] = []
  for (let at = error, depth = 0; at !== undefined && at !== null && depth < 5; depth++) {
    const text = at instanceof Error ? at.message || at.name : String(at)
    if (!messages.some((message) => message.includes(text))) messages.push(text)
    at = at instanceof Error ? at.cause : undefined
  }
  return messages.join(': ')
}
