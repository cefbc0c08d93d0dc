import type { Report } from '../report/report.ts'

/** Tells people of a finished run. Whatever goes wrong here is a notice and never changes the verdict. */
export interface Publisher {
  publish(report: Report): Promise<Published>
}

export interface Published {
  readonly commentUrl: string | undefined
  /** What could not be published and why, one sentence each. */
  readonly notices: readonly string[]
}
