import { CHOICES } from '../choices.ts'
import { EXIT, LoadgateError } from '../errors.ts'
import { fargateFromFlags } from '../inputs.ts'
import type { Output } from '../output/output.ts'
import { refuseEngine } from '../refuse-engine.ts'
import { renderAttempt, renderRooms } from '../report/worker-room.ts'
import { findRate } from '../sizing/find-rate.ts'
import { machineHere } from '../sizing/machine-here.ts'
import { formatCount } from '../units.ts'
import { plannedAt } from './plan.ts'

/** `calibrate [PROFILE]`: what one worker sends of the profile, measured on this machine. Takes the flags of Fargate. */
export async function calibrateCommand(
  argv: readonly string[],
  output: Output,
  signal: AbortSignal,
  find: typeof findRate = findRate,
): Promise<number> {
  const { given, positionals } = fargateFromFlags(argv, { most: 1 })
  const { plan, profile } = await plannedAt(positionals[0] ?? CHOICES.profile.default, output)
  refuseEngine(
    profile,
    'says itself how much it sends, and cannot be measured beforehand',
    'Calibrate a profile with scenarios.',
  )
  output.info(
    `Sending the requests of "${plan.name}" to a stand-in on this machine, for some ten seconds, without the target …`,
  )
  const found = await find(plan, {
    signal,
    onAttempt: (rate, attempt) => {
      if (attempt) output.info(renderAttempt(attempt))
      else output.live([`Trying ${formatCount(Math.round(rate))} requests/s …`])
    },
  })
  output.done()
  if (signal.aborted) return EXIT.invalid
  if ('unmeasured' in found)
    throw new LoadgateError('infrastructure', `What one worker sends could not be measured: ${found.unmeasured}`, {
      hint: 'Run it again where less else runs. Without `fargate-worker-rate` a run takes the figures of docs/fargate.md.',
    })
  const { cpu: processor } = machineHere(profile)
  output.info(`\n${renderRooms(plan, found, { cpu: given.cpu, processor, width: Math.min(output.width, 100) })}`)
  return EXIT.pass
}
