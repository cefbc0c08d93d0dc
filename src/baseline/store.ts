import { resolve } from 'node:path'
import { LoadgateError } from '../errors.ts'
import { type Ancestry, ancestryOnGitHub } from '../github/ancestry.ts'
import type { GitHubPlace } from '../github/place.ts'
import type { Variables } from '../github/variables.ts'
import { artifactStore } from './artifact-store.ts'
import type { BaselineStore } from './baseline.ts'
import { branchStore, checkBranch } from './branch-store.ts'
import { fileStore } from './file-store.ts'
import { ancestryInClone } from './git-ancestry.ts'
import { noPermission } from './refusals.ts'
import { readS3Address, s3Store } from './s3-store.ts'
import { keyOf, type WindowOf } from './window-key.ts'

/** What stands around a store. Plain data. */
export interface World extends WindowOf {
  readonly env: Variables
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
  const { owner, repo, run, token, apiUrl } = github
  if (token === undefined) return closedStore('artifact')
  const place = { owner, repo, run, name: `loadgate-baseline-${keyOf(world)}` }
  return artifactStore(place, { access: { token, apiUrl }, ancestry, env })
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
  const { owner, repo, token, apiUrl } = github
  if (token === undefined) return closedStore(`branch:${branch}`)
  return branchStore({ owner, repo, branch, key: keyOf(world) }, { access: { token, apiUrl }, ancestry })
}

/** Out of reach, as for a fork that has no token: refused once it is used, since a comparison side by side needs none. */
function closedStore(name: string): BaselineStore {
  const refuse = () => Promise.reject(noPermission(name, 'there is no token', 'contents: read'))
  return { name, read: refuse, checkAppend: refuse, append: refuse }
}

/** GitHub knows the whole history, a clone in a workflow mostly one commit of it. */
function ancestryOf({ github, cwd }: World): Ancestry {
  if (!github?.token) return ancestryInClone(cwd)
  const { owner, repo, token, apiUrl } = github
  return ancestryOnGitHub({ owner, repo }, { token, apiUrl })
}
