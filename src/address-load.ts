import { checkTargets, targetRules } from './check-targets.ts'
import type { HeldTo } from './held-to.ts'
import type { GateOptions } from './inputs.ts'
import type { LoadedProfile } from './profile-file.ts'
import { userAgent } from './user-agent.ts'
import { type GuardDoors, type GuardWatch, watchGuards } from './watch-guards.ts'

interface AddressOptions extends Partial<Pick<GateOptions, 'allowTargets' | 'baseTarget'>> {
  /** As the workflow names it. */
  readonly profile: string
  /** Whether the load comes from this machine, whose resolver then tells where names lead. */
  readonly fromHere: boolean
  readonly commit: string | undefined
}

interface AddressDoors {
  readonly output: { redact(text: string): string }
  readonly env: NodeJS.ProcessEnv
}

export interface AddressedLoad {
  readonly loaded: LoadedProfile
  /** Asks what the profile guards, and goes on to do so until it is disposed of. */
  readonly watch: (doors: GuardDoors) => Promise<GuardWatch>
}

/** The load with what it may be sent to, and under which name; LoadgateError `usage` where it must not be sent at all. */
export async function addressLoad(
  { loaded, reviewed }: Pick<HeldTo, 'loaded' | 'reviewed'>,
  { profile: file, allowTargets = [], baseTarget, fromHere, commit }: AddressOptions,
  { output, env }: AddressDoors,
): Promise<AddressedLoad> {
  const { plan, profile } = loaded
  const rules = targetRules({ reviewed, allowTargets, baseTarget })
  if (plan.results === undefined) await checkTargets(profile, rules, { file, resolves: fromHere })
  const agent = userAgent(commit?.slice(0, 12) ?? env.GITHUB_RUN_ID, output.redact(plan.name))
  return {
    loaded: { ...loaded, plan: { ...plan, allowed: rules.load, agent } },
    watch: (doors) => watchGuards(profile.guards ?? [], { allowed: rules.guards, agent }, doors),
  }
}
