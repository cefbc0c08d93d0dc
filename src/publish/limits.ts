import type { Bytes } from '../units.ts'

/** GitHub drops a step's summary above 1 MiB, and the job stays green; the rest is for what else the step writes. */
export const SUMMARY_LIMIT: Bytes = 1_000_000

/** GitHub refuses a comment above 65,536 characters with 422. */
export const COMMENT_LIMIT = 65_536
