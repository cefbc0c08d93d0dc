import { plainNumber } from './clean-text.ts'
import type { Report } from './report.ts'

/** The action's outputs about the whole run: plain numbers for scripts, empty where nothing was measured. */
export function outputsOf({ verdict, comparison }: Report): Readonly<Record<string, string>> {
  const [all] = comparison.scopes
  return {
    verdict: verdict.outcome,
    'p95-ms': plainNumber(all?.p95, 3),
    // A share: 0.004 is 0.4 %.
    'error-rate': plainNumber(all?.errors, 6),
    // Successful requests per second.
    throughput: plainNumber(all?.throughput, 3),
  }
}
