// One client under load, in one window: what it cost and what it sent, neither by its own word.
import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ShardResult } from '../src/engine/shard-result.ts'
import type { LoadPlan } from '../src/plan/plan.ts'
import type { Ms } from '../src/units.ts'
import { cpuTime, memory } from './cpu-time.ts'
import { CLIENT_CORE, nextMessage, type Program, script, start, stop } from './pinned.ts'
import type { Server } from './server.ts'

/** From the first requests on; in it are what starts, what is compiled and what is opened. */
const WARM_UP: Ms = 1_000
const WINDOW: Ms = 3_000
/** What an engine's plan must last to be there for all of it, with a margin. */
export const LONG_ENOUGH = 6
const FIRST_REQUESTS = 20
const PATIENCE: Ms = 20_000

export interface Window {
  readonly requests: number
  /** CPU time per request in µs, of the client's whole process tree; requests as counted at the server. */
  readonly cost: number
  /** The kernel's part of it. */
  readonly system: number
  /** Of one core. */
  readonly core: number
  /** Share of the time in which it could have run and did not: near 0 on a quiet machine. */
  readonly waited: number
  /** Resident, in MB, at the end. */
  readonly memory: number
}

/** A client that sends until it is ended. */
export async function runClient(program: Program, server: Server): Promise<Window> {
  const before = await server.requests()
  const client = start(CLIENT_CORE, program)
  try {
    return await observe(client, server, before)
  } finally {
    await stop(client)
    await settled(server)
  }
}

/** The engine, whose count must be the server's to the last request. */
export async function runEngine(plan: LoadPlan, server: Server): Promise<{ window: Window; result: ShardResult }> {
  const before = await server.requests()
  const client = start(CLIENT_CORE, script('engine-client.ts', JSON.stringify(plan)))
  try {
    const ended = nextMessage<ShardResult>(client)
    ended.catch(() => {})
    const window = await observe(client, server, before)
    const result = await ended
    const seen = (await settled(server)) - before
    const sent =
      result.warmUp.sent + result.steps.reduce((sum, step) => sum + step.sent, 0) + result.health.staleRetries
    const failed = result.warmUp.failed + result.steps.reduce((sum, step) => sum + step.failed, 0)
    if (seen !== sent || failed > 0 || !result.complete)
      throw new Error(`the engine counts ${sent} requests, ${failed} of them failed; the server counts ${seen}`)
    return { window, result }
  } finally {
    await stop(client)
  }
}

async function observe(client: ChildProcess, server: Server, before: number): Promise<Window> {
  const { pid } = client
  if (pid === undefined) throw new Error(`${client.spawnfile} cannot be started`)
  const begun = performance.now()
  while ((await server.requests()) - before < FIRST_REQUESTS) {
    if (performance.now() - begun > PATIENCE) throw new Error(`no requests from ${client.spawnargs.join(' ')}`)
    await sleep(20)
  }
  await sleep(WARM_UP)
  const first = await reading(pid, server)
  await sleep(WINDOW)
  if (client.exitCode !== null) throw new Error(`${client.spawnargs.join(' ')} ended before its window did`)
  const last = await reading(pid, server)
  const requests = last.requests - first.requests
  const [user, system] = [last.user - first.user, last.system - first.system]
  return {
    requests,
    cost: (user + system) / requests,
    system: system / requests,
    core: (user + system) / 1000 / (last.at - first.at),
    waited: (last.waited - first.waited) / 1000 / (last.at - first.at),
    memory: memory(pid),
  }
}

async function reading(pid: number, server: Server) {
  return { at: performance.now(), ...cpuTime(pid), requests: await server.requests() }
}

/** The count once nothing comes any more. */
async function settled(server: Server): Promise<number> {
  for (let tries = 0, last = -1; tries < 50; tries++) {
    const requests = await server.requests()
    if (requests === last) return requests
    last = requests
    await sleep(50)
  }
  throw new Error('the server is asked by somebody else')
}
