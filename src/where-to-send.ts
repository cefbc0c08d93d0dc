import { askAws } from './aws/setup-doors.ts'
import { LoadgateError } from './errors.ts'
import type { Finding } from './fargate/setup/finding.ts'
import { stops } from './fargate/setup/preflight.ts'
import { askSettings, type Prepared, type PreparedFleet, prepareFargate } from './fargate/setup/prepare.ts'
import { chooseRunOn, type RunnerRoom, type RunOn } from './fargate/setup/run-on.ts'
import { type FargateSettings, namesPlace } from './fargate/setup/settings.ts'
import { roomOf } from './fargate/setup/workers.ts'
import { inGitHub } from './github/variables.ts'
import type { GateOptions } from './inputs.ts'
import { findJMeter, type JMeter } from './jmeter/find-jmeter.ts'
import type { Output } from './output/output.ts'
import { mostThreads } from './plan/split-plan.ts'
import { targetIsHere } from './plan/target-here.ts'
import type { LoadedProfile } from './profile-file.ts'
import { readResults } from './read-results.ts'
import { refuseEngine } from './refuse-engine.ts'
import { renderFargate, renderRunOn } from './report/fargate.ts'
import type { RunResult } from './result/result.ts'
import { machineHere } from './sizing/machine-here.ts'
import { measureCost } from './sizing/measure-cost.ts'
import { type Sizing, sizeLoad } from './sizing/size-load.ts'
import type { Ms } from './units.ts'
import { VERSION } from './version.ts'

/** A job on a runner of GitHub ends then, whatever it does. */
const JOB_LIMIT: Ms = 6 * 3_600_000

type Planned = Pick<LoadedProfile, 'plan' | 'profile'>
type Placed = Planned & Pick<LoadedProfile, 'directory'>
type Asked = Pick<GateOptions, 'runOn' | 'fargate'> & { readonly attached?: boolean }

/** Where the load of a run comes from. */
export type Sending =
  | { readonly kind: 'runner' }
  /** By a script of another generator, from here. */
  | { readonly kind: 'script'; readonly jmeter: JMeter }
  /** It was, by another generator, and this is what was measured. */
  | { readonly kind: 'results'; readonly result: RunResult }
  | { readonly kind: 'fargate'; readonly fleet: PreparedFleet }
  /** It was sent already, by workers that were left to themselves. */
  | { readonly kind: 'collect'; readonly runId: string; readonly settings: FargateSettings }

export const NOT_DETACHED = 'is not left to itself: when it ends only it knows'

export interface SendingDoors {
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/**
 * Chooses by the plan's size where that is asked for, and makes sure that Fargate can do it before anything costs money:
 * LoadgateError `usage` with what stands against it.
 */
export async function whereToSend(planned: Placed, options: Asked, doors: SendingDoors): Promise<Sending> {
  if (planned.plan.results !== undefined) {
    if (options.runOn === 'fargate') refuseEngine(planned.profile, '', '')
    return { kind: 'results', result: await readResults(planned.plan.results, planned, doors.output) }
  }
  if (planned.plan.script && options.runOn !== 'fargate') return scriptHere(options, doors)
  if (options.runOn === 'runner') return { kind: 'runner' }
  const choice = await chosen(planned, options, doors)
  doors.output.info(renderRunOn(choice))
  if (choice.where === 'runner') return { kind: 'runner' }
  const prepared = await preparedFor(planned, options, { env: doors.env, attached: options.attached ?? true })
  doors.output.info(renderFargate(prepared, planned.plan))
  const { findings, fleet } = prepared
  if (fleet === undefined || stops(findings)) throw refusal(findings)
  return { kind: 'fargate', fleet }
}

/** Nobody else knows whether a script is too large for this machine. */
async function scriptHere({ runOn, fargate }: Asked, { output, env, signal }: SendingDoors): Promise<Sending> {
  const why = 'how much a script sends only it knows, and `run-on` is auto'
  if (runOn === 'auto' && namesPlace(fargate)) output.info(renderRunOn({ where: 'runner', why }))
  return { kind: 'script', jmeter: await findJMeter(env, signal) }
}

/** Measured only where the answer hangs on it: that takes two seconds. */
async function chosen(planned: Planned, options: Asked, { signal }: SendingDoors): Promise<RunOn> {
  const open = options.runOn === 'auto' && namesPlace(options.fargate) && !targetIsHere(planned.profile)
  const cost = open ? await measureCost(planned.plan, signal) : undefined
  const measured = cost !== undefined && !('unmeasured' in cost)
  const sizing = measured ? sizeLoad(planned.plan, machineHere(planned.profile), cost) : undefined
  return runOnOf(planned, options, sizing)
}

/** @param sizing what this machine was measured to send; undefined where it was not */
export function runOnOf({ plan, profile }: Planned, { runOn, fargate }: Asked, sizing: Sizing | undefined): RunOn {
  const room = roomHere({ plan, profile }, sizing)
  const configured = namesPlace(fargate)
  return chooseRunOn(plan, { asked: runOn, configured, targetIsHere: targetIsHere(profile), room })
}

/** A thread has a core to itself, as a worker of two vCPUs has: its figures stand in for what was not measured. */
function roomHere({ plan, profile }: Planned, sizing: Sizing | undefined): RunnerRoom {
  const threads = mostThreads(plan, machineHere(profile))
  const { rate, users } = roomOf(2_048)
  const ports = sizing && 'ports' in sizing.need && sizing.need.ports
  return {
    rate: (sizing?.perThread ?? rate) * threads,
    users: Math.min(ports || Number.POSITIVE_INFINITY, threads * users),
  }
}

/** Asks AWS what there is, and starts nothing. */
export function preparedFor(
  { plan, profile }: Planned,
  { fargate }: Asked,
  { env, attached }: { readonly env: NodeJS.ProcessEnv; readonly attached: boolean },
): Promise<Prepared> {
  const preparation = {
    given: fargate,
    region: regionIn(env),
    targetIsHere: targetIsHere(profile),
    version: VERSION,
    jobLimit: inGitHub(env) ? JOB_LIMIT : undefined,
    attached,
    now: Date.now(),
  }
  return prepareFargate(plan, preparation, askAws)
}

/** The place of a run that was detached. */
export async function whereSent(runId: string, { fargate }: Asked, env: NodeJS.ProcessEnv): Promise<Sending> {
  const { settings, findings } = await askSettings({ given: fargate, region: regionIn(env) }, askAws)
  if (settings === undefined) throw refusal(findings)
  return { kind: 'collect', runId, settings }
}

function regionIn(env: NodeJS.ProcessEnv): string | undefined {
  return env.AWS_REGION ?? env.AWS_DEFAULT_REGION
}

function refusal(findings: readonly Finding[]): LoadgateError {
  const [first, ...more] = findings.filter(({ level }) => level === 'stop')
  const others = more.length === 0 ? '' : ` (and ${more.length} more above)`
  return new LoadgateError('usage', `Fargate cannot send this load: ${first?.what ?? 'it is not set up'}${others}`, {
    hint: first?.remedy ?? 'docs/fargate.md has the steps.',
  })
}
