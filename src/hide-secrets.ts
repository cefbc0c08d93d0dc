import type { LoadPlan, PlannedStep } from './plan/plan.ts'

/**
 * The plan as it may be told and kept: a profile may put a secret into its target or into a name, results carry both, and
 * the baseline finds steps by their names again. Not for the engine, which needs the target itself.
 */
export function hideSecrets(plan: LoadPlan, redact: (text: string) => string): LoadPlan {
  const hideStep = (step: PlannedStep) => (step.kind === 'request' ? { ...step, name: redact(step.name) } : step)
  return {
    ...plan,
    name: redact(plan.name),
    target: redact(plan.target),
    scenarios: plan.scenarios.map((scenario) => ({
      ...scenario,
      name: redact(scenario.name),
      steps: scenario.steps.map(hideStep),
    })),
    budgets: plan.budgets.map((budget) => ({
      ...budget,
      text: redact(budget.text),
      of: budget.of === undefined ? undefined : redact(budget.of),
    })),
  }
}
