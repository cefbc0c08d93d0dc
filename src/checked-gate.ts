import { messageOf } from './errors.ts'
import { type GateDoors, type GateOutcome, gate } from './gate.ts'
import type { Job } from './github/job.ts'
import type { GateOptions } from './inputs.ts'
import { type OpenCheck, openCheck } from './publish/check-run.ts'
import { type CheckEnd, type CheckIdentity, checksOf } from './publish/checks.ts'
import { publishAll } from './publish/publish-all.ts'
import type { Publisher } from './publish/publisher.ts'
import { saveState } from './publish/runner.ts'

/** A check run that the post step ends if this process could not, where it finds it open. */
export interface LeftCheck extends CheckIdentity {
  readonly commit: string
  readonly end: CheckEnd
}

/** The gate of a job, with a check run that is open from before the load until there is a verdict, where one is wanted. */
export async function checkedGate(
  options: GateOptions,
  job: Job,
  { publishers, ...doors }: Omit<GateDoors, 'publisher'> & { readonly publishers: readonly Publisher[] },
): Promise<GateOutcome> {
  const { output, signal, commit } = doors
  const check = options.checkRun && commit !== undefined ? await opened(options, job, { ...doors, commit }) : undefined
  const publisher = publishAll(check ? [...publishers, check.publisher] : publishers)
  let failed: string | undefined
  try {
    return await gate(options, { ...doors, publisher })
  } catch (error) {
    failed = output.redact(messageOf(error))
    throw error
  } finally {
    const how = signal.aborted || failed === undefined ? 'cancelled' : { failed }
    const problem = await check?.end(how)
    if (problem !== undefined) output.warning(problem)
  }
}

async function opened(
  { profile, onInconclusive, githubToken }: GateOptions,
  { owner, repo, apiUrl, runId, attempt, url }: Job,
  { output, signal, commit }: Pick<GateDoors, 'output' | 'signal'> & { readonly commit: string },
): Promise<OpenCheck | undefined> {
  if (githubToken === undefined) return undefined
  const identity = { name: `Loadgate (${profile})`, key: `loadgate-${runId}.${attempt}` }
  const check = await openCheck(checksOf({ owner, repo }, commit, { token: githubToken, apiUrl }), {
    ...identity,
    url,
    onInconclusive,
    signal,
    onLeft: (end) => {
      const left: LeftCheck | undefined = end && { ...identity, commit, end }
      saveState('check', JSON.stringify(left ?? null))
    },
  })
  if (typeof check !== 'string') return check
  output.warning(check)
  return undefined
}
