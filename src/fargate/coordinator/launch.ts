import { LoadgateError } from '../../errors.ts'
import { counted, type Ms } from '../../units.ts'
import { VERSION } from '../../version.ts'
import { Refused, type RunAnswer } from '../doors.ts'
import { lifetimeOf } from '../lifetime.ts'
import { keysOf, type Orders, PROTOCOL, type Slot } from '../protocol.ts'
import { explainFailure } from './failures.ts'
import { eachOf, insist } from './insist.ts'
import type { CoordinatorDoors, FargateJob } from './job.ts'
import { pacer, type Rate } from './pace.ts'
import type { Batch, Roster, Seat } from './roster.ts'
import type { PackedPlan } from './summary.ts'
import { READY_WITHIN } from './times.ts'

// Fargate starts 100 tasks at once and 20 more each second, and RunTask may be called 20 times a second: a little is left to
// others of the same account. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/throttling.html
const TASKS: Rate = { burst: 90, perSecond: 18 }
const CALLS: Rate = { burst: 15, perSecond: 15 }
/** A signature by a session's credentials is good for no longer, whatever it says. */
const LONGEST_SIGNATURE: Ms = 7 * 24 * 3_600_000
const ASK_WITHIN: Ms = 60_000
const FIRST_PAUSE: Ms = 5_000
const LONGEST_PAUSE: Ms = 30_000
const SIGNED_AT_ONCE = 20
/** It is a computation, unless the credentials have to be fetched anew. */
const SIGN_WITHIN: Ms = 5_000

/** Starts what is short, as far as ECS gives it. */
export interface Launcher {
  /** Asks for so many tasks of each batch as it needs. Throws what waiting would not change, when nothing more is asked for. */
  fill(signal?: AbortSignal): Promise<void>
  /** Why the last tasks that were asked for did not start; undefined when all did. */
  readonly trouble: string | undefined
}

export function launcher(job: FargateJob, plan: PackedPlan, roster: Roster, doors: CoordinatorDoors): Launcher {
  const { time, tasks, random, tell } = doors
  const addresses = new Map<number, string>()
  const paceTasks = pacer(time, TASKS)
  const paceCalls = pacer(time, CALLS)
  let trouble: string | undefined
  let pause = FIRST_PAUSE
  let notBefore = Number.NEGATIVE_INFINITY

  const ask = async (batch: Batch, signal: AbortSignal | undefined): Promise<RunAnswer> => {
    const request = batch.asked ?? {
      token: `${job.runId}-${batch.number}-${batch.answers}`,
      count: roster.gapOf(batch),
    }
    const { token, count } = request
    const address = addresses.get(batch.number) ?? (await postOrders(job, plan, batch, doors, signal))
    addresses.set(batch.number, address)
    await paceTasks(count, signal)
    const call = async () => {
      await paceCalls(1, signal)
      batch.asked = request
      const answer = await tasks.run({
        ...{ count, token, runId: job.runId, cpu: job.cpu, memory: job.memory, spot: job.spot, tags: job.tags },
        environment: { LOADGATE_ORDERS: address },
      })
      // Here, so that even an answer that nobody waits for any more is not lost.
      roster.started(batch, answer.arns, time.now())
      return answer
    }
    const answer = await insist(doors, call, { within: ASK_WITHIN, signal })
    batch.asked = undefined
    batch.answers++
    return answer
  }

  /** Answers why some did not start, where that may pass. */
  const startWhatIsShort = async (batch: Batch, signal: AbortSignal): Promise<readonly string[]> => {
    const failures = await ask(batch, signal).then(
      (answer) => answer.failures,
      (error) => {
        signal.throwIfAborted()
        if (!(error instanceof LoadgateError) || error instanceof Refused) throw error
        return [error.message]
      },
    )
    const { message, hint, passes } = explainFailure(failures[0] ?? '')
    if (failures.length === 0 || passes) return failures
    throw new LoadgateError('infrastructure', `Workers could not be started: ${message}`, { hint })
  }

  /** All at once. When one throws, the others ask for nothing more: clean-up would make room for what they ask for. */
  const startAll = async (batches: readonly Batch[], signal: AbortSignal | undefined): Promise<readonly string[]> => {
    const over = new AbortController()
    const both = AbortSignal.any([over.signal, ...(signal ? [signal] : [])])
    const failures: string[] = []
    const start = async (batch: Batch) => failures.push(...(await startWhatIsShort(batch, both)))
    await Promise.allSettled(batches.map((batch) => start(batch).catch((error) => over.abort(error))))
    both.throwIfAborted()
    return failures
  }

  return {
    get trouble() {
      return trouble
    },
    async fill(signal) {
      const short = roster.batches.filter((batch) => batch.asked !== undefined || roster.gapOf(batch) > 0)
      if (short.length === 0 || time.now() < notBefore) return
      const failures = await startAll(short, signal)
      if (failures.length === 0) {
        trouble = undefined
        pause = FIRST_PAUSE
        return
      }
      const { message } = explainFailure(failures[0]!)
      trouble = message
      tell(`${counted(failures.length, 'task')} did not start: ${message}.`)
      notBefore = time.now() + pause * (0.5 + random() / 2)
      pause = Math.min(2 * pause, LONGEST_PAUSE)
    },
  }
}

/** Writes what the tasks of a batch are told, and resolves to the address where they read it. */
async function postOrders(
  job: FargateJob,
  { sha256 }: PackedPlan,
  { number, seats }: Batch,
  doors: CoordinatorDoors,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { objects } = doors
  const keys = keysOf(job.runId)
  const lifetime = lifetimeOf(job)
  const expiresIn = Math.min(LONGEST_SIGNATURE, lifetime + READY_WITHIN)
  const sign = (method: 'GET' | 'PUT', key: string, once = false) =>
    insist(doors, () => objects.sign({ method, key, expiresIn, ...(once && { once }) }), {
      within: ASK_WITHIN,
      each: SIGN_WITHIN,
      signal,
    })
  const slots: Slot[] = []
  await eachOf(seats, SIGNED_AT_ONCE, async ({ index, generation }: Seat) => {
    slots.push({
      index,
      generation,
      claimUrl: await sign('PUT', keys.claim(index, generation), true),
      claimedUrl: await sign('GET', keys.claim(index, generation)),
      progressUrl: await sign('PUT', keys.progress(index, generation)),
      resultUrl: await sign('PUT', keys.result(index, generation), true),
    })
  })
  const orders: Orders = {
    kind: 'loadgate-orders',
    protocol: PROTOCOL,
    version: VERSION,
    runId: job.runId,
    plan: { url: await sign('GET', keys.plan), sha256 },
    controlUrl: await sign('GET', keys.control),
    count: job.count,
    slots: slots.sort((a, b) => a.index - b.index),
    lifetime,
  }
  await insist(doors, () => objects.put(keys.orders(number), JSON.stringify(orders)), { within: ASK_WITHIN, signal })
  return await sign('GET', keys.orders(number))
}
