import { createHash } from 'node:crypto'
import { LoadgateError } from '../errors.ts'
import { list, record, text } from '../reader.ts'
import type { Ms } from '../units.ts'
import { ask, longText, objectId, unlessRefused } from './ask.ts'
import { type Access, connect, type GitHub, type Repository, withinAll } from './client.ts'
import { failureOf, type Retrying } from './retry.ts'

/** What a branch points to. */
export interface Head {
  readonly commit: string
  readonly tree: string
}

/** One file in the root of a branch, by GitHub's own git database: no clone and no git is needed. */
export interface BranchFile {
  /** No head where there is no such branch, no bytes where the branch has no such file. */
  read(retrying: Retrying): Promise<{ readonly bytes: Buffer | undefined; readonly head: Head | undefined }>
  /**
   * Replaces the file by a commit on top of `head`; with no head, begins the branch with a commit that has no parent.
   * Answers undefined, or why it was not done: the branch is no longer where it was.
   */
  replace(content: string, head: Head | undefined, retrying: Retrying): Promise<string | undefined>
  /** Throws where nothing may be written. */
  checkWrite(retrying: Retrying): Promise<void>
}

export interface BranchFileAt extends Repository {
  readonly branch: string
  /** A name without a slash. */
  readonly path: string
  /** Of the commits. */
  readonly message: string
}

/** For a file of tens of megabytes. */
const LARGE_LIMIT: Ms = 60_000
/** More files than this are not in the root of a branch that is for baselines. */
const MOST_FILES = 10_000

const ref = record({ object: record({ sha: objectId }) })
const commit = record({ sha: objectId, tree: record({ sha: objectId }) })
const tree = record({
  sha: objectId,
  tree: list(record({ path: text, mode: text, type: text, sha: objectId }), MOST_FILES),
})
const blob = record({ content: longText })
const made = record({ sha: objectId })

// A ref is moved with `force: false`: GitHub refuses unless the new commit descends from what the branch points to at that
// moment, and the new commit's one parent is the head that was read. So this is a compare-and-swap, and so is creating a
// ref, which is refused when it is there.
export function branchFile(at: BranchFileAt, access: Access): BranchFile {
  const github = connect(access)
  return {
    read: async (retrying) => {
      const calls = callsOf(at, github, retrying)
      const head = await calls.head()
      return { head, bytes: head && (await calls.content(head)) }
    },
    replace: async (content, head, retrying) => {
      const calls = callsOf(at, github, retrying)
      const tree = await calls.makeTree(content, head)
      const commit = await calls.makeCommit(tree, head)
      try {
        await calls.move(commit, head)
        return undefined
      } catch (error) {
        const conflict = conflictIn(error)
        if (conflict === undefined) throw error
        return conflict
      }
    },
    checkWrite: (retrying) => callsOf(at, github, retrying).makeBlob(),
  }
}

function callsOf(
  { owner, repo, branch, path, message }: BranchFileAt,
  { rest: { git, repos } }: GitHub,
  retrying: Retrying,
) {
  const repository = { owner, repo }
  return {
    head: async (): Promise<Head | undefined> => {
      const get = () => git.getRef({ ...repository, ref: `heads/${branch}`, ...withinAll(retrying) })
      // 409: the repository is empty.
      const found = await unlessRefused([404, 409], () => ask('a branch', get, ref, retrying))
      if (found === undefined) {
        // 404 is the answer to a repository out of sight as well, which is not the same as no branch in it.
        await ask('the repository', () => repos.get({ ...repository, ...withinAll(retrying) }), record({}), retrying)
        return undefined
      }
      const at = () => git.getCommit({ ...repository, commit_sha: found.object.sha, ...withinAll(retrying) })
      return { commit: found.object.sha, tree: (await ask('a commit', at, commit, retrying)).tree.sha }
    },
    content: async (head: Head): Promise<Buffer | undefined> => {
      const get = () => git.getTree({ ...repository, tree_sha: head.tree, ...withinAll(retrying) })
      const entry = (await ask('a tree', get, tree, retrying)).tree.find((entry) => entry.path === path)
      if (entry === undefined) return undefined
      if (entry.type !== 'blob' || entry.mode === '120000')
        throw new LoadgateError('usage', `${path} of the branch ${branch} is not a regular file`, {
          hint: 'Name another branch.',
        })
      const blobOf = () => git.getBlob({ ...repository, file_sha: entry.sha, ...withinAll(retrying, LARGE_LIMIT) })
      return Buffer.from((await ask('a blob', blobOf, blob, retrying)).content, 'base64')
    },
    makeTree: async (content: string, head: Head | undefined): Promise<string> => {
      const file = { path, mode: '100644', type: 'blob', content } as const
      const base = head ? { base_tree: head.tree } : {}
      const create = () => git.createTree({ ...repository, ...base, tree: [file], ...withinAll(retrying, LARGE_LIMIT) })
      const found = await ask('a tree', create, tree, retrying)
      if (found.tree.some((entry) => entry.path === path && entry.sha === blobId(content))) return found.sha
      throw new LoadgateError('infrastructure', `GitHub stored ${path} other than it was sent`, { hint: 'Run again.' })
    },
    makeCommit: async (tree: string, head: Head | undefined): Promise<string> => {
      const parents = head ? [head.commit] : []
      const create = () => git.createCommit({ ...repository, message, tree, parents, ...withinAll(retrying) })
      return (await ask('a commit', create, made, retrying)).sha
    },
    move: async (sha: string, head: Head | undefined): Promise<void> => {
      const move = head
        ? () => git.updateRef({ ...repository, ref: `heads/${branch}`, sha, force: false, ...withinAll(retrying) })
        : () => git.createRef({ ...repository, ref: `refs/heads/${branch}`, sha, ...withinAll(retrying) })
      await ask('a branch', move, ref, retrying)
    },
    /** The one write that leaves no trace: a blob that nothing refers to. */
    makeBlob: async (): Promise<void> => {
      const create = () => git.createBlob({ ...repository, content: 'loadgate', ...withinAll(retrying) })
      await ask('a blob', create, made, retrying)
    },
  }
}

// 422 is GitHub's answer where a ref is elsewhere, is there already or is not there, and 409 where it is being moved. It is
// also that of a rule which protects the branch, and that will not pass.
function conflictIn(error: unknown): string | undefined {
  const failure = failureOf(error)
  if (failure.kind !== 'refused' || (failure.status !== 422 && failure.status !== 409)) return undefined
  return /rule|protected|pull request/i.test(failure.said) ? undefined : failure.said || String(failure.status)
}

/** What git calls a file with this content. */
function blobId(content: string): string {
  return createHash('sha1')
    .update(`blob ${Buffer.byteLength(content)}\0`)
    .update(content)
    .digest('hex')
}
