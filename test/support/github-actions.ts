// The part of GitHub that knows of workflow runs, their artifacts and the history of commits; its storage is a server of
// its own, as GitHub's is. Every answer is held to GitHub's description by the contract in front of it.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, REPOSITORY, refusal } from './github-answers.ts'
import { GitHubContract, type Handler } from './github-contract.ts'
import { sample } from './github-sample.ts'

export const REPOSITORY_ID = 4242
export const WORKFLOW = { id: 77, path: '.github/workflows/performance.yml' } as const

/** A run as GitHub describes it. */
export interface MadeRun {
  readonly id: number
  readonly attempt: number
  readonly event: string
  readonly conclusion: string | null
  readonly branch: string | null
  readonly commit: string
  readonly repository: number
  readonly headRepository: number | null
  readonly workflow: number
  readonly path: string
  readonly startedAt: string
}

/** An artifact as GitHub lists it; where it repeats what its run is, it may say something else. */
export interface MadeArtifact {
  readonly id: number
  readonly name: string
  readonly zip: Buffer
  readonly digest: string | null
  readonly expired: boolean
  readonly createdAt: string
  readonly run: MadeRun
  readonly listedRun: Partial<MadeRun> | null
  /** What its storage does. */
  readonly storage: 'sound' | 'gone' | 'endless' | 'torn' | 'broken'
}

/** An open pull request, unless told. */
export interface MadePull {
  readonly number: number
  readonly state?: 'open' | 'closed'
  readonly headOwner: string
  readonly branch: string
  readonly commit: string
  readonly headRepository: number
  readonly repository?: number
}

export class GitHubActions {
  readonly runs = new Map<number, MadeRun>()
  readonly artifacts: MadeArtifact[] = []
  readonly pulls: MadePull[] = []
  /** Each commit's parents. */
  readonly parents = new Map<string, readonly string[]>()
  /** The last commit of each branch. */
  readonly heads = new Map<string, string>()
  /** Lists also what is merely called alike. */
  listsLoosely = false
  /** Requests that reached the storage with a token. */
  leaked = 0
  #contract: GitHubContract | undefined
  readonly #storage = createServer((request, response) => {
    if (request.headers.authorization) this.leaked++
    this.#serve(Number(/\d+/.exec(request.url ?? '')?.[0]), response)
  })

  static async start(): Promise<GitHubActions> {
    const actions = new GitHubActions()
    actions.#storage.listen(0, '127.0.0.1')
    await once(actions.#storage, 'listening')
    const tokens = {
      reader: { login: 'github-actions', kind: 'actions', write: true },
      blind: { login: 'blind', kind: 'app', write: false },
    } as const
    actions.#contract = await GitHubContract.start(tokens, { handlers: actions.#handlers() })
    return actions
  }

  get contract(): GitHubContract {
    if (!this.#contract) throw new Error('not started')
    return this.#contract
  }

  reset(): void {
    for (const kept of [this.runs, this.parents, this.heads]) kept.clear()
    this.artifacts.length = 0
    this.pulls.length = 0
    this.leaked = 0
    this.listsLoosely = false
    this.contract.reset()
  }

  async close(): Promise<void> {
    await this.contract.close()
    this.#storage.close()
    this.#storage.closeAllConnections()
    await once(this.#storage, 'close')
  }

  #handlers(): Readonly<Record<string, Handler>> {
    const seen =
      (handler: Handler): Handler =>
      (call) =>
        call.who.write ? handler(call) : refusal(403, 'Resource not accessible by integration')
    return {
      'repos/get': seen(() => ({
        status: 200,
        body: sample('full-repository', { id: REPOSITORY_ID, default_branch: 'main' }),
      })),
      'actions/list-artifacts-for-repo': seen(({ query }) => this.#list(query)),
      'actions/list-workflow-run-artifacts': seen(({ params, query }) =>
        this.#listOfRun(Number(params.run_id), Number(query.per_page ?? 30)),
      ),
      'pulls/list': seen(({ query }) => this.#listPulls(query)),
      'actions/get-workflow-run': seen(({ params }) => {
        const run = this.runs.get(Number(params.run_id))
        return run ? { status: 200, body: runBody(run) } : refusal(404, 'Not Found')
      }),
      'actions/download-artifact': seen(({ params }) => this.#download(Number(params.artifact_id))),
      'repos/compare-commits-with-basehead': seen(({ params }) => this.#compare(String(params.basehead))),
    }
  }

  #list({ name, per_page: perPage = '30', page = '1' }: Readonly<Record<string, string>>): Answer {
    const alike = (other: string) => other.toLowerCase().startsWith(`${name}`.toLowerCase())
    const isNamed = (other: string) => (this.listsLoosely ? alike(other) : other === name)
    const named = this.artifacts.filter((artifact) => isNamed(artifact.name)).reverse()
    const at = (Number(page) - 1) * Number(perPage)
    const artifacts = named.slice(at, at + Number(perPage)).map(artifactBody)
    return { status: 200, body: { total_count: named.length, artifacts } }
  }

  #listOfRun(id: number, size: number): Answer {
    const found = this.artifacts.filter(({ run }) => run.id === id)
    return { status: 200, body: { total_count: found.length, artifacts: found.slice(0, size).map(artifactBody) } }
  }

  #listPulls({ head, state = 'open' }: Readonly<Record<string, string>>): Answer {
    const found = this.pulls.filter(
      (pull) => `${pull.headOwner}:${pull.branch}` === head && [state, 'all'].includes(pull.state ?? 'open'),
    )
    return { status: 200, body: found.map(pullBody) }
  }

  #download(id: number): Answer {
    const artifact = this.artifacts.find((artifact) => artifact.id === id)
    if (!artifact) return refusal(404, 'Not Found')
    if (artifact.expired) return refusal(410, 'Artifact has expired')
    const { port } = this.#storage.address() as AddressInfo
    return { status: 302, headers: { location: `http://127.0.0.1:${port}/blob/${id}?sig=secret-signature` } }
  }

  #serve(id: number, response: ServerResponse): void {
    const { zip, storage } = this.artifacts.find((artifact) => artifact.id === id) ?? {
      zip: Buffer.alloc(0),
      storage: 'gone',
    }
    if (storage === 'gone') response.writeHead(404).end()
    else if (storage === 'broken') response.writeHead(500).end()
    else if (storage === 'torn') {
      response.writeHead(200, { 'content-length': zip.length })
      response.write(zip.subarray(0, zip.length / 2), () => response.socket?.destroy())
    } else if (storage === 'endless') {
      const part = Buffer.alloc(1_000_000)
      const more = () => {
        if (!response.destroyed) response.write(part, more)
      }
      more()
    } else response.end(zip)
  }

  #ancestors(commit: string): Set<string> {
    const found = new Set([commit])
    for (const at of found) for (const parent of this.parents.get(at) ?? []) found.add(parent)
    return found
  }

  #compare(basehead: string): Answer {
    const [base = '', head = ''] = basehead.split('...').map((name) => this.heads.get(name) ?? name)
    if (!this.parents.has(base) || !this.parents.has(head)) return refusal(404, 'Not Found')
    const [ours, theirs] = [this.#ancestors(base), this.#ancestors(head)]
    const ahead = theirs.difference(ours).size
    const behind = ours.difference(theirs).size
    const status = ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical'
    const counts = { status, ahead_by: ahead, behind_by: behind, total_commits: ahead }
    return { status: 200, body: sample('commit-comparison', counts) }
  }
}

function artifactBody({ id, name, zip, digest, expired, createdAt, run, listedRun }: MadeArtifact) {
  const said = { ...run, ...listedRun }
  return sample('artifact', {
    id,
    name,
    size_in_bytes: zip.length,
    expired,
    digest,
    created_at: createdAt,
    workflow_run:
      listedRun === null
        ? null
        : {
            id: said.id,
            repository_id: said.repository,
            ...(said.headRepository === null ? {} : { head_repository_id: said.headRepository }),
            ...(said.branch === null ? {} : { head_branch: said.branch }),
            head_sha: said.commit,
          },
  })
}

function pullBody({ number, state = 'open', headOwner, branch, commit, headRepository, repository }: MadePull) {
  const side = (id: number) => ({
    label: `${headOwner}:${branch}`,
    ref: branch,
    sha: commit,
    user: null,
    repo: sample('repository', { id, name: REPOSITORY.repo }),
  })
  return sample('pull-request-simple', {
    number,
    state,
    head: side(headRepository),
    base: side(repository ?? REPOSITORY_ID),
  })
}

function runBody(run: MadeRun) {
  const owner = (id: number) => (id === REPOSITORY_ID ? REPOSITORY.owner : `owner-${id}`)
  const repository = (id: number) =>
    sample('minimal-repository', {
      id,
      name: REPOSITORY.repo,
      full_name: `${owner(id)}/${REPOSITORY.repo}`,
      owner: { ...(sample('simple-user') as object), login: owner(id) },
    })
  return sample('workflow-run', {
    id: run.id,
    run_attempt: run.attempt,
    event: run.event,
    status: run.conclusion === null ? 'in_progress' : 'completed',
    conclusion: run.conclusion,
    head_branch: run.branch,
    head_sha: run.commit,
    repository: repository(run.repository),
    ...(run.headRepository === null ? {} : { head_repository: repository(run.headRepository) }),
    workflow_id: run.workflow,
    path: run.path,
    run_started_at: run.startedAt,
  })
}

export const digestOf = (zip: Buffer) => `sha256:${createHash('sha256').update(zip).digest('hex')}`
