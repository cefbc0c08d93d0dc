import type { Bytes } from '../units.ts'
import type { JsonValue } from './profile.ts'

/** What an answer may have to be besides its status, values and headers; what is not asked for is absent. */
export interface AnswerChecks {
  /** Text the body must not contain. */
  readonly without?: string
  /** RE2: it must fit somewhere in the body. */
  readonly matches?: string
  /** Of the body as on the wire, inclusive. */
  readonly size?: SizeRange
  /** JSON Schema of the body, or the file beside the profile that has it. */
  readonly schema?: { readonly file: string } | { readonly inline: JsonValue }
  /** Exported by the module of functions; it answers whether the answer is good. */
  readonly check?: string
}

export interface SizeRange {
  readonly from: Bytes
  /** Undefined for as much as comes. */
  readonly to: Bytes | undefined
}

export const ANSWER_CHECKS = ['without', 'matches', 'size', 'schema', 'check'] as const
