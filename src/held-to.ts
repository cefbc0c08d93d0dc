import { basename, dirname, join } from 'node:path'
import type { BaseVersion } from './base-version.ts'
import { LoadgateError, messageOf } from './errors.ts'
import { textIfThere } from './files.ts'
import { hideSecrets } from './hide-secrets.ts'
import type { GateOptions } from './inputs.ts'
import type { Output } from './output/output.ts'
import { createRedactor } from './output/redact.ts'
import { partNames } from './plan/part-names.ts'
import type { Budget, Engine, LoadProfile, ServiceSpec } from './profile/profile.ts'
import { type LoadedProfile, loadProfile } from './profile-file.ts'
import { refuseEngine } from './refuse-engine.ts'
import { ACCEPT_FILE, type Acceptance } from './trust/acceptance.ts'
import { acceptancesInForce } from './trust/acceptances-in-force.ts'
import { judgedBudgets } from './trust/judged-budgets.ts'
import type { Policy } from './trust/policy.ts'
import { policyDifferences } from './trust/policy-differences.ts'
import { type PolicyFacts, policyFacts } from './trust/policy-facts.ts'
import { raiseLimits } from './trust/raise-limits.ts'
import { parseAcceptances, readAcceptances } from './trust/read-acceptances.ts'
import { type Bytes, counted, type EpochMs } from './units.ts'

const LIMIT: Bytes = 1_048_576

/** What a head is run with and held to. Texts in budgets hold no secret. */
export interface HeldTo {
  /** The head's own profile, or the base's where the head's is not accepted; its directory is the head's in either case. */
  readonly loaded: LoadedProfile
  readonly budgets: readonly Budget[]
  /** Judged apart from the others: see `compareApart`. */
  readonly added: readonly Budget[]
  /** How the base is started, by its own profile. */
  readonly baseService: ServiceSpec | undefined
  /** Whose addresses somebody other than the author of a change has seen; undefined where that is nobody's. */
  readonly reviewed: LoadProfile | undefined
  /** Whether it is measured beside the base: the sharper instrument, where there is something to compare. */
  readonly sideBySide: boolean
  readonly facts: PolicyFacts
}

export interface PolicyDoors {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  readonly mask: (secret: string) => void
}

/** Where the base's profile lies, if it has one. */
type BaseProfile = Pick<BaseVersion, 'directory'>

interface HoldingOptions extends Pick<GateOptions, 'compare' | 'baseTarget'> {
  /** Of the head's profile. */
  readonly path: string
  readonly base: BaseProfile | undefined
  /** Whether the pull request carries the label that accepts its changes. */
  readonly accepted: boolean
  /** Whether the head is that of a pull request. */
  readonly ofPullRequest: boolean
  readonly now: EpochMs
}

/**
 * Reads the profile and the accepted regressions of the base as well, where there is one, and decides by which of them the
 * head is run and judged. Throws LoadgateError 'usage' for a broken file of the head.
 */
export async function heldTo(
  head: LoadedProfile,
  { path, base, compare, baseTarget, accepted, ofPullRequest, now }: HoldingOptions,
  doors: PolicyDoors,
): Promise<HeldTo> {
  const { before, problem } = base ? await profileOfBase(base.directory, basename(path), doors) : NO_BASE
  if (before && !accepted) checkNames(before, doors.output)
  const hidden = ({ profile, plan }: LoadedProfile): Policy => ({
    profile,
    plan: hideSecrets(plan, doors.output.redact),
  })
  const policies = { base: before && hidden(before), head: hidden(head) }
  const judged = judgedBudgets(policies.base, policies.head, accepted)
  const loaded = judged.load === 'base' && before ? { ...before, directory: head.directory } : head
  const compares = [...judged.budgets, ...judged.added].some(({ limit }) => limit.kind === 'baseline')
  const { service, engine } = loaded.profile
  const twoVersions = base !== undefined && service !== undefined && compares
  if (twoVersions && engine && compare === 'auto')
    doors.output.info(`It is compared with stored runs: ${ALONE[engine.kind]}.`)
  const possible = twoVersions && engine === undefined
  const sideBySide = baseTarget !== undefined || compare === 'side-by-side' || (compare === 'auto' && possible)
  if (sideBySide)
    refuseEngine(
      loaded.profile,
      `is not measured side by side: ${WHY_ALONE}`,
      'Compare with stored runs: `compare: baseline`.',
    )
  const acceptances = acceptancesInForce(await acceptanceFiles(path, base, now), { accepted, now, sideBySide })
  const own = raiseLimits(judged.budgets, acceptances.inForce)
  const added = raiseLimits(judged.added, acceptances.inForce)
  const raised = {
    accepted: [...own.accepted, ...added.accepted],
    idle: own.idle.filter((one) => added.idle.includes(one)),
  }
  const differences = policies.base ? policyDifferences(policies.base, policies.head) : []
  const why = base === undefined || problem !== undefined ? undefined : judged.why
  return {
    loaded,
    budgets: own.budgets,
    added: added.budgets,
    baseService: before?.profile.service,
    reviewed: accepted || (before === undefined && !ofPullRequest) ? head.profile : before?.profile,
    sideBySide,
    facts: policyFacts({ ...judged, why, problem }, differences, { ...acceptances, raised }, doors.output.redact),
  }
}

/** Pairs and rounds are what makes two versions at once the sharper instrument. */
const WHY_ALONE = 'its requests come in no pairs, and how long a round of it is only the script knows'
const ALONE: Readonly<Record<Engine['kind'], string>> = {
  script: `the load is a script, and ${WHY_ALONE}`,
  results: 'the load has been sent',
}

interface BaseRead {
  /** Undefined where the base has none, or none that can be read. */
  readonly before: LoadedProfile | undefined
  /** Why it cannot be read, in a line. */
  readonly problem: string | undefined
}

const NO_BASE: BaseRead = { before: undefined, problem: undefined }

/** A base whose profile cannot be read has none that the head could be held to: the log and the report say so. */
async function profileOfBase(directory: string, name: string, doors: PolicyDoors): Promise<BaseRead> {
  const { env, mask, output } = doors
  const path = join(directory, name)
  if ((await textIfThere(path, LIMIT)) === undefined) return NO_BASE
  try {
    const before = await loadProfile(path, env)
    before.secrets.forEach(mask)
    return { before, problem: undefined }
  } catch (error) {
    if (!(error instanceof LoadgateError)) throw error
    output.warning(`The base's profile cannot be read, so the head is judged by its own: ${messageOf(error)}`)
    return { before: undefined, problem: inALine(error).replaceAll(`${directory}/`, '') }
  }
}

function inALine(error: LoadgateError): string {
  const [first, ...more] = error.mistakes
  if (!first) return messageOf(error)
  const { file, line, column } = first.place
  return `${file}:${line}:${column} ${first.message}${more.length > 0 ? `, and ${counted(more.length, 'more mistake')}` : ''}`
}

/**
 * Parts are called by what is left of their names when secrets are hidden. Were the head to hide more of them than the base
 * does, by a branch's name in a header, two parts would be judged as one, and stored runs would have none of that name.
 */
function checkNames({ plan, secrets }: LoadedProfile, { redact }: Output): void {
  const own = createRedactor()
  secrets.forEach(own.add)
  if ([...partNames(plan)].every((name) => redact(name) === own.redact(name))) return
  throw new LoadgateError('usage', 'The profile hides names of scenarios or steps that the base shows', {
    hint: 'What a header or a body takes from the environment is hidden everywhere: take no value that stands in a name.',
  })
}

/** Outside a pull request what is in the tree is what was reviewed. */
async function acceptanceFiles(
  path: string,
  base: BaseProfile | undefined,
  now: EpochMs,
): Promise<{ readonly base: readonly Acceptance[]; readonly head: readonly Acceptance[] }> {
  const file = join(dirname(path), ACCEPT_FILE)
  const text = await textIfThere(file, LIMIT)
  const head = text === undefined ? [] : parseAcceptances(text, { file, now })
  if (!base) return { base: head, head }
  const before = await textIfThere(join(base.directory, ACCEPT_FILE), LIMIT)
  return { base: before === undefined ? [] : readAcceptances(before, { file, now }).acceptances, head }
}
