/** What parts scenario and step in a label; no name may hold it. */
export const SEPARATOR = ' › '

/** `scenario › step`, the same in budgets and in reports. */
export function stepLabel(scenario: string, step: string): string {
  return scenario + SEPARATOR + step
}
