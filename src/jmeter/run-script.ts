import { LoadgateError, messageOf } from '../errors.ts'
import { foreignResult } from '../foreign/foreign-result.ts'
import { fromSamples } from '../foreign/from-samples.ts'
import { JMETER_CSV } from '../foreign/jmeter-csv.ts'
import type { SampleFormat } from '../foreign/sample.ts'
import type { LoadPlan, PlannedScript } from '../plan/plan.ts'
import type { RunResult } from '../result/result.ts'
import type { EpochMs, Ms } from '../units.ts'
import type { JMeter } from './find-jmeter.ts'
import { type JMeterDoors, type JMeterEnd, runJMeter } from './run-jmeter.ts'

export type ScriptedPlan = LoadPlan & { readonly script: PlannedScript }

export function scriptedPlan({ script, ...plan }: LoadPlan): ScriptedPlan {
  if (script === undefined) throw new Error('the plan has no script')
  return { ...plan, script }
}

interface ScriptDoors extends JMeterDoors {
  /** For labels, which are outside text as any other. */
  readonly redact: (text: string) => string
}

/** What a script measured, as if it had been read from a file: `nameForeign` says whose it is. */
export function runScript(
  plan: ScriptedPlan,
  { jmeter }: { readonly jmeter: JMeter },
  { redact, ...doors }: ScriptDoors,
): Promise<RunResult> {
  const startedAt = Date.now()
  return runJMeter(plan, { jmeter }, doors, async (end) => {
    const { result, problem } = await measuredIn(end, { startedAt, redact })
    const run = runOf(result, { plan, jmeter, redact }, problem)
    return { ...run, complete: run.complete && !end.stopped }
  })
}

interface Whose {
  readonly plan: ScriptedPlan
  readonly jmeter: JMeter
  readonly redact: (text: string) => string
}

/** Of a script that was not begun, and why. */
export function scriptNotRun(whose: Whose, why: string): RunResult {
  return runOf(nothing(0, 0), whose, why)
}

function runOf(result: RunResult, { plan, jmeter, redact }: Whose, problem: string | undefined): RunResult {
  return {
    ...result,
    source: { ...result.source!, ran: { version: jmeter.version, script: redact(plan.script.file) } },
    complete: problem === undefined,
    shards: problem === undefined ? result.shards : { expected: 1, reported: 0, lost: [redact(problem)] },
  }
}

/** Of the generator that measures: other versions of it are not compared. */
export function generatorOf({ version }: JMeter): string {
  return `JMeter ${version}`
}

interface Reading {
  readonly startedAt: EpochMs
  readonly redact: (text: string) => string
  /** How long the blocks of a step are, in a window of this length. */
  readonly cut?: (measured: Ms) => Ms
}

/** Whatever can be read; where that is nothing, a run of no requests. */
export async function measuredIn(
  { results, took, stopped, problem, words }: JMeterEnd,
  { startedAt, redact, cut }: Reading,
): Promise<{ readonly result: RunResult; readonly problem: string | undefined }> {
  try {
    return { result: await fromSamples(results, redacted(redact), undefined, cut), problem }
  } catch (error) {
    if (!(error instanceof LoadgateError)) throw error
    const why = messageOf(error).replaceAll(results, 'its results')
    const unread = stopped ? undefined : `JMeter measured nothing that can be read: ${why}${words}`
    return { result: nothing(startedAt, took), problem: problem ?? unread }
  }
}

/** A run of no requests. */
export function nothing(startedAt: EpochMs, took: Ms): RunResult {
  const { tool, form, untold, remarks, grain } = JMETER_CSV
  return foreignResult({
    sha256: '',
    name: undefined,
    source: { tool, form, untold, remarks, grain, users: undefined, together: 0, sums: 0 },
    startedAt,
    target: '',
    measured: Math.ceil(took),
    dropped: 0,
    iterations: undefined,
    steps: [],
    intervals: { length: 1_000, records: [] },
  })
}

/** Each label is looked at once. */
function redacted(redact: (text: string) => string): SampleFormat {
  const known = new Map<string, string>()
  const shown = (label: string) => {
    const found = known.get(label)
    if (found !== undefined) return found
    const text = redact(label)
    if (known.size < MOST_KNOWN) known.set(label, text)
    return text
  }
  return {
    ...JMETER_CSV,
    passOver: (file, take) => JMETER_CSV.passOver(file, (sample) => take({ ...sample, step: shown(sample.step) })),
  }
}

const MOST_KNOWN = 20_000
