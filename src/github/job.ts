import { type Variables, variable } from './variables.ts'

/** The GitHub job that Loadgate runs in. */
export interface Job {
  readonly owner: string
  readonly repo: string
  readonly runId: number
  readonly attempt: number
  readonly apiUrl: string
  /** As in https://github.com. */
  readonly serverUrl: string
  /** Address of the run, for people. */
  readonly url: string
  readonly commit: string | undefined
}

/** Reads the variables that the runner sets. */
export function jobOf(env: Variables): Job {
  const repository = variable(env, 'GITHUB_REPOSITORY')
  const runId = variable(env, 'GITHUB_RUN_ID')
  const [owner = '', repo = ''] = repository.split('/')
  const serverUrl = env.GITHUB_SERVER_URL ?? 'https://github.com'
  return {
    owner,
    repo,
    runId: Number(runId),
    attempt: Number(env.GITHUB_RUN_ATTEMPT ?? 1),
    apiUrl: env.GITHUB_API_URL ?? 'https://api.github.com',
    serverUrl,
    url: `${serverUrl}/${repository}/actions/runs/${runId}`,
    commit: env.GITHUB_SHA,
  }
}
