import { askAws } from '../aws/setup-doors.ts'
import { EXIT, LoadgateError } from '../errors.ts'
import { sweep } from '../fargate/coordinator/sweep.ts'
import { askSettings } from '../fargate/setup/prepare.ts'
import { fargateFromFlags } from '../inputs.ts'
import type { Output } from '../output/output.ts'
import { counted } from '../units.ts'

const MOST_RUNS = 20

/**
 * `sweep [RUN…]`: ends the tasks of runs that nobody watches over any more, or of those that are named, whether somebody does
 * or not. Ends with 4 where tasks are not known to have stopped, and with 2 where a name is that of no run.
 */
export async function sweepCommand(argv: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const { given, positionals: runs } = fargateFromFlags(argv, { most: MOST_RUNS })
  const { env } = process
  const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION
  const { settings, findings } = await askSettings({ given, region }, askAws)
  if (settings === undefined) {
    const [first] = findings
    throw new LoadgateError('usage', first?.what ?? 'It is not known where workers run', { hint: first?.remedy })
  }
  const { openCoordinatorDoors } = await import('../aws/coordinator-doors.ts')
  const named = runs.length === 0 ? {} : { runs }
  const doors = openCoordinatorDoors(settings, output.info)
  const { ended, letBe, stopped, left, unknown } = await sweep(doors, { ...named, signal })
  output.info(`${counted(ended.length, 'run')} ended, ${counted(stopped.length, 'task')} stopped.`)
  if (letBe.length > 0)
    output.info(`Left alone, since they may be wanted: ${letBe.join(', ')}. End one by its name: loadgate sweep RUN.`)
  if (left.length > 0) {
    output.error(`${counted(left.length, 'task')} not known to have stopped: ${left.join(', ')}`)
    return EXIT.invalid
  }
  if (unknown.length === 0) return EXIT.pass
  throw new LoadgateError('usage', `There is no run ${unknown.join(', ')} in this cluster and bucket`, {
    hint: 'The log of a run names it; `loadgate sweep` without a name ends all that nobody watches over.',
  })
}
