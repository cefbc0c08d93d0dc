import { EXIT } from '../errors.ts'
import { stops } from '../fargate/setup/preflight.ts'
import { hideSecrets } from '../hide-secrets.ts'
import { type GateOptions, optionsFromCommandLine } from '../inputs.ts'
import type { Output } from '../output/output.ts'
import { workerThreads } from '../plan/split-plan.ts'
import { type LoadedProfile, loadProfile } from '../profile-file.ts'
import { refuseEngine } from '../refuse-engine.ts'
import { renderFargate, renderRunOn, renderWouldRun } from '../report/fargate.ts'
import { renderElsewhere, renderGuards } from '../report/plan.ts'
import { renderLoads } from '../report/plan-groups.ts'
import { renderSizing, renderUnsized } from '../report/sizing.ts'
import { machineHere } from '../sizing/machine-here.ts'
import { measureCost } from '../sizing/measure-cost.ts'
import { type Sizing, sizeLoad } from '../sizing/size-load.ts'
import { preparedFor, runOnOf } from '../where-to-send.ts'

type Planned = Pick<LoadedProfile, 'plan' | 'profile'>

/** `plan`: what the load amounts to, whether this machine can send it, and what it takes on Fargate. Takes the flags of `run`. */
export async function planCommand(argv: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const options = optionsFromCommandLine(argv)
  const planned = await plannedAt(options.profile, output)
  const { plan, profile } = planned
  if (options.runOn === 'fargate' && plan.results !== undefined) refuseEngine(profile, '', '')
  const elsewhere = renderElsewhere(plan)
  output.info(elsewhere ?? renderLoads(plan, { width: Math.min(output.width, 100), height: 8 }))
  if (profile.guards) output.info(renderGuards(profile.guards))
  if (elsewhere !== undefined)
    return options.runOn === 'fargate' ? planFargate(planned, options, undefined, output) : EXIT.pass
  const sizing = options.runOn === 'fargate' ? undefined : await sizeHere(planned, output, signal)
  if (signal.aborted) return EXIT.invalid
  if (options.runOn === 'runner') return EXIT.pass
  return planFargate(planned, options, sizing, output)
}

/** The profile, and its plan as it may be shown. */
export async function plannedAt(path: string, { mask, redact }: Output): Promise<Planned> {
  const { plan, profile, secrets } = await loadProfile(path, process.env)
  secrets.forEach(mask)
  return { plan: hideSecrets(plan, redact), profile }
}

/** Undefined where it could not be measured. */
async function sizeHere({ plan, profile }: Planned, output: Output, signal: AbortSignal): Promise<Sizing | undefined> {
  output.info('\nSizing: measuring for two seconds what these requests cost this machine, without the target …')
  const cost = await measureCost(plan, signal)
  if (signal.aborted) return undefined
  const machine = machineHere(profile)
  if ('unmeasured' in cost) {
    output.info(renderUnsized(workerThreads(plan, machine), cost.unmeasured))
    return undefined
  }
  const sizing = sizeLoad(plan, machine, cost)
  output.info(renderSizing(sizing))
  return sizing
}

async function planFargate(
  planned: Planned,
  options: GateOptions,
  sizing: Sizing | undefined,
  output: Output,
): Promise<number> {
  const choice = runOnOf(planned, options, sizing)
  output.info(`\n${renderRunOn(choice)}`)
  if (choice.where === 'runner') return EXIT.pass
  const prepared = await preparedFor(planned, options, { env: process.env, attached: !options.detach })
  output.info(`${renderFargate(prepared, planned.plan)}\n\n${renderWouldRun(prepared.findings)}`)
  return stops(prepared.findings) ? EXIT.usage : EXIT.pass
}
