import { basename } from 'node:path'
import { judge } from '../compare/judge.ts'
import { type SelfComparison, sharpnessOf } from '../compare/sharpness.ts'
import { EXIT, LoadgateError } from '../errors.ts'
import { checkWritable, writeText } from '../files.ts'
import { fingerprintHere } from '../fingerprint.ts'
import { heldTo } from '../held-to.ts'
import { CHOICES, readFlags } from '../inputs.ts'
import { sharpnessFile } from '../kept-sharpness.ts'
import type { Output } from '../output/output.ts'
import { loadProfile } from '../profile-file.ts'
import { renderSharpnessJson } from '../report/json.ts'
import { renderSharpness } from '../report/sharpness.ts'
import { measureSideBySide } from '../side-by-side.ts'

const USUAL = 10
const MOST = 1_000

/**
 * `aa`: compares the version that is here with itself, again and again, as a pull request would be compared with its base. What
 * fails then is a false alarm of this gate on this machine, and how far the changes scatter is its noise. It is kept beside
 * the profile, where the reports of later comparisons find it.
 */
export async function compareWithItself(argv: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const { values, positionals } = readFlags(argv, { flags: ['runs', 'json'], most: 1 })
  const path = positionals[0] ?? CHOICES.profile.default
  const runs = runsFrom(values.runs ?? String(USUAL))
  const file = values.json ?? sharpnessFile(path)
  await checkWritable(file)
  const head = await loadProfile(path, process.env)
  head.secrets.forEach(output.mask)
  const options = { path, base: undefined, compare: 'side-by-side', baseTarget: undefined, accepted: false } as const
  const doors = { output, env: process.env, mask: output.mask, signal }
  const held = await heldTo(head, { ...options, now: Date.now() }, doors)
  // An absolute limit that this version breaks, it breaks in truth: that would be no false alarm.
  const relative = held.budgets.filter(({ limit }) => limit.kind === 'baseline')
  if (relative.length === 0)
    throw new LoadgateError(
      'usage',
      `No budget in ${path} is relative to the baseline, so there is nothing to compare`,
      {
        hint: 'Add one, for example `p95 < baseline + 10 %`.',
      },
    )

  const all: SelfComparison[] = []
  for (let n = 1; n <= runs && !signal.aborted; n++) {
    output.info(`Comparison ${n} of ${runs}`)
    const how = { base: { kind: 'self' }, rounds: 'auto', threads: 'auto', commit: undefined, seed: n } as const
    const { comparison } = await measureSideBySide({ ...held, budgets: relative }, how, doors)
    if (!signal.aborted) all.push({ outcome: judge(comparison).outcome, comparison })
  }
  if (all.length === 0) return EXIT.invalid
  const sharpness = {
    measuredAt: new Date().toISOString(),
    fingerprint: fingerprintHere(head.plan.hash),
    ...sharpnessOf(all),
  }
  output.styled(renderSharpness(all, sharpness, { width: output.width }))
  // Nothing takes the place of what was found earlier, nor does a part of what was asked for.
  if (sharpness.comparisons === 0 || signal.aborted) return EXIT.invalid
  await writeText(file, renderSharpnessJson(sharpness, output.redact))
  output.info(
    `Written: ${file}. Committed beside the profile as ${basename(sharpnessFile(path))}, it tells the readers of each side-by-side report how sharp this gate is.`,
  )
  return sharpness.falseAlarms > 0 ? EXIT.fail : EXIT.pass
}

function runsFrom(text: string): number {
  const runs = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (runs >= 1 && runs <= MOST) return runs
  throw new LoadgateError('usage', `\`--runs\` is "${text}"`, { hint: `Write a number from 1 to ${MOST}.` })
}
