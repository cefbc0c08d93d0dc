import { randomUUID } from 'node:crypto'
import { compare } from './compare/compare.ts'
import type { Comparison } from './compare/comparison.ts'
import { judge } from './compare/judge.ts'
import { LoadgateError, messageOf } from './errors.ts'
import { nameForeign } from './foreign/name-foreign.ts'
import type { HeldTo } from './held-to.ts'
import { hideSecrets } from './hide-secrets.ts'
import type { JMeter } from './jmeter/find-jmeter.ts'
import { scriptedPlan, scriptNotRun } from './jmeter/run-script.ts'
import type { Output } from './output/output.ts'
import type { Report, RunContext } from './report/report.ts'
import { mergeResults } from './result/merge-results.ts'
import type { Fingerprint } from './result/result.ts'
import { keepReport, type Wanted } from './show-report.ts'
import { compareApart } from './trust/compare-apart.ts'

interface Unsent {
  readonly run: Omit<RunContext, 'baselineNote' | 'serviceEnd' | 'lastOutput'>
  readonly fingerprint: Fingerprint
  /** What would have run the script of a plan that has one. */
  readonly jmeter: JMeter | undefined
  readonly wanted: Wanted
}

const NOTHING = 'Nothing was sent'

/**
 * Keeps the report of a load that was not sent, since its service did not start or a guard was down: invalid, and why. What
 * went wrong is told by the error itself, and that its report cannot be written must not stand in its place.
 */
export async function keepNotStarted(error: unknown, held: HeldTo, unsent: Unsent, output: Output): Promise<void> {
  // What the target is not to blame for says nothing of it.
  if (!(error instanceof LoadgateError) || error.kind !== 'target') return
  const report = reportOf(error, held, unsent, output)
  await keepReport(report, unsent.wanted, output).catch((problem: unknown) => output.warning(messageOf(problem)))
}

function reportOf(
  { message, hint }: LoadgateError,
  { loaded, facts, ...judged }: HeldTo,
  { run, fingerprint, jmeter }: Unsent,
  { redact }: Output,
): Report {
  const plan = hideSecrets(loaded.plan, redact)
  const { commit } = run
  const context = { id: randomUUID(), plan, fingerprint, commit }
  const result = jmeter
    ? nameForeign(scriptNotRun({ plan: scriptedPlan(plan), jmeter, redact }, NOTHING), plan, context)
    : mergeResults([undefined], { ...context, executor: 'nothing', lost: [NOTHING] })
  const [first = '', ...output] = message.split('\n')
  const defects: Comparison['defects'] = [
    {
      code: 'not-started',
      message: first.replace(/; its last output:$/, ''),
      remedy: hint ?? 'The log has more of it.',
    },
  ]
  const comparison = { ...compareApart(judged, (budgets) => compare(result, undefined, budgets)), defects }
  const lastOutput = output.length > 0 ? output.join('\n') : undefined
  const about = { ...run, baselineNote: undefined, serviceEnd: undefined, lastOutput }
  return { verdict: judge(comparison), comparison, result, run: about, policy: facts }
}
