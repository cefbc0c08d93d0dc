import type { ListedArtifact, RunFacts } from '../github/artifact-list.ts'

/** What an artifact is held to. */
export interface Ours {
  readonly repository: number
  readonly workflow: number
  /** Of the workflow's file. */
  readonly path: string
  /** The default branch, and the one that a pull request is for. */
  readonly branches: readonly string[]
  /** The run that asks. */
  readonly run: number
}

// None of these runs code of a pull request before somebody with write access has taken it in.
const EVENTS: readonly string[] = ['push', 'schedule', 'workflow_dispatch']

export const isTrustedEvent = (event: string) => EVENTS.includes(event)

// Anybody may open a pull request from a fork whose branch is called `main`, with a workflow that uploads an artifact of any
// name. So what the name, the branch and the list say is believed only together with what GitHub knows of the run.

/** Why an artifact is not ours, by what the list says; undefined when its run may be asked for. */
export function artifactRefusal({ run, digest }: ListedArtifact, ours: Ours): string | undefined {
  if (run === undefined) return 'its run is not known'
  if (run.repository !== ours.repository) return 'it is of another repository'
  if (run.headRepository !== ours.repository) return 'it was made from a fork'
  if (run.branch === undefined || !ours.branches.includes(run.branch)) return 'it was made on another branch'
  if (!/^sha256:[0-9a-f]{64}$/.test(digest ?? '')) return 'GitHub has no digest of it'
  return undefined
}

/** Why the run that made the artifact is not trusted; undefined when it is, but for its place in the history. */
export function runRefusal(run: RunFacts, artifact: ListedArtifact, ours: Ours): string | undefined {
  if (run.id !== artifact.run?.id || run.commit !== artifact.run.commit || run.branch !== artifact.run.branch)
    return 'its run is another one'
  if (run.repository !== ours.repository) return 'its run is of another repository'
  if (run.headRepository !== ours.repository) return 'its run was of a fork'
  if (!isTrustedEvent(run.event)) return `its run was started by ${run.event}`
  if (run.workflow !== ours.workflow || pathOf(run.path) !== pathOf(ours.path)) return 'it was made by another workflow'
  if (run.conclusion !== 'success' && run.id !== ours.run) return `its run has not succeeded`
  if (!isOfLatestAttempt(run, artifact)) return 'it was made by an earlier attempt of its run'
  return undefined
}

/** GitHub appends `@` and a ref to the path of some. */
const pathOf = (path: string) => path.replace(/@.*$/s, '')

// What a run concluded is what its latest attempt did. An artifact from before that one began came of another attempt, which
// may have failed.
function isOfLatestAttempt({ attempt, startedAt }: RunFacts, { createdAt }: ListedArtifact): boolean {
  if (attempt === 1) return true
  const [began, made] = [Date.parse(startedAt ?? ''), Date.parse(createdAt ?? '')]
  return made >= began
}
