import type { Report } from './report.ts'

/** The whole report for machines. `schema` rises when a reader of the older form would misread the newer one. */
export function renderJson({ verdict, comparison, result, run }: Report): string {
  return `${JSON.stringify({ kind: 'loadgate-report', schema: 1, verdict, comparison, result, run }, undefined, 2)}\n`
}
