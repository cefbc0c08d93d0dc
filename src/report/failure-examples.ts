import type { FailureExample } from '../engine/shard-result.ts'
import { stepLabel } from '../profile/step-label.ts'
import { formatBytes, formatDuration, formatMs } from '../units.ts'
import type { Report } from './report.ts'
import type { Writing } from './writing.ts'

/** The page has all of them. */
const MAX_EXAMPLES = 5

/** One failed request of each of the first causes that have one, a sentence each: `timeout of shop › GET /, 12 s into …`. */
export function exampleSentences({ result }: Report, causes: readonly string[], writing: Writing): readonly string[] {
  const steps = new Map(result.steps.map(({ id, scenario, step }) => [id, stepLabel(scenario, step)]))
  return causes
    .flatMap((cause) => result.examples?.find((example) => example.cause === cause) ?? [])
    .slice(0, MAX_EXAMPLES)
    .map((example) => exampleSentence(example, steps.get(example.step) ?? String(example.step), writing))
}

function exampleSentence(
  { cause, at, took, status, bytes, detail }: FailureExample,
  step: string,
  { name }: Writing,
): string {
  const answer = status === undefined ? '' : `, answered with ${status} and ${formatBytes(bytes)}`
  const wrong = detail === undefined ? '' : `: ${name(detail)}`
  return `${name(cause)} of ${name(step)}, ${formatDuration(at)} into the measurement, after ${formatMs(took)}${answer}${wrong}`
}
