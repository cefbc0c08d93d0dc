import { addressLoad } from './address-load.ts'
import { EXIT, LoadgateError } from './errors.ts'
import { detachOnFargate } from './fargate/coordinator/run-on-fargate.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { GateOptions } from './inputs.ts'
import type { LoadProfile } from './profile/profile.ts'
import { loadProfile } from './profile-file.ts'
import { refuseEngine } from './refuse-engine.ts'
import { endLeftovers, fargateJob, machineOf } from './send-from-fargate.ts'
import { formatDuration } from './units.ts'
import { NOT_DETACHED, type SendingDoors, whereToSend } from './where-to-send.ts'

interface DetachDoors extends SendingDoors {
  readonly mask: (secret: string) => void
  readonly commit: string | undefined
}

/** Starts a load on Fargate, sees it begin, and leaves it to itself. Answers with the exit code. */
export async function detachRun(options: GateOptions, doors: DetachDoors): Promise<number> {
  const { output, env, signal, commit } = doors
  if (options.runOn !== 'fargate')
    throw new LoadgateError('usage', '`--detach` is for loads from Fargate', { hint: 'Add `--run-on fargate`.' })
  const written = await loadProfile(options.profile, env)
  written.secrets.forEach(doors.mask)
  refuseGuards(written.profile)
  refuseEngine(written.profile, NOT_DETACHED, 'Leave `--detach` out, so that the run is watched to its end.')
  const asWritten = { loaded: written, reviewed: written.profile }
  const { loaded } = await addressLoad(asWritten, { ...options, fromHere: false, commit }, doors)
  const sending = await whereToSend(loaded, { ...options, attached: false }, doors)
  if (sending.kind !== 'fargate') return EXIT.usage
  const { fleet } = sending
  const { openCoordinatorDoors } = await import('./aws/coordinator-doors.ts')
  const fingerprint = fingerprintOf(loaded.plan.hash, machineOf(fleet.settings))
  const repository = env.GITHUB_REPOSITORY
  const job = fargateJob({ plan: loaded.plan, fleet, fingerprint, commit, repository })
  const coordinatorDoors = openCoordinatorDoors(fleet.settings, output.info)
  await endLeftovers(coordinatorDoors, { output, signal })
  await detachOnFargate(job, coordinatorDoors, { signal })
  output.info(`The run ${job.runId} sends for ${formatDuration(loaded.plan.duration)} and needs nobody.`)
  output.info(`Its verdict: ${collectCommand(job.runId, options)}`)
  return EXIT.pass
}

/** Workers on Fargate ask nothing but the target, and a run may be collected long after it has done harm. */
function refuseGuards({ guards }: LoadProfile): void {
  if (!guards) return
  const names = guards.map(({ name }) => `"${name}"`).join(', ')
  throw new LoadgateError(
    'usage',
    `Guards are asked from here, and \`--detach\` leaves: nothing would end the load for ${names} before somebody collects the run`,
    { hint: 'Leave `--detach` out, so that the run is watched to its end, or take `guards` out of the profile.' },
  )
}

function collectCommand(runId: string, { profile, fargate }: Pick<GateOptions, 'profile' | 'fargate'>): string {
  const { stack, regions } = fargate
  const command = `loadgate collect ${runId} ${profile}`
  if (stack === '') return `${command}, with the same --fargate-… as now`
  const given = regions.map(({ region, share }) => (share === 1 ? region : `${region}=${share}`)).join(',')
  return `${command} --fargate-stack ${stack}${given && ` --fargate-regions ${given}`}`
}
