import { list, oneOf, optional, type Reader, record, text } from '../reader.ts'
import type { PolicyFacts } from './policy-facts.ts'

const MANY = 10_000

/** What a report file says of the rules by which its verdict came about. */
export const policyReader: Reader<PolicyFacts> = record<PolicyFacts>({
  load: oneOf('base', 'head'),
  why: optional(text),
  problem: optional(text),
  differences: list(
    record({
      what: text,
      before: optional(text),
      after: optional(text),
      effect: oneOf('looser', 'tighter', 'different'),
    }),
    MANY,
  ),
  accepted: list(record({ budget: text, limit: text, until: text, reason: text }), MANY),
  notes: list(record({ text, of: text }), MANY),
})
