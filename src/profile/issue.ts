import type { Place } from './profile.ts'

/** One mistake in a profile, with its place and what to write instead. */
export interface Issue {
  readonly code: IssueCode
  readonly place: Place
  /** Characters to underline, at least 1. */
  readonly length: number
  /** What is wrong and what to write instead, one line, no trailing full stop. */
  readonly message: string
}

/** Closed list; tests assert on codes and places rather than on prose. */
export type IssueCode =
  | 'syntax'
  | 'too-large'
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-type'
  | 'unknown-unit'
  | 'out-of-range'
  | 'invalid-value'
  | 'unknown-reference'
  | 'duplicate-name'
  | 'missing-env'
  | 'invalid-budget'
  | 'conflict'
