import { refusesFor } from '../allowed-targets.ts'
import { peakLevel } from '../plan/curve.ts'
import { type Group, groupsOf } from '../plan/groups.ts'
import { longestRequest } from '../plan/longest-request.ts'
import type { LoadPlan, Shard } from '../plan/plan.ts'
import { plainRequestsPerIteration } from '../plan/summarise-plan.ts'
import { connectionsEach, isTalk } from '../profile/beside.ts'
import type { EpochMs, Ms } from '../units.ts'
import { Agenda } from './agenda.ts'
import { type Clock, startSystemClock } from './clock.ts'
import { beginUsers } from './closed-model.ts'
import { Activity, type EngineRun } from './engine-run.ts'
import { HealthWatch } from './health/health-watch.ts'
import type { Protocol } from './http/connection.ts'
import { Connections } from './http/connections.ts'
import { credentialsOf } from './http/credentials.ts'
import { http1 } from './http/http1.ts'
import type { Transport, TransportOptions } from './http/transport.ts'
import { beginArrivals } from './open-model.ts'
import { takePrepared } from './prepare.ts'
import { requestSteps } from './scenario.ts'
import { ShardLedgers } from './shard-ledgers.ts'
import type { HealthRecord, ShardProgress, ShardResult } from './shard-result.ts'

export interface ShardOptions {
  /** On the clock `performance.timeOrigin + performance.now()`; shortly from now when left out. */
  readonly startAt?: EpochMs
  /** No new arrivals, requests under way are cancelled; what was measured is still returned, as not complete. */
  readonly signal?: AbortSignal
  /** About once a second, and once at the end. */
  readonly onProgress?: (progress: ShardProgress) => void
}

/** The engine's doors to the world. */
export interface EnginePorts {
  readonly startClock?: () => Promise<Clock>
  readonly openTransport?: (options: TransportOptions) => Transport | Promise<Transport>
}

/** Between the call and the start, so that the first arrivals do not find the engine still setting itself up. */
const LEAD: Ms = 20
/** What an iteration that is under way when the curve is spent may still begin. */
const GRACE: Ms = 1_000
const PROGRESS_EVERY: Ms = 1_000

/** Sends one shard's part of the load and measures it. A request that fails is data; this rejects for a plan that cannot be run. */
export async function runShard(
  shard: Shard,
  { startAt, signal, onProgress }: ShardOptions = {},
  { startClock = startSystemClock, openTransport = openNetwork }: EnginePorts = {},
): Promise<ShardResult> {
  const { plan, index, count } = shard
  const groups = groupsOf(plan)
  const { functions, scenarios } = await takePrepared(plan)
  const target = new URL(plan.target)
  const clock = await startClock()
  const transport = await openTransport(transportOptions(shard, target, clock))
  const epoch = clock.epoch() - clock.now()
  const start = startAt === undefined ? clock.now() + LEAD : startAt - epoch
  const ledgers = new ShardLedgers(plan, start, onProgress !== undefined)
  const run: EngineRun = {
    plan,
    worker: index,
    scenarios: scenarios[0]!,
    target,
    clock,
    agenda: new Agenda(clock),
    transport,
    ledger: ledgers.pages[0]!,
    start,
    lastStart: start + plan.duration + GRACE,
    activity: new Activity(),
  }

  const health = new HealthWatch()
  appoint(run, start + plan.measureFrom, () => {
    health.begin()
    functions?.time.begin(performance.now())
  })
  // Until the curve is spent, no longer: waiting for the last answers is rest.
  appoint(run, start + plan.duration, () => {
    health.end()
    functions?.time.end(performance.now())
  })
  const report = () => onProgress?.({ index, ...progressOf(run), ...ledgers.progress() })
  if (onProgress) repeat(run, start + PROGRESS_EVERY, report)
  if (hasEvents(plan)) appoint(run, run.lastStart, () => transport.endFeeds())
  const loads = groups.map((group, at) => ({
    group,
    run: { ...run, plan: group.plan, scenarios: scenarios[at]!, ledger: ledgers.pages[at]! },
  }))
  const complete = await runLoads(run, shard, loads, signal)
  report()

  const fitness = { ...health.end(), ...(functions && { functions: functions.time.end(performance.now()) }) }
  run.agenda.stop()
  await Promise.all([run.transport.close(), clock.stop()])
  return {
    index,
    count,
    planHash: plan.hash,
    startedAt: epoch + start,
    complete,
    ...ledgers.result(),
    health: { lateness: ledgers.lateness(), ...fitness, ...connectionHealth(run.transport) },
  }
}

interface Loading {
  readonly group: Group
  readonly run: EngineRun
}

/** Whether the plan was spent. */
async function runLoads(
  run: EngineRun,
  shard: Shard,
  loads: readonly Loading[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { activity, agenda } = run
  if (signal?.aborted) return false
  const stop = () => {
    activity.stop()
    agenda.stop()
    run.transport.cancel()
  }
  signal?.addEventListener('abort', stop, { once: true })
  // A source of its own: a group with nothing to send must not end the run before the next one has begun.
  activity.sourceBegins()
  for (const { group, run: own } of loads)
    if (group.plan.model === 'open') beginArrivals(own, shard, group)
    else beginUsers(own, shard, group)
  activity.sourceEnds()
  appoint(run, lastMoment(run), stop)
  await activity.over
  signal?.removeEventListener('abort', stop)
  return !activity.stopped
}

/** Everything has ended by itself before. */
function lastMoment({ lastStart, plan }: EngineRun): Ms {
  return lastStart + longestRequest(plan) + GRACE
}

// The libraries for HTTP/2 and for WebSockets take a tenth of the start, which those who do not use them need not wait for.
async function openNetwork(options: TransportOptions): Promise<Transport> {
  const protocol = await protocolFor(options)
  if (!options.talks) return new Connections(protocol, options)
  const { Conversations } = await import('./http/conversations.ts')
  return new Conversations(protocol, options)
}

async function protocolFor({ http, events }: TransportOptions): Promise<Protocol> {
  if (http === '2')
    return events ? (await import('./http/http2-events.ts')).http2Events() : (await import('./http/http2.ts')).http2()
  return events ? (await import('./http/http1-events.ts')).http1Events : http1
}

function transportOptions(shard: Shard, target: URL, { now }: Clock): TransportOptions {
  const cap = connectionShare(shard)
  const { http, verify, maxAge, maxRequests } = shard.plan.connections
  const { tls } = shard.plan
  const refuses = refusesFor(target, shard.plan.allowed)
  const talks = shard.plan.scenarios.some(({ steps }) => steps.some(isTalk))
  return {
    events: hasEvents(shard.plan),
    ...{ target, http, talks, verify, cap, maxAge, maxRequests, now, refuses },
    ahead: Math.min(cap, expectedInUse(shard, groupsOf(shard.plan))),
    ...(tls && target.protocol === 'https:' ? { credentials: credentialsOf(tls) } : {}),
  }
}

/** In the open model: as many as answers of 10 ms keep busy (Little's law). Who has one of their own opens it. */
function expectedInUse({ plan: { connections }, count }: Shard, groups: readonly Group[]): number {
  // undici connects for a request only.
  if (connections.http === '2') return 0
  const sharing = groups.filter(({ plan }) => plan.model === 'open' && plan.connections.use === 'shared')
  const rate = sharing.reduce((sum, { plan }) => sum + peakLevel(plan.curve) * plainRequestsPerIteration(plan), 0)
  return Math.ceil((rate * 0.01) / count)
}

/**
 * Striped like all else: the shares of all shards add up to the plan's cap, or to one each where that is more. Those that a
 * user has to itself are not parted: they would wait for each other for ever.
 */
function connectionShare({ plan, index, count }: Shard): number {
  const { limit } = plan.connections
  const own = groupsOf(plan).filter((group) => group.plan.connections.use === 'per-user')
  const each = Math.max(1, ...own.map((group) => connectionsEach(plan.connections, group.plan.scenarios)))
  const striped = (whole: number) => Math.floor(whole / count) + (index < whole % count ? 1 : 0)
  return Math.max(1, each * striped(Math.floor(limit / each)) + striped(limit % each))
}

function connectionHealth(transport: Transport): Pick<HealthRecord, 'connections' | 'staleRetries' | 'messages'> {
  const { staleRetries, messages, ...counts } = transport.stats
  return { connections: { ...counts, ...transport.handshakes() }, staleRetries, ...(messages && { messages }) }
}

function hasEvents(plan: LoadPlan): boolean {
  return requestSteps(plan).some(({ events }) => events !== undefined)
}

function progressOf({ clock, start, activity }: EngineRun): Pick<ShardProgress, 'elapsed' | 'active'> {
  return { elapsed: clock.now() - start, active: activity.iterations }
}

function appoint({ agenda }: EngineRun, due: Ms, onDue: () => void): void {
  agenda.add({ due, onDue, onStop: () => {} })
}

function repeat(run: EngineRun, due: Ms, onDue: () => void): void {
  appoint(run, due, () => {
    onDue()
    repeat(run, due + PROGRESS_EVERY, onDue)
  })
}
