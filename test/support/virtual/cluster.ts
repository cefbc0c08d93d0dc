// A coordinator, a bucket and ECS, whose tasks run the worker's own code.
import type { CoordinatorDoors } from '../../../src/fargate/coordinator/job.ts'
import { work } from '../../../src/fargate/worker/work.ts'
import type { Ms } from '../../../src/units.ts'
import { VERSION } from '../../../src/version.ts'
import { Bucket } from './bucket.ts'
import { Ecs, type EcsOptions, type Process } from './ecs.ts'
import { type Sending, virtualEngine } from './engine.ts'
import { Machine } from './machine.ts'
import { Network, type Weather } from './network.ts'
import { World } from './world.ts'

export interface ClusterOptions extends Partial<Omit<EcsOptions, 'process'>> {
  readonly weather?: Partial<Weather>
  /** Between two reports of an engine. */
  readonly reportEvery?: Ms
}

const DELAY = [5, 40] as const

export function startCluster(
  seed: number,
  { weather, reportEvery, startUp = (n) => 20_000 + 1_000 * n, diesAfter = () => undefined }: ClusterOptions = {},
) {
  const world = new World(seed)
  const network = new Network(world, { delay: DELAY, ...weather })
  const bucket = new Bucket(world, network)
  const sendings: Sending[] = []
  const told: string[] = []
  const process: Process = (machine, { state }, ordersUrl, leave) =>
    work(
      { ordersUrl, version: VERSION, task: state.arn, cores: 1, onLifetime: () => {}, leave },
      {
        time: machine.time,
        mail: bucket.mailOf(machine),
        engine: virtualEngine(world, machine, sendings, reportEvery === undefined ? {} : { reportEvery }),
        random: world.chance.fork(),
        log: () => {},
      },
    )
  const ecs = new Ecs(world, network, { process, startUp, diesAfter })
  const machine = new Machine(world, 'coordinator', { skew: 60_000, drift: 20e-6 })
  const doors: CoordinatorDoors = {
    time: machine.time,
    objects: bucket.objectsOf(machine),
    tasks: ecs.tasksOf(machine),
    random: world.chance.fork(),
    tell: (message) => void told.push(message),
  }
  return { world, network, bucket, ecs, doors, sendings, told, machine }
}
