// A repository with a history, its workflow runs and their artifacts, and the real client that uploads more of them.
import { AsyncLocalStorage } from 'node:async_hooks'
import { artifactStore } from '../../src/baseline/artifact-store.ts'
import type { BaselineRun } from '../../src/baseline/baseline.ts'
import { encodeRuns } from '../../src/baseline/file-format.ts'
import { ancestryOnGitHub } from '../../src/github/ancestry.ts'
import type { Waiting } from '../../src/github/retry.ts'
import { ArtifactService } from '../support/artifact-service.ts'
import {
  digestOf,
  GitHubActions,
  type MadeArtifact,
  type MadeRun,
  REPOSITORY_ID,
  WORKFLOW,
} from '../support/github-actions.ts'
import { REPOSITORY } from '../support/github-answers.ts'
import { type ZipEntry, zipOf } from '../support/zips.ts'
import { hurried } from './store-laws.ts'

export const NAME = 'loadgate-baseline-shop-12345678'

/** main: first ─ second ─ third ─ fourth; aside left it after the first. */
export const COMMITS = {
  first: '1'.repeat(40),
  second: '2'.repeat(40),
  third: '3'.repeat(40),
  fourth: '4'.repeat(40),
  aside: 'a'.repeat(40),
} as const

export class ArtifactBench {
  readonly actions: GitHubActions
  readonly uploads: ArtifactService
  readonly #writer = new AsyncLocalStorage<number>()
  #ids = 0

  static async start(): Promise<ArtifactBench> {
    return new ArtifactBench(await GitHubActions.start(), await ArtifactService.start())
  }

  private constructor(actions: GitHubActions, uploads: ArtifactService) {
    this.actions = actions
    this.uploads = uploads
    uploads.onStored = ({ run, name, zip }) => {
      const made = actions.runs.get(Number(run))
      if (made) this.addArtifact(made, { name, zip })
    }
    // The library takes the token of its run from the environment, of which this process has one for all the runs in it.
    Object.defineProperty(process.env, 'ACTIONS_RUNTIME_TOKEN', {
      get: () => uploads.envOf(String(this.#writer.getStore())).ACTIONS_RUNTIME_TOKEN,
    })
    Object.assign(process.env, { ACTIONS_RESULTS_URL: uploads.url, GITHUB_SERVER_URL: 'https://github.com' })
    this.reset()
  }

  reset(): void {
    this.actions.reset()
    this.uploads.reset()
    this.#ids = 1_000
    const { first, second, third, fourth, aside } = COMMITS
    const history: readonly (readonly [string, readonly string[]])[] = [
      [first, []],
      [second, [first]],
      [third, [second]],
      [fourth, [third]],
      [aside, [first]],
    ]
    for (const [commit, parents] of history) this.actions.parents.set(commit, parents)
    this.actions.heads.set('main', fourth)
  }

  async close(): Promise<void> {
    await this.actions.close()
    await this.uploads.close()
  }

  /** A push to main that succeeded, unless told. */
  addRun(fields: Partial<MadeRun> = {}): MadeRun {
    const run: MadeRun = {
      id: this.#ids++,
      attempt: 1,
      event: 'push',
      conclusion: 'success',
      branch: 'main',
      commit: COMMITS.second,
      repository: REPOSITORY_ID,
      headRepository: REPOSITORY_ID,
      workflow: WORKFLOW.id,
      path: WORKFLOW.path,
      startedAt: '2026-01-01T00:00:00Z',
      ...fields,
    }
    this.actions.runs.set(run.id, run)
    return run
  }

  addArtifact(run: MadeRun, fields: Partial<MadeArtifact> = {}): MadeArtifact {
    const { zip = zipped([]) } = fields
    const artifact: MadeArtifact = {
      id: this.#ids++,
      name: NAME,
      digest: digestOf(zip),
      expired: false,
      createdAt: '2026-01-01T00:10:00Z',
      run,
      listedRun: {},
      storage: 'sound',
      ...fields,
      zip,
    }
    this.actions.artifacts.push(artifact)
    return artifact
  }

  /** The store as a job on a pull request for main has it, or as the given run has it. */
  open(run = this.#pullRequest(), token = 'reader', waiting: Waiting = hurried) {
    const access = { token, apiUrl: this.actions.contract.url }
    const onPull = run.event.startsWith('pull_request')
    const here = { branch: onPull ? undefined : (run.branch ?? undefined), base: onPull ? 'main' : undefined }
    const place = { ...REPOSITORY, name: NAME, run: { ...run, ...here } }
    const ancestry = ancestryOnGitHub(REPOSITORY, access)
    const store = artifactStore(place, { access, ancestry, env: this.uploads.envOf(String(run.id)) }, waiting)
    return { ...store, append: (kept: BaselineRun) => this.#writer.run(run.id, () => store.append(kept)) }
  }

  #pullRequest(): MadeRun {
    return this.addRun({ event: 'pull_request', branch: 'feature', commit: 'e'.repeat(40), conclusion: null })
  }

  /** A push to main whose job saves and then succeeds. */
  async save(run: BaselineRun, fields: Partial<MadeRun> = {}): Promise<void> {
    const made = this.addRun({ conclusion: null, commit: run.commit ?? COMMITS.second, ...fields })
    await this.open(made).checkAppend()
    await this.open(made).append(run)
    this.actions.runs.set(made.id, { ...made, conclusion: 'success' })
  }
}

export const packed = (content: string | Buffer): ZipEntry => ({ name: 'baseline.json', content: Buffer.from(content) })

export const zipped = (runs: readonly BaselineRun[], settled: readonly number[] = []) =>
  zipOf([packed(encodeRuns(runs, settled))])
