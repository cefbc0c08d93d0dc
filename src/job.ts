import { LoadgateError } from './errors.ts'

/** The GitHub job that Loadgate runs in. */
export interface Job {
  readonly owner: string
  readonly repo: string
  readonly runId: number
  readonly attempt: number
  readonly apiUrl: string
  /** Address of the run, for people. */
  readonly url: string
  readonly commit: string | undefined
}

/** Reads the variables that the runner sets. */
export function jobOf(env: Readonly<Record<string, string | undefined>>): Job {
  const need = (name: string): string => {
    const value = env[name]
    if (value) return value
    throw new LoadgateError('infrastructure', `${name} is not set`, {
      hint: 'The runner sets it; on a laptop use the command line instead of the action.',
    })
  }
  const repository = need('GITHUB_REPOSITORY')
  const [owner = '', repo = ''] = repository.split('/')
  return {
    owner,
    repo,
    runId: Number(need('GITHUB_RUN_ID')),
    attempt: Number(env.GITHUB_RUN_ATTEMPT ?? 1),
    apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com',
    url: `${env.GITHUB_SERVER_URL ?? 'https://github.com'}/${repository}/actions/runs/${need('GITHUB_RUN_ID')}`,
    commit: env.GITHUB_SHA,
  }
}
