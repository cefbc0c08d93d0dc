import { basename, dirname } from 'node:path'
import { addressLoad } from '../address-load.ts'
import { CHOICES } from '../choices.ts'
import { judge } from '../compare/judge.ts'
import { type SelfComparison, sharpnessOf } from '../compare/sharpness.ts'
import { EXIT, LoadgateError } from '../errors.ts'
import { checkWritable, writeText } from '../files.ts'
import { fingerprintHere } from '../fingerprint.ts'
import { readFlags } from '../flags.ts'
import { heldTo } from '../held-to.ts'
import { allowTargetsFrom } from '../inputs.ts'
import { sharpnessFile } from '../kept-sharpness.ts'
import type { Output } from '../output/output.ts'
import { loadProfile } from '../profile-file.ts'
import { renderSharpnessJson } from '../report/json.ts'
import { renderSharpness } from '../report/sharpness.ts'
import { loadOfRounds, measureSideBySide } from '../side-by-side.ts'
import { counted, formatDuration } from '../units.ts'
import type { VersionsOptions } from '../versions/prepare-versions.ts'
import { commitOfFiles } from '../versions/workspace.ts'
import { openRunNote } from './left-behind.ts'
import { runsFrom } from './runs-from.ts'

const USUAL = 10
const MOST = 1_000

/**
 * `aa`: compares the version that is here with itself, again and again, as a pull request would be compared with its base. What
 * fails then is a false alarm of this gate on this machine, and how far the changes scatter is its noise. It is kept beside
 * the profile, where the reports of later comparisons find it.
 */
export async function compareWithItself(argv: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const { values, positionals } = readFlags(argv, { flags: ['runs', 'json', 'allow-targets'], most: 1 })
  const path = positionals[0] ?? CHOICES.profile.default
  const runs = runsFrom(values.runs ?? String(USUAL), MOST)
  const allowTargets = allowTargetsFrom(values['allow-targets'] ?? '', '`--allow-targets`')
  const file = values.json ?? sharpnessFile(path)
  await checkWritable(file)
  const head = await loadProfile(path, process.env)
  head.secrets.forEach(output.mask)
  const options = {
    path,
    base: undefined,
    compare: 'side-by-side',
    baseTarget: undefined,
    accepted: false,
    ofPullRequest: false,
  } as const
  using note = await openRunNote(output)
  const { onService, onCheckout } = note
  const doors = { output, env: process.env, mask: output.mask, signal, onService, onCheckout }
  const asWritten = await heldTo(head, { ...options, now: Date.now() }, doors)
  const { loaded, watch } = await addressLoad(
    asWritten,
    { profile: path, allowTargets, fromHere: true, commit: undefined },
    doors,
  )
  const held = { ...asWritten, loaded }
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

  const base = await baseHere(path, { output, signal })
  const { least, most } = loadOfRounds(head.plan, 'auto')
  const [shortest, longest] = [runs * least, runs * most].map(formatDuration)
  output.info(
    `${counted(runs, 'comparison')}: ${shortest} to ${longest} of load, beside what preparing and starting take.`,
  )
  await using guards = await watch(doors)
  const ended = AbortSignal.any([signal, guards.enough])
  const all: SelfComparison[] = []
  for (let n = 1; n <= runs && !ended.aborted; n++) {
    output.info(`Comparison ${n} of ${runs}`)
    const how = { base, rounds: 'auto', threads: 'auto', commit: undefined, seed: n } as const
    // One that is stopped before its first round rejects.
    const measured = await measureSideBySide({ ...held, budgets: relative }, how, { ...doors, signal: ended }).catch(
      (error) => {
        if (ended.aborted) return undefined
        throw error
      },
    )
    if (measured && !ended.aborted)
      all.push({ outcome: judge(measured.comparison).outcome, comparison: measured.comparison })
  }
  if (all.length === 0) return EXIT.invalid
  const sharpness = {
    measuredAt: new Date().toISOString(),
    fingerprint: fingerprintHere(head.plan.hash),
    ...sharpnessOf(all),
  }
  output.styled(renderSharpness(all, sharpness, { width: output.width }))
  // Nothing takes the place of what was found earlier, nor does a part of what was asked for.
  if (ended.aborted) output.info(`Stopped after ${all.length} of ${runs} comparisons: not kept in ${file}.`)
  if (sharpness.comparisons === 0 || ended.aborted) return EXIT.invalid
  await writeText(file, renderSharpnessJson(sharpness, output.redact))
  output.info(
    `Written: ${file}. Committed beside the profile as ${basename(sharpnessFile(path))}, it tells the readers of each side-by-side report how sharp this gate is.`,
  )
  return sharpness.falseAlarms > 0 ? EXIT.fail : EXIT.pass
}

/** A checkout of its own, as the base of a pull request has, where the commit has what is here. */
async function baseHere(
  profile: string,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<VersionsOptions['base']> {
  const here = { directory: dirname(profile), env: process.env, signal }
  const sha = await commitOfFiles(here, basename(sharpnessFile(profile)))
  if (sha !== undefined) return { kind: 'commit', sha }
  output.warning(
    'No commit has the files as they are here, so that both sides run in this directory: a service that keeps data there meets itself, which the base of a pull request does not.',
  )
  return { kind: 'self' }
}
