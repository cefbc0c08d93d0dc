import type { Report } from './report.ts'

/** The action's outputs about the whole run: plain numbers for scripts, empty where nothing was measured. */
export function outputsOf({ verdict, comparison }: Report): Readonly<Record<string, string>> {
  const [all] = comparison.scopes
  return {
    verdict: verdict.outcome,
    'p95-ms': number(all?.p95, 3),
    // A share: 0.004 is 0.4 %.
    'error-rate': number(all?.errors, 6),
    // Successful requests per second.
    throughput: number(all?.throughput, 3),
  }
}

/** Without exponent or trailing zeros. */
function number(value: number | undefined, places: number): string {
  if (value === undefined || !Number.isFinite(value)) return ''
  return value.toFixed(places).replace(/\.?0+$/, '')
}
