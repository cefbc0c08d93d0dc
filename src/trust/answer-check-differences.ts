import type { AnswerChecks } from '../profile/answer-checks.ts'
import { formatBytes } from '../units.ts'
import { boundDiffers, type Difference, demandDiffers } from './difference.ts'

/** What an answer must be besides its status, values and headers. */
export function answerCheckDifferences(step: string, before: AnswerChecks, after: AnswerChecks): readonly Difference[] {
  return [
    ...boundDiffers(`${step}: largest body`, [before.size?.to, after.size?.to], 'looser', formatBytes),
    ...boundDiffers(`${step}: smallest body`, [before.size?.from ?? 0, after.size?.from ?? 0], 'tighter', formatBytes),
    ...demandDiffers(`${step}: body without`, before.without, after.without),
    ...demandDiffers(`${step}: body matches`, before.matches, after.matches),
    ...demandDiffers(`${step}: schema`, schemaText(before), schemaText(after)),
    ...demandDiffers(`${step}: check`, before.check, after.check),
  ]
}

function schemaText({ schema }: AnswerChecks): string | undefined {
  if (schema === undefined) return undefined
  return 'file' in schema ? schema.file : JSON.stringify(schema.inline)
}
