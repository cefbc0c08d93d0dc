import { writtenTarget } from './allowed-targets.ts'
import { CHOICES } from './choices.ts'
import type { GateOptions } from './inputs.ts'
import { laptopStore } from './laptop-store.ts'

type Chosen = Pick<
  GateOptions,
  'profile' | 'compare' | 'baseTarget' | 'allowTargets' | 'rounds' | 'baseline' | 'threads'
>

/** The command that repeats a run on a laptop, for a shell. */
export function reproduce(
  options: Chosen,
  { commit, sideBySide }: { readonly commit: string | undefined; readonly sideBySide: boolean },
): string {
  const { profile, allowTargets, threads } = options
  const run = ['loadgate run', profile, ...(sideBySide ? besideFlags(options) : storedFlags(options))]
  if (allowTargets.length > 0) run.push('--allow-targets', allowTargets.map(writtenTarget).join(','))
  if (threads !== 'auto') run.push('--threads', String(threads))
  const command = run.map((word, at) => (at === 0 ? word : quoted(word))).join(' ')
  return commit === undefined ? command : `git checkout ${commit} && ${command}`
}

function besideFlags({ baseTarget, rounds }: Chosen): readonly string[] {
  return [
    ...(baseTarget === undefined ? ['--compare', 'side-by-side'] : ['--base-target', baseTarget]),
    ...(rounds === 'auto' ? [] : ['--rounds', String(rounds)]),
  ]
}

function storedFlags({ compare, baseline, profile }: Chosen): readonly string[] {
  // Artifacts are out of a laptop's reach.
  const usual = [CHOICES.baseline.default, laptopStore({ cwd: process.cwd(), profile })]
  return [
    ...(compare === 'none' ? ['--compare', compare] : []),
    ...(usual.includes(baseline) ? [] : ['--baseline', baseline]),
  ]
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
