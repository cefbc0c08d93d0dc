// All of a run on Fargate but AWS: the built command line, and a real process for each task, with AWS's stand-in between them.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ms } from '../../src/units.ts'
import { type Cloud, startCloud } from '../support/aws/cloud.ts'
import type { TaskDefinition } from '../support/aws/ecs/clusters.ts'
import { runProcess } from '../support/aws/ecs/launch.ts'
import { type CountingServer, startCountingServer } from '../support/counting-server.ts'
import { OWN_NETWORK, ownName } from '../support/own-name.ts'
import { type RunningCli, startCli, workspace } from '../support/run-cli.ts'

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
const WORKER: TaskDefinition = {
  family: 'loadgate-worker',
  revision: 1,
  cpu: '1024',
  memory: '2048',
  container: { name: 'loadgate', image: 'x/loadgate:0.1.0' },
}

export interface Load {
  readonly workers: number
  /** Requests per second, of all of them. */
  readonly rate: number
  readonly seconds: number
}

/** Moments on this process's clock. */
export interface WorkerProcess {
  readonly bornAt: Ms
  readonly diedAt: Ms | undefined
}

export interface Fargate extends AsyncDisposable {
  readonly cloud: Cloud
  /** The target. */
  readonly server: CountingServer
  readonly workers: readonly WorkerProcess[]
  /** `loadgate run`, which is killed when it has not ended within `limit`. */
  run(load: Load, limit: Ms): RunningCli
  /** Resolves when every task has stopped, or the time is up. */
  settled(limit: Ms): Promise<void>
}

/** @param provisioning how long each task takes before its process begins */
export async function startFargate(provisioning: Ms): Promise<Fargate> {
  const place = workspace()
  const server = await startCountingServer()
  const target = `http://${await ownName()}:${server.port}`
  const workers: { bornAt: Ms; diedAt: Ms | undefined }[] = []
  const cloud = await startCloud({
    launch: ({ environment }) => {
      const worker: (typeof workers)[number] = { bornAt: performance.now(), diedAt: undefined }
      workers.push(worker)
      const running = runProcess(process.execPath, [TASK], environment)
      void running.ended.then(() => {
        worker.diedAt = performance.now()
      })
      return running
    },
    bucket: BUCKET,
    stacks: [{ name: 'load', outputs: OUTPUTS }],
    taskDefinitions: [WORKER],
    delays: { provisioning, pending: 50, activating: 50, deactivating: 50, deprovisioning: 50, unseen: 500 },
  })
  return {
    cloud,
    server,
    workers,
    run({ workers: count, rate, seconds }, limit) {
      const profile = {
        name: 'large',
        target,
        load: { rate: `${rate}/s`, for: `${seconds}s` },
        scenarios: [{ name: 'shop', steps: [{ get: '/' }] }],
        budgets: ['errors < 50 %'],
      }
      writeFileSync(place.at('loadgate.yml'), JSON.stringify(profile))
      const there = ['--run-on', 'fargate', '--fargate-stack', 'load', '--fargate-workers', String(count)]
      const flags = [...there, '--allow-targets', OWN_NETWORK]
      return startCli(['run', ...flags], { cwd: place.path, env: cloud.env, limit })
    },
    async settled(limit) {
      const until = performance.now() + limit
      while (cloud.ecs.started.some(({ task }) => task.status !== 'STOPPED') && performance.now() < until)
        await sleep(100)
    },
    async [Symbol.asyncDispose]() {
      await cloud.close()
      await server[Symbol.asyncDispose]()
      place[Symbol.dispose]()
    },
  }
}
