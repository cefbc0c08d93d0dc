import { getOctokit } from '@actions/github'
import type { Ms } from '../units.ts'
import { type Retrying, signalWithin } from './retry.ts'

/** GitHub itself gives up on a request after 10 s. */
const REQUEST_TIMEOUT: Ms = 15_000

export type GitHub = ReturnType<typeof getOctokit>

/** How GitHub is reached; `apiUrl` is the runner's GITHUB_API_URL, which getOctokit itself reads only once, when it is imported. */
export interface Access {
  readonly token: string
  readonly apiUrl: string
}

export interface Repository {
  readonly owner: string
  readonly repo: string
}

export function connect({ token, apiUrl }: Access): GitHub {
  return getOctokit(token, { baseUrl: apiUrl, log: SILENT })
}

/** The part of a call's parameters that bounds it: octokit itself waits for ever. */
export const within = (limit: Ms = REQUEST_TIMEOUT) => ({ request: { signal: AbortSignal.timeout(limit) } })

/** The same of a call that is one of several: it ends with them. */
export const withinAll = (retrying: Retrying, limit: Ms = REQUEST_TIMEOUT) => ({
  request: { signal: signalWithin(limit, retrying) },
})

// What octokit warns of, say a deprecated route, is for us and not for the log of somebody's job.
const quiet = () => undefined
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet }
