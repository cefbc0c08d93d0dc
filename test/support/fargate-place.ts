// A target, and all of AWS that it takes to load it by the built worker.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ms } from '../../src/units.ts'
import { type Cloud, startCloud } from './aws/cloud.ts'
import { runProcess } from './aws/ecs/launch.ts'
import { type CountingServer, startCountingServer } from './counting-server.ts'
import { OWN_NETWORK, ownName } from './own-name.ts'

const TASK = join(import.meta.dirname, '..', '..', 'dist', 'task.js')
const BUCKET = 'loadgate-test'
const OUTPUTS = {
  Cluster: 'loadgate',
  TaskDefinition: 'loadgate-worker:1',
  Subnets: 'subnet-0123456789abcdef0',
  SecurityGroups: 'sg-0123456789abcdef0',
  Bucket: BUCKET,
  AssignPublicIp: 'ENABLED',
}

export interface FargatePlace extends AsyncDisposable {
  readonly cloud: Cloud
  readonly server: CountingServer
  /** By a name that is not this machine's own for Loadgate. */
  readonly target: string
  /** The ids of all runs that the bucket knows, in the order of their beginning. */
  runs(): readonly string[]
  /** Resolves when the target has got more requests than these. */
  sentMoreThan(requests: number): Promise<void>
  /** How many requests the target gets in a second. */
  sentInASecond(): Promise<number>
}

export const PLACE_FLAGS = ['--fargate-stack', 'load'] as const
/** Of those that send. */
export const SEND_FLAGS = ['--run-on', 'fargate', ...PLACE_FLAGS, '--allow-targets', OWN_NETWORK] as const
const SECOND: Ms = 1_000

/** @param env of all tasks, as their image has it */
export async function startFargatePlace(env: Readonly<Record<string, string>> = {}): Promise<FargatePlace> {
  const server = await startCountingServer((_, response) => void setTimeout(() => response.end('ok'), 5))
  const cloud = await startCloud({
    launch: ({ environment }) => runProcess(process.execPath, [TASK], { ...env, ...environment }),
    bucket: BUCKET,
    stacks: [{ name: 'load', outputs: OUTPUTS }],
    taskDefinitions: [
      {
        ...{ family: 'loadgate-worker', revision: 1, cpu: '1024', memory: '2048' },
        container: { name: 'loadgate', image: 'x/loadgate:0.1.0' },
      },
    ],
    delays: { provisioning: 50, pending: 50, activating: 50, deactivating: 50, deprovisioning: 50, unseen: 0 },
  })
  return {
    cloud,
    server,
    target: `http://${await ownName()}:${server.port}`,
    runs: () => [
      ...new Set(
        [...cloud.s3.objects.keys()].flatMap((key) => (key.startsWith('loadgate/') ? (key.split('/')[1] ?? []) : [])),
      ),
    ],
    async sentMoreThan(requests) {
      while (server.requests.length <= requests) await sleep(50)
    },
    async sentInASecond() {
      const before = server.requests.length
      await sleep(SECOND)
      return server.requests.length - before
    },
    async [Symbol.asyncDispose]() {
      await cloud.close()
      await server[Symbol.asyncDispose]()
    },
  }
}
