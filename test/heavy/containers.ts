// The worker's image and its containers, by the podman that PODMAN names, held as the stack's task definition says.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Launch, type Running, runProcess } from '../support/aws/ecs/launch.ts'
import { idOf } from '../support/aws/ecs/task-answer.ts'
import type { ContainerDefinition } from '../support/aws/made-stack.ts'

const PODMAN = process.env.PODMAN ?? ''
export const REPOSITORY = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

export async function podman(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(PODMAN, args, { timeout: 60_000 })
  return stdout.trim()
}

/** Builds infra/worker.Dockerfile; resolves to the image's name with its digest. `place` has the `dist` that is put in. */
export async function buildWorker(name: string, place = REPOSITORY): Promise<string> {
  const file = join(REPOSITORY, 'infra', 'worker.Dockerfile')
  await podman('build', '--quiet', '--pull=never', '--file', file, '--tag', name, place)
  return `${name}@${await podman('image', 'inspect', '--format', '{{.Digest}}', name)}`
}

export const nameOf = (taskArn: string): string => `worker-${idOf(taskArn)}`

/** As ECS would on Fargate, but on this machine's network. */
export function launchHeld({ User, ReadonlyRootFilesystem, LinuxParameters, Privileged }: ContainerDefinition): Launch {
  const held = [
    ...['--user', User, `--privileged=${Privileged}`, `--init=${LinuxParameters.InitProcessEnabled}`],
    // podman would give it file systems in memory to write to, which ECS does not.
    ...[`--read-only=${ReadonlyRootFilesystem}`, '--read-only-tmpfs=false'],
    ...LinuxParameters.Capabilities.Drop.flatMap((name) => ['--cap-drop', name]),
  ]
  return ({ taskArn, image, command, environment, cpu, memory }) => {
    const name = nameOf(taskArn)
    const size = ['--cpus', String(cpu / 1024), '--memory', `${memory}m`]
    const given = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`])
    const how = ['--rm', '--pull=never', '--network=host', '--log-driver=none', '--name', name]
    return asContainer(
      name,
      runProcess(PODMAN, ['run', ...how, ...held, ...size, ...given, byDigest(image), ...command], {}),
    )
  }
}

// It takes a tag or a digest, and not both.
const byDigest = (image: string) => image.replace(/:[^:@/]+@/, '@')

// Of podman itself: there is no container.
const NOT_STARTED = 125

/** Signals reach the container, and not only the process that waits for it. */
function asContainer(name: string, waiting: Running): Running {
  return {
    ...waiting,
    ended: waiting.ended.then((code) => (code === NOT_STARTED ? undefined : code)),
    signal: (signal) => podman('kill', '--signal', signal, name).catch(() => waiting.signal(signal)),
  }
}

export interface Held {
  /** Of each of its processes. */
  readonly users: readonly string[]
  /** That its processes have, or may come to have. */
  readonly capabilities: readonly string[]
  readonly writable: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly fromOutside: readonly string[]
}

/** What the kernel says of a container that runs. */
export async function holdOf(taskArn: string): Promise<Held> {
  const [{ State, Mounts }] = JSON.parse(await podman('inspect', nameOf(taskArn)))
  const first = Number(State.Pid)
  const pids = [first, ...childrenOf(first)]
  const status = pids.flatMap((pid) => readFileSync(`/proc/${pid}/status`, 'utf8').split('\n'))
  const lines = (name: string) =>
    status.filter((line) => line.startsWith(name)).map((line) => line.replaceAll('\t', ' '))
  return {
    users: [...new Set([...lines('Uid:'), ...lines('Gid:')])],
    capabilities: [...new Set(lines('Cap'))],
    writable: writableIn(first),
    environment: environmentOf(pids.at(-1)!),
    fromOutside: Mounts.map(({ Source }: { Source: string }) => Source),
  }
}

function childrenOf(pid: number): readonly number[] {
  const found = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return found === '' ? [] : found.split(' ').map(Number)
}

function environmentOf(pid: number): Record<string, string> {
  const pairs = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
}

/** Where something may be written, but for devices and what the kernel shows of itself. */
function writableIn(pid: number): readonly string[] {
  const mounts = readFileSync(`/proc/${pid}/mounts`, 'utf8').trim().split('\n')
  return mounts
    .map((line) => line.split(' '))
    .filter(([, path = '', , how = '']) => how.split(',').includes('rw') && !/^\/(?:dev|proc|sys)(?:\/|$)/.test(path))
    .map(([, path = '']) => path)
}
