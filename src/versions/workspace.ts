import { realpath } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { LoadgateError } from '../errors.ts'
import { askGit, type GitOptions, git } from './git.ts'

/** The git checkout that a profile lies in. */
export interface Workspace {
  /** Top of its files. */
  readonly root: string
  /**
   * The profile's directory below the root, by the name it is called by; empty where it is the root. Where a link leads is
   * for each version to say: a change that turns a directory into a link is still about that directory.
   */
  readonly folder: string
  /** Shared by all worktrees of the repository. */
  readonly gitDirectory: string
  /** Whether the history is cut off, as actions/checkout leaves it. */
  readonly shallow: boolean
  /** The commit that is checked out. */
  readonly head: string
}

/** @param options.directory of the profile */
export async function workspaceAt(options: GitOptions): Promise<Workspace> {
  const facts = ['--show-toplevel', '--show-prefix', '--git-common-dir', '--is-shallow-repository']
  const { code, stdout, stderr } = await askGit(['rev-parse', ...facts, '--verify', 'HEAD^{commit}'], options)
  const [root = '', prefix = '', gitDirectory = '', shallow = '', head = ''] = stdout.split('\n')
  if (code === 0 && isCommit(head))
    return {
      root,
      folder: await folderBelow(root, options.directory, prefix),
      // Git answers from where it really is.
      gitDirectory: resolve(await realpath(options.directory), gitDirectory),
      shallow: shallow === 'true',
      head,
    }
  throw new LoadgateError('usage', `There is no base version: git finds no commit here: ${stderr.trim()}`, {
    hint: 'Check the repository out before this step (actions/checkout), or name a deployed version with `base-target`.',
  })
}

/** @param prefix the real one, for a directory that a link from outside of the repository leads to */
async function folderBelow(root: string, directory: string, prefix: string): Promise<string> {
  const path = resolve(directory)
  let folder = prefix.replace(/\/$/, '')
  // The outermost counts, since a link further in may lead back to the root.
  for (let top = path; top !== dirname(top); top = dirname(top))
    if ((await realpath(top)) === root) folder = relative(top, path)
  return folder
}

/**
 * Whether the files are those of the commit: nothing changed, nothing new but what is ignored.
 * @param except the name of a file in the directory that does not count
 */
export async function isClean(options: GitOptions, except?: string): Promise<boolean> {
  const paths = except === undefined ? [] : ['--', ':/', `:(exclude,literal)${except}`]
  // Without the lock the index stays as it is: git would write down what it learns of the files.
  return (await git(['--no-optional-locks', 'status', '--porcelain', ...paths], options)) === ''
}

/** The commit that has the directory as it is here; undefined where none has, for want of a commit or for changes. */
export async function commitOfFiles(options: GitOptions, except: string): Promise<string | undefined> {
  try {
    const { head, folder } = await workspaceAt(options)
    const has = await askGit(['cat-file', '-e', `${head}:${folder}`], options)
    return has.code === 0 && (await isClean(options, except)) ? head : undefined
  } catch (error) {
    if (!(error instanceof LoadgateError)) throw error
    return undefined
  }
}

/** Whether this is a full object name, and so no option, path or branch either. */
export function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}
