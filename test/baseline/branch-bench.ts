// A GitHub that somebody else wrote, with the semantics of git: emulate's, and before it GitHub's published description.
import { createEmulator, type Emulator } from 'emulate'
import { branchStore } from '../../src/baseline/branch-store.ts'
import { ancestryOnGitHub } from '../../src/github/ancestry.ts'
import { REPOSITORY } from '../support/github-answers.ts'
import { GitHubContract } from '../support/github-contract.ts'
import { hurried, type Vault } from './store-laws.ts'

const { owner: OWNER, repo: REPO } = REPOSITORY

interface Ref {
  readonly object: { readonly sha: string }
}
interface Commit {
  readonly sha: string
  readonly tree: { readonly sha: string }
  readonly parents: readonly { readonly sha: string }[]
}
export interface Tree {
  readonly sha: string
  readonly tree: readonly { readonly path: string; readonly sha: string }[]
}

/** Each has 5,000 requests an hour, as on GitHub. */
const WRITERS = 400

export class BranchBench {
  readonly contract: GitHubContract
  readonly #emulator: Emulator
  #branches = 0
  #opened = 0

  static async start(): Promise<BranchBench> {
    const emulator = await createEmulator({
      service: 'github',
      port: 0,
      seed: {
        tokens: { ...writers(WRITERS), stranger: { login: 'mallory', scopes: ['repo'] } },
        github: {
          users: [{ login: OWNER }, { login: 'mallory' }],
          repos: [{ owner: OWNER, name: REPO, auto_init: true }],
        },
      },
    })
    const writer = { login: OWNER, kind: 'user', write: true } as const
    const tokens = Object.fromEntries(Object.keys(writers(WRITERS)).map((token) => [token, writer]))
    return new BranchBench(emulator, await GitHubContract.start(tokens, { upstream: emulator.url }))
  }

  private constructor(emulator: Emulator, contract: GitHubContract) {
    this.#emulator = emulator
    this.contract = contract
  }

  async close(): Promise<void> {
    await this.contract.close()
    await this.#emulator.close()
  }

  open(
    branch: string,
    {
      token = `writer-${this.#opened++ % WRITERS}`,
      repo = REPO as string,
      key = 'loadgate',
      strict = false,
      waiting = hurried,
    } = {},
  ) {
    const access = { token, apiUrl: strict ? this.contract.url : this.#emulator.url }
    const ancestry = ancestryOnGitHub({ owner: OWNER, repo }, access)
    return branchStore({ owner: OWNER, repo, branch, key }, { access, ancestry }, waiting)
  }

  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { authorization: 'Bearer writer-0', 'content-type': 'application/json' }
    const address = `${this.#emulator.url}/repos/${OWNER}/${REPO}/git/${path}`
    const answer = await fetch(address, { method, headers, body: body ? JSON.stringify(body) : null })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }

  async head(branch: string): Promise<Commit> {
    const { object } = await this.api<Ref>('GET', `ref/heads/${branch}`)
    return this.api<Commit>('GET', `commits/${object.sha}`)
  }

  async tree(branch: string): Promise<Tree['tree']> {
    return (await this.api<Tree>('GET', `trees/${(await this.head(branch)).tree.sha}`)).tree
  }

  /** The branch has this one file from now on. */
  async commit(
    branch: string,
    { path = 'loadgate.json', content = '', parents = [] as readonly string[] } = {},
  ): Promise<string> {
    const bytes = Buffer.from(content, 'latin1').toString('base64')
    const blob = await this.api<{ sha: string }>('POST', 'blobs', { content: bytes, encoding: 'base64' })
    const file = { path, mode: '100644', type: 'blob', sha: blob.sha }
    const tree = await this.api<Tree>('POST', 'trees', { tree: [file] })
    // Another message each time, since two commits of one content in one second are one commit.
    const message = `change ${Math.random()}`
    const { sha } = await this.api<Commit>('POST', 'commits', { message, tree: tree.sha, parents })
    await this.api('POST', 'refs', { ref: `refs/heads/${branch}`, sha }).catch(() =>
      this.api('PATCH', `refs/heads/${branch}`, { sha, force: true }),
    )
    return sha
  }

  vault(): Vault {
    const branch = `loadgate/baselines-${++this.#branches}`
    return {
      open: () => this.open(branch),
      bytes: async () => {
        const sha = (await this.tree(branch)).find(({ path }) => path === 'loadgate.json')?.sha
        return Buffer.from((await this.api<{ content: string }>('GET', `blobs/${sha}`)).content, 'base64')
      },
      fill: async (bytes) => void (await this.commit(branch, { content: bytes.toString('latin1') })),
    }
  }
}

function writers(count: number): Record<string, { login: string; scopes: string[] }> {
  const names = Array.from({ length: count }, (_, n) => `writer-${n}`)
  return Object.fromEntries(names.map((name) => [name, { login: OWNER, scopes: ['repo'] }]))
}
