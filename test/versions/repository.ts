// Real repositories with real histories, and what is left of them on this machine.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A directory for one test file, and an environment in which git knows nothing of this machine's user. */
export function sandbox() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'loadgate-versions-')))
  const temp = join(root, 'temp')
  const home = join(root, 'home')
  for (const directory of [temp, home]) mkdirSync(directory)
  // A submodule may come from a directory only where somebody said so.
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n name = Ada\n email = ada@example.com\n[init]\n defaultBranch = main\n[protocol "file"]\n allow = always\n',
  )
  const env = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1', RUNNER_TEMP: temp }
  const git = (directory: string, ...args: string[]) =>
    execFileSync('git', args, { cwd: directory, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  return {
    root,
    temp,
    home,
    env,
    git,
    commit: (directory: string, files: Readonly<Record<string, string>>) => {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, name)), { recursive: true })
        writeFileSync(join(directory, name), text)
      }
      git(directory, 'add', '--all')
      git(directory, 'commit', '--quiet', '--allow-empty', '--message', Object.keys(files).join(' ') || 'nothing')
      return git(directory, 'rev-parse', 'HEAD')
    },
    /** What lies in the directory for temporary files: nothing, when all was removed. */
    leftovers: () => readdirSync(temp),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

export type Sandbox = ReturnType<typeof sandbox>

/**
 * A pull request as GitHub has it: the branch left `main` at `fork`, `main` moved on to `tip`, and `merge` is GitHub's
 * own merge of `head` into `tip`. `origin` is the bare repository.
 */
export function pullRequest(
  { root, git, commit }: Sandbox,
  name: string,
  files: Readonly<Record<string, string>> = {},
) {
  const origin = join(root, `${name}.git`)
  const author = join(root, `${name}-author`)
  git(root, 'init', '--quiet', '--bare', origin)
  git(root, 'clone', '--quiet', origin, author)
  commit(author, { 'README.md': 'first' })
  const fork = commit(author, { ...files, 'version.txt': 'fork' })
  git(author, 'switch', '--quiet', '--create', 'change')
  commit(author, { 'a.txt': 'a' })
  const head = commit(author, { 'version.txt': 'head' })
  git(author, 'switch', '--quiet', 'main')
  const tip = commit(author, { 'others.txt': 'merged since' })
  git(author, 'switch', '--quiet', '--detach')
  git(author, 'merge', '--quiet', '--no-ff', '--message', 'merge', head)
  const merge = git(author, 'rev-parse', 'HEAD')
  git(author, 'switch', '--quiet', 'main')
  git(author, 'push', '--quiet', 'origin', 'main', 'change', `${merge}:refs/pull/1/merge`)
  return { origin, author, fork, head, tip, merge, refs: { baseBranch: 'main', headSha: head } }
}

/** What actions/checkout leaves: one commit, without any history. */
export function shallowCheckout({ root, git }: Sandbox, name: string, origin: string, ref: string): string {
  const workspace = join(root, name)
  git(root, 'init', '--quiet', workspace)
  git(workspace, 'remote', 'add', 'origin', `file://${origin}`)
  git(workspace, 'fetch', '--quiet', '--no-tags', '--depth=1', 'origin', `+${ref}:refs/remotes/pull/1/merge`)
  git(workspace, 'checkout', '--quiet', '--force', 'refs/remotes/pull/1/merge')
  return workspace
}

/** All that a checkout beside the workspace must leave alone: index, branch, references, configuration and files. */
export function stateOf({ git }: Sandbox, workspace: string) {
  const at = (name: string) => join(workspace, '.git', name)
  return {
    index: readFileSync(at('index')).toString('hex'),
    head: readFileSync(at('HEAD'), 'utf8'),
    config: readFileSync(at('config'), 'utf8'),
    references: git(workspace, 'for-each-ref'),
    files: readdirSync(workspace, { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.startsWith('.git'))
      .sort(),
    fetched: readdirSync(join(workspace, '.git')).includes('FETCH_HEAD')
      ? readFileSync(at('FETCH_HEAD'), 'utf8')
      : undefined,
    worktrees: git(workspace, 'worktree', 'list', '--porcelain'),
    administration: readdirSync(join(workspace, '.git')).filter((name) => name === 'worktrees'),
  }
}
