import { LoadgateError, messageOf } from '../../errors.ts'
import type { LoadPlan } from '../../plan/plan.ts'
import type { EpochMs, Ms } from '../../units.ts'
import { type Estimate, estimateCost, type Fleet } from './cost.ts'
import type { Identity, PreflightFacts } from './facts.ts'
import type { Finding } from './finding.ts'
import { preflight } from './preflight.ts'
import { type FargateSettings, type GivenFargate, type Outputs, type ReadSettings, readSettings } from './settings.ts'
import { shareOut, type Workers, workersFor } from './workers.ts'

/** All that is known of a run on Fargate before anything is started. */
export interface Prepared {
  readonly findings: readonly Finding[]
  readonly identity: Identity | undefined
  /** Undefined where a finding says what is missing. */
  readonly fleet: PreparedFleet | undefined
}

export interface PreparedFleet {
  readonly settings: FargateSettings
  readonly workers: Workers
  /** Of these, by the places of the settings. */
  readonly perPlace: readonly number[]
  readonly estimate: Estimate
}

/** AWS, as far as it is asked before a run. Each rejects with a LoadgateError. */
export interface SetupDoors {
  identity(region: string): Promise<Identity>
  outputs(stack: string, region: string): Promise<Readonly<Record<string, string>>>
  /** How many vCPUs may run at once in a region; Spot has a quota of its own. */
  quota(region: string, spot: boolean): Promise<number>
  /** Tries what a run does and what costs nothing: one finding for whatever cannot be done. */
  readonly tries?: (settings: FargateSettings) => Promise<readonly Finding[]>
}

export interface Preparation {
  readonly given: GivenFargate
  /** Used where no region was given. */
  readonly region: string | undefined
  readonly targetIsHere: boolean
  readonly version: string
  readonly jobLimit: Ms | undefined
  readonly attached: boolean
  readonly now: EpochMs
}

/** Asks AWS what there is, and says what a run would take and what speaks against it. Starts nothing; never rejects. */
export async function prepareFargate(plan: LoadPlan, preparation: Preparation, aws: SetupDoors): Promise<Prepared> {
  const given = withRegion(preparation)
  const region = given.regions[0]?.region
  const identity = region === undefined ? undefined : await identityIn(region, aws)
  const { settings, findings } = await askSettings(preparation, aws)
  const known = identity && !('problem' in identity) ? identity : undefined
  if (settings === undefined || identity === undefined)
    return {
      findings: [...(identity && 'problem' in identity ? [identity.problem] : []), ...findings],
      identity: known,
      fleet: undefined,
    }
  const fleet = fleetOf(plan, settings, given)
  const [tried = [], quota] =
    known === undefined ? [[], {}] : await Promise.all([aws.tries?.(settings), quotasOf(settings, aws)])
  const { targetIsHere, version, jobLimit, attached, now } = preparation
  const facts = { plan, targetIsHere, version, jobLimit, attached, now, settings, identity, tried, quota }
  return { findings: [...findings, ...preflight({ ...facts, ...fleet })], identity: known, fleet }
}

/** Where workers run, by what was given and what the stacks say. */
export async function askSettings(
  preparation: Pick<Preparation, 'given' | 'region'>,
  aws: Pick<SetupDoors, 'outputs'>,
): Promise<ReadSettings> {
  const given = withRegion(preparation)
  return readSettings(given, await stacksOf(given, aws))
}

function withRegion({ given, region }: Pick<Preparation, 'given' | 'region'>): GivenFargate {
  return given.regions.length > 0 || !region ? given : { ...given, regions: [{ region, share: 1 }] }
}

async function identityIn(region: string, aws: SetupDoors): Promise<Identity | { readonly problem: Finding }> {
  return aws.identity(region).catch((error) => ({ problem: findingOf(error, 'AWS credentials') }))
}

async function stacksOf(
  { stack, regions }: GivenFargate,
  aws: Pick<SetupDoors, 'outputs'>,
): Promise<ReadonlyMap<string, Outputs>> {
  if (stack === '') return new Map()
  return new Map(
    await Promise.all(
      regions.map(async ({ region }): Promise<[string, Outputs]> => {
        try {
          return [region, { outputs: await aws.outputs(stack, region) }]
        } catch (error) {
          return [region, { problem: findingOf(error, '`fargate-stack`') }]
        }
      }),
    ),
  )
}

/** By region. One that cannot be read speaks against no run. */
async function quotasOf(
  { places, spot }: FargateSettings,
  aws: Pick<SetupDoors, 'quota'>,
): Promise<PreflightFacts['quota']> {
  const read = places.map(async ({ region }) => [region, await aws.quota(region, spot).catch(() => undefined)] as const)
  return Object.fromEntries(await Promise.all(read))
}

function fleetOf(
  plan: LoadPlan,
  settings: FargateSettings,
  { workers: asked, workerRate }: GivenFargate,
): PreparedFleet {
  const { places, size, spot, stagger } = settings
  const workers = workersFor(plan, { given: asked, cpu: size.cpu, rate: workerRate })
  const perPlace = shareOut(workers.count, places)
  const fleets = places.map(({ region, architecture, publicAddress }, at): Fleet => {
    return { region, architecture, publicAddress, size, spot, workers: perPlace[at]! }
  })
  return { settings, workers, perPlace, estimate: estimateCost(fleets, plan, stagger) }
}

/** What was thrown, as a finding that stops the run. */
export function findingOf(error: unknown, where: string): Finding {
  const remedy = error instanceof LoadgateError ? error.hint : undefined
  return { level: 'stop', what: messageOf(error), where, remedy: remedy ?? 'Try again.' }
}
