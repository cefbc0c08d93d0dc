import { LoadgateError, messageOf } from '../errors.ts'
import { notOfRunner, type Variables, variable } from '../github/variables.ts'

/** What kind of run this is, as GitHub says. */
export type RunEvent =
  | PullRequestEvent
  | { readonly kind: 'push'; readonly defaultBranch: boolean }
  | { readonly kind: 'schedule' }
  /** `of` is the event of the run that this one follows. It has secrets, whoever caused that run. */
  | {
      readonly kind: 'workflow_run'
      readonly of: string
      /** That run, and the repository that this is; undefined where the event does not say. */
      readonly runId?: number | undefined
      readonly repository?: number | undefined
    }
  | { readonly kind: 'other'; readonly name: string }

export interface PullRequestEvent {
  readonly kind: 'pull_request'
  readonly number: number
  /** Undefined where the event has none. */
  readonly title: string | undefined
  readonly headSha: string
  /** Name of the branch it is to be merged into. */
  readonly baseBranch: string
  /** As the event has them: not checked. */
  readonly labels: unknown
  /** `pull_request_target`: secrets and a writing token, so code of the pull request must not run. */
  readonly privileged: boolean
}

/** Reads GITHUB_EVENT_NAME and the event's file; a missing or broken file is an error, not a guess. */
export async function readEvent(env: Variables, readFile: (path: string) => Promise<string>): Promise<RunEvent> {
  const name = variable(env, 'GITHUB_EVENT_NAME')
  const read = Object.hasOwn(EVENTS, name) ? EVENTS[name] : undefined
  if (!read) return { kind: 'other', name }
  const path = variable(env, 'GITHUB_EVENT_PATH')
  const payload = await payloadAt(path, readFile)
  return read({
    at: (...way) => way.reduce<unknown>(within, payload),
    fail: (way) => {
      throw notOfRunner(`${path} of the event "${name}" has no ${way}`)
    },
  })
}

/** Whether `save-baseline: auto` saves: only what runs on the default branch is what later runs are measured against. */
export function maySaveBaseline(event: RunEvent): boolean {
  return event.kind === 'schedule' || (event.kind === 'push' && event.defaultBranch)
}

/**
 * Refuses to go on where a pull request meets secrets and a token that may write: a profile's functions and the service
 * are code of whoever wrote the pull request.
 */
export function refusePrivileged(event: RunEvent): void {
  const name =
    event.kind === 'pull_request' && event.privileged
      ? 'pull_request_target'
      : event.kind === 'workflow_run' && event.of.startsWith('pull_request') && `workflow_run of ${event.of}`
  if (!name) return
  throw new LoadgateError('usage', `Loadgate does not run under ${name}: the profile's code would have the secrets`, {
    hint: 'Trigger the workflow by `pull_request`; for comments on those of forks see docs/forks.md.',
  })
}

interface Payload {
  at(...way: readonly string[]): unknown
  fail(way: string): never
}

const EVENTS: Readonly<Record<string, (payload: Payload) => RunEvent>> = {
  pull_request: (payload) => pullRequest(payload, false),
  pull_request_target: (payload) => pullRequest(payload, true),
  push: (payload) => ({
    kind: 'push',
    defaultBranch: text(payload, 'ref') === `refs/heads/${text(payload, 'repository', 'default_branch')}`,
  }),
  schedule: () => ({ kind: 'schedule' }),
  workflow_run: (payload) => ({
    kind: 'workflow_run',
    of: text(payload, 'workflow_run', 'event'),
    runId: idIn(payload.at('workflow_run', 'id')),
    repository: idIn(payload.at('repository', 'id')),
  }),
}

function pullRequest(payload: Payload, privileged: boolean): PullRequestEvent {
  return {
    kind: 'pull_request',
    number: whole(payload, 'pull_request', 'number'),
    title: lineIn(payload.at('pull_request', 'title')),
    headSha: text(payload, 'pull_request', 'head', 'sha'),
    baseBranch: text(payload, 'pull_request', 'base', 'ref'),
    labels: payload.at('pull_request', 'labels'),
    privileged,
  }
}

function idIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}

/** People write it: as much of it as a line of a report holds. */
function lineIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 500) : undefined
}

function text(payload: Payload, ...way: readonly string[]): string {
  const value = payload.at(...way)
  return typeof value === 'string' && value !== '' ? value : payload.fail(way.join('.'))
}

function whole(payload: Payload, ...way: readonly string[]): number {
  const value = payload.at(...way)
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : payload.fail(way.join('.'))
}

function within(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined
}

async function payloadAt(path: string, readFile: (path: string) => Promise<string>): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path))
  } catch (cause) {
    throw notOfRunner(`${path} is not the JSON of an event: ${messageOf(cause)}`, cause)
  }
}
