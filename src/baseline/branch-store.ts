import { LoadgateError } from '../errors.ts'
import type { Ancestry } from '../github/ancestry.ts'
import { type BranchFile, branchFile, type Head } from '../github/branch-file.ts'
import type { Access, Repository } from '../github/client.ts'
import { realWaiting, type Waiting } from '../github/retry.ts'
import type { BaselineStore } from './baseline.ts'
import { type Cell, cellStore } from './cell-store.ts'
import { explainGitHub } from './refusals.ts'

export interface BranchPlace extends Repository {
  readonly branch: string
  /** The file's name without its ending. */
  readonly key: string
}

/** A baseline in a branch of its own, one file for each profile. */
export function branchStore(
  { owner, repo, branch, key }: BranchPlace,
  { access, ancestry }: { readonly access: Access; readonly ancestry: Ancestry },
  waiting: Waiting = realWaiting,
): BaselineStore {
  const path = `${key}.json`
  const place = `${path} in the branch ${branch} of ${owner}/${repo}`
  const at = { owner, repo, branch, path, message: `Add a run to ${path}` }
  const file = branchFile(at, access)
  return cellStore(cellOf(file, `branch:${branch}`, place), ancestry, waiting)
}

function cellOf(file: BranchFile, name: string, place: string): Cell<Head | undefined> {
  const explained = async <T>(permission: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (error) {
      throw explainGitHub(place, permission, error)
    }
  }
  return {
    name,
    place,
    read: (retrying) =>
      explained('contents: read', async () => {
        const { bytes, head } = await file.read(retrying)
        return { bytes, version: head }
      }),
    replace: (text, head, retrying) => explained('contents: write', () => file.replace(text, head, retrying)),
    checkReplace: (retrying) => explained('contents: write', () => file.checkWrite(retrying)),
  }
}

/** By git-check-ref-format, and so that no name can be taken for anything else than a branch. */
export function checkBranch(branch: string): void {
  const parts = branch.split('/')
  const bad = parts.some((part) => part === '' || part.startsWith('.') || part.endsWith('.lock') || part.endsWith('.'))
  if (!bad && /^[\w./-]{1,200}$/.test(branch) && !branch.startsWith('-') && !branch.includes('..')) return
  throw new LoadgateError('usage', `"${branch}" is no name for a branch of baselines`, {
    hint: 'Use letters, digits, -, _, . and /, as in branch:loadgate/baselines.',
  })
}
