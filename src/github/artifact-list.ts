import { amount, count, list, optional, type Reader, record, text, truth, where, whole } from '../reader.ts'
import { ask } from './ask.ts'
import { type GitHub, type Repository, withinAll } from './client.ts'
import type { Retrying } from './retry.ts'

/** An artifact as GitHub lists it. What GitHub leaves out is undefined. */
export interface ListedArtifact {
  readonly id: number
  readonly name: string
  readonly size: number
  readonly expired: boolean
  readonly createdAt: string | undefined
  /** `sha256:…` */
  readonly digest: string | undefined
  readonly run:
    | {
        readonly id: number
        readonly repository: number | undefined
        readonly headRepository: number | undefined
        readonly branch: string | undefined
        readonly commit: string | undefined
      }
    | undefined
}

/** A workflow run as GitHub describes it, its latest attempt. */
export interface RunFacts {
  readonly id: number
  readonly attempt: number
  readonly event: string
  readonly conclusion: string | undefined
  readonly branch: string | undefined
  readonly commit: string
  readonly repository: number
  readonly headRepository: number | undefined
  /** Of the repository that the commit is in: a fork's, or this one's. */
  readonly headOwner: string | undefined
  readonly headName: string | undefined
  readonly workflow: number
  /** Of the workflow's file. */
  readonly path: string
  /** When the latest attempt began. */
  readonly startedAt: string | undefined
}

const PAGE = 100
/** Pages of one name. Beyond them lie artifacts that newer ones have merged long ago. */
const PAGES = 5

const nullable =
  <T>(read: Reader<T>): Reader<T | undefined> =>
  (value, place) =>
    optional(read)(value ?? undefined, place)

const listedRun = record({
  id: count,
  repository_id: optional(count),
  head_repository_id: optional(count),
  head_branch: nullable(text),
  head_sha: optional(text),
})
const artifactRecord = record({
  id: where(whole, (id) => id > 0, 'an id'),
  name: text,
  size_in_bytes: amount,
  expired: truth,
  created_at: nullable(text),
  digest: nullable(text),
  workflow_run: nullable(listedRun),
})
const page = record({ artifacts: list(artifactRecord, PAGE) })
const workflowRun = record({
  id: count,
  run_attempt: optional(count),
  event: text,
  conclusion: nullable(text),
  head_branch: nullable(text),
  head_sha: text,
  repository: record({ id: count }),
  head_repository: nullable(record({ id: count, full_name: optional(text), owner: nullable(record({ login: text })) })),
  workflow_id: count,
  path: text,
  run_started_at: optional(text),
})

/** All artifacts of the repository with exactly this name, newest first. */
export async function listArtifacts(
  { rest }: GitHub,
  { owner, repo }: Repository,
  name: string,
  retrying: Retrying,
): Promise<readonly ListedArtifact[]> {
  const found: ListedArtifact[] = []
  for (let number = 1; number <= PAGES; number++) {
    const call = () =>
      rest.actions.listArtifactsForRepo({ owner, repo, name, per_page: PAGE, page: number, ...withinAll(retrying) })
    const { artifacts } = await ask('the list of artifacts', call, page, retrying)
    found.push(...artifacts.map(listed))
    if (artifacts.length < PAGE) break
  }
  return found
}

/** Artifacts of one run, newest first, as many as a page has. */
export async function artifactsOfRun(
  { rest }: GitHub,
  { owner, repo }: Repository,
  id: number,
  retrying: Retrying,
): Promise<readonly ListedArtifact[]> {
  const call = () =>
    rest.actions.listWorkflowRunArtifacts({ owner, repo, run_id: id, per_page: PAGE, ...withinAll(retrying) })
  const { artifacts } = await ask('the list of artifacts', call, page, retrying)
  return artifacts.map(listed).sort((a, b) => b.id - a.id)
}

export async function runFacts(
  { rest }: GitHub,
  { owner, repo }: Repository,
  id: number,
  retrying: Retrying,
): Promise<RunFacts> {
  const call = () =>
    rest.actions.getWorkflowRun({ owner, repo, run_id: id, exclude_pull_requests: true, ...withinAll(retrying) })
  const run = await ask('a workflow run', call, workflowRun, retrying)
  return {
    id: run.id,
    attempt: run.run_attempt ?? 1,
    event: run.event,
    conclusion: run.conclusion,
    branch: run.head_branch,
    commit: run.head_sha,
    repository: run.repository.id,
    headRepository: run.head_repository?.id,
    headOwner: run.head_repository?.owner?.login,
    headName: run.head_repository?.full_name,
    workflow: run.workflow_id,
    path: run.path,
    startedAt: run.run_started_at,
  }
}

/** The branch that pull requests are for unless they say otherwise. */
export async function defaultBranch(
  { rest }: GitHub,
  { owner, repo }: Repository,
  retrying: Retrying,
): Promise<string> {
  const call = () => rest.repos.get({ owner, repo, ...withinAll(retrying) })
  return (await ask('the repository', call, record({ default_branch: text }), retrying)).default_branch
}

function listed({ workflow_run: run, ...artifact }: ReturnType<typeof artifactRecord>): ListedArtifact {
  return {
    id: artifact.id,
    name: artifact.name,
    size: artifact.size_in_bytes,
    expired: artifact.expired,
    createdAt: artifact.created_at,
    digest: artifact.digest,
    run: run && {
      id: run.id,
      repository: run.repository_id,
      headRepository: run.head_repository_id,
      branch: run.head_branch,
      commit: run.head_sha,
    },
  }
}
