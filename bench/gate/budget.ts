import { parseBudget } from '../../src/profile/budget.ts'
import type { Budget } from '../../src/profile/profile.ts'

/** What every pull request of the bench is judged by. */
export const BUDGETS: readonly Budget[] = [budget('p95 < baseline + 5 %')]

function budget(text: string): Budget {
  const parsed = parseBudget(text)
  if ('code' in parsed) throw new Error(`${text} is no budget: ${parsed.message}`)
  return { text, ...parsed, place: { file: 'loadgate.yml', line: 1, column: 1 } }
}
