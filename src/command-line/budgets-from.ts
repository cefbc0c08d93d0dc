import { partNamed } from '../compare/scope.ts'
import { LoadgateError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { budgetsOf } from '../plan/default-budgets.ts'
import { parseBudget, subjectOf } from '../profile/budget.ts'
import type { Budget } from '../profile/profile.ts'
import { show } from '../profile/show.ts'
import { stepLabel } from '../profile/step-label.ts'
import type { RunResult } from '../result/result.ts'
import { counted } from '../units.ts'

const FLAG = '--budget'

/** The budgets that `--budget` names, one by one, and the default ones as of a profile; every mistake at once. */
export function budgetsFrom(texts: readonly string[], { steps }: Pick<RunResult, 'steps'>): readonly Budget[] {
  const place = { file: FLAG, line: 1, column: 1 }
  const budgets: Budget[] = []
  const mistakes: string[] = []
  for (const text of texts) {
    const parsed = parseBudget(text)
    const wrong = 'code' in parsed ? parsed.message.replace('{}', () => show(text)) : unknownPart(parsed.of, steps)
    if (wrong !== undefined || 'code' in parsed) mistakes.push(`${FLAG} ${show(text)}: ${wrong}`)
    else if (budgets.some((other) => subjectOf(other) === subjectOf(parsed)))
      mistakes.push(`${FLAG} ${show(text)}: another one limits the same; keep one of them`)
    else budgets.push({ ...parsed, text: text.replace(/\s+/g, ' ').trim(), place })
  }
  if (mistakes.length > 0)
    throw new LoadgateError('usage', [`${counted(mistakes.length, 'mistake')} in ${FLAG}`, ...mistakes].join('\n'), {
      hint: 'Write it as in a profile, such as --budget "p95 < 250 ms".',
    })
  return budgetsOf({ budgets, scenarios: steps.map(({ scenario }) => ({ name: scenario })) }, FLAG)
}

function unknownPart(of: string | undefined, steps: RunResult['steps']): string | undefined {
  if (of === undefined || partNamed(of, steps) !== undefined) return undefined
  const same = steps.filter(({ step }) => step === of)
  if (same.length > 1) return `${show(of)} is more than one; write of "${stepLabel(same[0]!.scenario, same[0]!.step)}"`
  const known = [...new Set(steps.flatMap(({ scenario, step }) => [scenario, step]))]
  const meant = nearest(of.slice(0, 100), known)
  const shown = known.slice(0, 5).map(show).join(', ')
  return `the run has no ${show(of)}; ${meant === undefined ? `it has ${shown}` : `did you mean ${show(meant)}?`}`
}
