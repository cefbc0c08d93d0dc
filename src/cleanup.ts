// The action's post step: stops the services, removes the checkout, and ends the tasks and the check run that the main step left
// if it was killed before it could.

import type { LeftCheck } from './checked-gate.ts'
import { messageOf } from './errors.ts'
import { sweep } from './fargate/coordinator/sweep.ts'
import { jobOf } from './github/job.ts'
import { createOutput } from './output/output.ts'
import { checksOf } from './publish/checks.ts'
import { noticeOf } from './publish/notice.ts'
import { getState, readInput } from './publish/runner.ts'
import type { FargateRun } from './send-from-fargate.ts'
import { type ServiceProcess, stopLeftover } from './service/process-group.ts'
import { type Checkout, removeCheckout } from './versions/checkout.ts'

const output = createOutput({ stdout: process.stdout, stderr: process.stderr, github: true })
const services: readonly ServiceProcess[] = JSON.parse(getState('services') || '[]')
const checkout: Checkout | undefined = JSON.parse(getState('checkout') || 'null') ?? undefined
const fargate: FargateRun | undefined = JSON.parse(getState('fargate') || 'null') ?? undefined
const check: LeftCheck | undefined = JSON.parse(getState('check') || 'null') ?? undefined
for (const service of services)
  if (await stopLeftover(service)) output.info('Stopped a service that the main step had left running.')
if (checkout) await removeCheckout(checkout)
if (fargate) await endRun(fargate)
if (check) await endCheck(check)

/** Its workers end by themselves within a minute; until then they cost money. */
async function endRun({ runId, settings }: FargateRun): Promise<void> {
  try {
    const { openCoordinatorDoors } = await import('./aws/coordinator-doors.ts')
    const { stopped, left } = await sweep(openCoordinatorDoors(settings, output.info), { runs: [runId] })
    output.info(`The run ${runId} on Fargate was ended: ${stopped.length} of its tasks have stopped.`)
    if (left.length > 0) output.warning(`These are not known to have stopped: ${left.join(', ')}`)
  } catch (error) {
    output.warning(`What is left of the run ${runId} on Fargate is not known: ${messageOf(error)}`)
  }
}

/** Nothing else would: on the pull request it would wait for ever. */
async function endCheck({ commit, end, ...identity }: LeftCheck): Promise<void> {
  const { owner, repo, apiUrl } = jobOf(process.env)
  try {
    const checks = checksOf({ owner, repo }, commit, { token: readInput('github-token'), apiUrl })
    const id = await checks.find(identity)
    if (id === undefined) return
    await checks.complete(id, end)
    output.info('Ended the check run that the main step had left open.')
  } catch (error) {
    output.warning(noticeOf('The end of the check run', error, 'checks: write'))
  }
}
