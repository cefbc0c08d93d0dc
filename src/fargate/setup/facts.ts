import type { LoadPlan } from '../../plan/plan.ts'
import type { EpochMs, Ms } from '../../units.ts'
import type { Estimate } from './cost.ts'
import type { Finding } from './finding.ts'
import type { FargateSettings } from './settings.ts'
import type { Workers } from './workers.ts'

/** Who the calls of AWS are made as. */
export interface Identity {
  readonly account: string
  readonly arn: string
  /** Credentials of a session, which end. */
  readonly temporary: boolean
  /** Undefined where they do not, or do not say when. */
  readonly expires: EpochMs | undefined
}

/** Everything that is known before a run, gathered by others. */
export interface PreflightFacts {
  readonly plan: LoadPlan
  /** The target's address leads to this machine, or the profile starts it here. */
  readonly targetIsHere: boolean
  readonly settings: FargateSettings
  readonly workers: Workers
  readonly estimate: Estimate
  readonly identity: Identity | { readonly problem: Finding }
  /** What was found by trying what a run does, as far as that costs nothing. */
  readonly tried: readonly Finding[]
  /** Of this Loadgate. */
  readonly version: string
  /** vCPUs that may run at once, by region; undefined where that could not be read. */
  readonly quota: Readonly<Record<string, number | undefined>>
  /** How long this process may live; undefined where nobody ends it. */
  readonly jobLimit: Ms | undefined
  /** The run is watched to its end by this process, and not handed over. */
  readonly attached: boolean
  readonly now: EpochMs
}
