import { createHash } from 'node:crypto'
import { relative, resolve, sep } from 'node:path'
import { LoadgateError } from '../errors.ts'
import { type Ancestry, ancestryOnGitHub } from '../github/ancestry.ts'
import type { Access } from '../github/client.ts'
import type { GitHubPlace } from '../github/place.ts'
import { PATIENCE, realWaiting } from '../github/retry.ts'
import type { Variables } from '../github/variables.ts'
import { artifactStore } from './artifact-store.ts'
import type { BaselineStore } from './baseline.ts'
import { branchStore, checkBranch } from './branch-store.ts'
import { fileStore } from './file-store.ts'
import { ancestryInClone } from './git-ancestry.ts'
import { noPermission } from './refusals.ts'
import { readS3Address, s3Store } from './s3-store.ts'

/** What stands around a store. Plain data. */
export interface World {
  /** Paths are taken from here. */
  readonly cwd: string
  readonly env: Variables
  /** Path of the load profile, by which stores that keep several windows tell them apart. */
  readonly profile: string
  /** Undefined where no repository is known. */
  readonly github: GitHubPlace | undefined
}

/** The store that `text` names: `artifact`, `branch:NAME`, `s3://BUCKET/PREFIX`, `file:PATH`, or `none`. */
export function openStore(text: string, world: World): BaselineStore | undefined {
  if (text === 'none') return undefined
  const ancestry = ancestryOf(world)
  if (text === 'artifact') return openArtifact(world, ancestry)
  const [, path] = /^file:(.+)$/s.exec(text) ?? []
  if (path !== undefined) return fileStore(resolve(world.cwd, path), { name: text, ancestry })
  const [, branch] = /^branch:(.+)$/s.exec(text) ?? []
  if (branch !== undefined) return openBranch(branch, world, ancestry)
  const s3 = readS3Address(text)
  if (s3 !== undefined) return s3Store({ ...s3, key: keyOf(world) }, { ancestry })
  throw new LoadgateError('usage', `"${text}" names no baseline store`, {
    hint: 'Write artifact, branch:NAME, s3://BUCKET/PREFIX or file:PATH, for example file:.loadgate/baseline.json, or none.',
  })
}

function openArtifact(world: World, ancestry: Ancestry): BaselineStore {
  const { github, env } = world
  if (!github?.run)
    throw new LoadgateError('usage', 'The store `artifact` is there in a workflow on GitHub only', {
      hint: 'Here name another one, as in file:.loadgate/baseline.json.',
    })
  const { owner, repo, run } = github
  const place = { owner, repo, run, name: `loadgate-baseline-${keyOf(world)}` }
  return artifactStore(place, { access: accessOf(github, 'artifact'), ancestry, env })
}

function openBranch(branch: string, world: World, ancestry: Ancestry): BaselineStore {
  checkBranch(branch)
  const { github } = world
  if (!github)
    throw new LoadgateError('usage', `The store branch:${branch} needs a repository on GitHub`, {
      hint: 'Outside a workflow set GITHUB_REPOSITORY to OWNER/NAME, and GITHUB_TOKEN.',
    })
  if (branch === github.run?.branch || branch === github.run?.base)
    throw new LoadgateError('usage', `branch:${branch} is the branch of the code itself`, {
      hint: 'Name a branch for baselines alone, as in branch:loadgate-baselines.',
    })
  const { owner, repo } = github
  const access = accessOf(github, `branch:${branch}`)
  return branchStore({ owner, repo, branch, key: keyOf(world) }, { access, ancestry })
}

function accessOf({ token, apiUrl }: GitHubPlace, store: string): Access {
  if (token === undefined) throw noPermission(store, 'there is no token', 'contents: read')
  return { token, apiUrl }
}

/** `perf-checkout-1f2e3d4c` of `perf/checkout.yml`: readable, and no two profiles have the same. */
export function keyOf({ cwd, profile }: Pick<World, 'cwd' | 'profile'>): string {
  const path = relative(cwd, resolve(cwd, profile)).split(sep).join('/')
  const plain = path
    .toLowerCase()
    .replace(/\.ya?ml$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
  return `${plain}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`
}

/** GitHub knows the whole history, a clone in a workflow mostly one commit of it. */
function ancestryOf({ github, cwd }: World): Ancestry {
  if (!github?.token) return ancestryInClone(cwd)
  const { owner, repo, token, apiUrl } = github
  const retrying = () => ({ waiting: realWaiting, until: realWaiting.now() + PATIENCE })
  return ancestryOnGitHub({ owner, repo }, { token, apiUrl }, retrying)
}
