import type { JsonValue } from '../profile/profile.ts'
import type { Ms } from '../units.ts'

/**
 * What every format is read into, and what the one writer makes a profile of. All text in it is as a profile writes it:
 * with `${…}` for what is filled in, and `$${` for the characters themselves.
 */
export interface Draft {
  readonly name: string
  /** Base address; a profile made of it takes another one from TARGET_URL. */
  readonly target: string
  readonly load: DraftLoad
  readonly data: readonly DraftData[]
  readonly scenarios: readonly DraftScenario[]
}

/** `for` and `to` as a profile writes them. */
export type DraftLoad =
  | { readonly users: number; readonly for: string }
  | { readonly stages: readonly { readonly users: number; readonly to?: number; readonly for: string }[] }

export interface DraftData {
  readonly name: string
  readonly file: string
  readonly pick: 'sequential' | 'random' | 'unique'
  /** Whether variables of the environment stand in it. */
  readonly env?: boolean
  /** Lines above it. */
  readonly notes?: readonly string[]
}

export interface DraftScenario {
  readonly name: string
  readonly weight?: number
  /** At the beginning of a user's life. */
  readonly once?: readonly DraftStep[]
  readonly steps: readonly DraftStep[]
}

export type DraftStep = DraftRequest | DraftThink | DraftNote | DraftBlock

/** How often a step is sent, or several together, and when at all. */
export interface DraftFlow {
  readonly chance?: string
  /** Captured names with the texts that they must be. */
  readonly when?: Readonly<Record<string, string | readonly string[]>>
  readonly repeat?: number
  /** Pause between two of a `repeat`. */
  readonly between?: string
}

/** Steps that are gone through together. */
export interface DraftBlock extends DraftFlow {
  readonly kind: 'block'
  readonly steps: readonly DraftStep[]
}

/** A pause as a profile writes it, such as "2s" or "1s..3s". */
export interface DraftThink {
  readonly kind: 'think'
  readonly pause: string
}

/** Stands where something was that is left out, or above what needs a word. */
export interface DraftNote {
  readonly kind: 'note'
  readonly text: string
}

export type DraftMethod = 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete' | 'options'

export interface DraftRequest extends DraftFlow {
  readonly kind: 'request'
  /** Request as its source names it, for lists. Without a secret. */
  readonly source: string
  /** How much of the source is in this step. */
  readonly holds: Holds
  /** Headers that it sends as other steps may. */
  readonly shares?: readonly NamedHeader[]
  readonly method: DraftMethod
  readonly path: string
  /** Left out: as the profile names steps. */
  readonly name?: string
  readonly headers: Pairs
  readonly query?: Pairs
  readonly body?: DraftBody
  readonly expect?: Readonly<Record<string, JsonValue>>
  readonly capture?: Readonly<Record<string, DraftCapture>>
  /** Whether redirects are followed; left out: a redirect is the answer. */
  readonly follow?: true
  /** The answer is a stream of events. */
  readonly events?: Readonly<Record<string, JsonValue>>
  readonly timeout?: string
  /** What a browser loads along with it, side by side. */
  readonly also?: readonly DraftRequest[]
}

export type DraftCapture = { readonly [K in 'json' | 'header' | 'cookie' | 'regex' | 'html' | 'attribute']?: string }

export type Pairs = readonly (readonly [name: string, value: string])[]

/** Headers and bodies of the source. A redirect that is followed by the source's own client counts as what it is there. */
export interface Holds {
  readonly headers: number
  readonly bodies: number
}

export interface NamedHeader {
  readonly name: string
}

/** A header of the source that is written once for several requests, and why it is left out where none of them sends it. */
export interface Shared {
  readonly header: NamedHeader
  readonly why: string
}

export type DraftBody =
  | { readonly kind: 'json'; readonly value: JsonValue }
  | { readonly kind: 'form'; readonly pairs: Pairs }
  | { readonly kind: 'text'; readonly text: string; readonly type: string | undefined }
  | { readonly kind: 'file'; readonly file: string; readonly type: string | undefined }
  | { readonly kind: 'multipart'; readonly parts: readonly DraftPart[] }

/** A field, or a file by its path beside the profile. */
export type DraftPart =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly file: string; readonly type: string | undefined }

/** What a format is read into. */
export interface Imported {
  readonly draft: Draft
  /** Files that stand beside the profile. */
  readonly files: readonly DraftFile[]
  readonly shared?: readonly Shared[]
}

export interface DraftFile {
  readonly name: string
  readonly content: string | Buffer
}

export const LONGEST_PAUSE: Ms = 3_600_000

/** All of them, those that are loaded along with others too. */
export function requestsOf({ scenarios }: Draft): readonly DraftRequest[] {
  return scenarios.flatMap(({ once = [], steps }) => requestsIn([...once, ...steps]))
}

export function requestsIn(steps: readonly DraftStep[]): readonly DraftRequest[] {
  return steps.flatMap((step) => {
    if (step.kind === 'block') return requestsIn(step.steps)
    return step.kind === 'request' ? [step, ...(step.also ?? [])] : []
  })
}
