import { getOctokit } from '@actions/github'
import type { Ms } from '../units.ts'
import {
  ACTIONS_BOT,
  type Author,
  type Comment,
  type PullRequestComments,
  readAuthor,
  readComment,
  readComments,
  readViewer,
} from './comments.ts'
import { failureOf } from './retry.ts'

/** GitHub itself gives up on a request after 10 s. */
const REQUEST_TIMEOUT: Ms = 15_000
/** All pages of a list together. */
const LIST_TIMEOUT: Ms = 30_000
/** GitHub's own maximum. */
const PAGE = 100
/** 10,000 comments: more than a pull request has, and an end for a server whose pages are always full. */
const PAGES = 100

type GitHub = ReturnType<typeof getOctokit>

export interface PullRequestAddress {
  readonly owner: string
  readonly repo: string
  readonly number: number
}

/** @param apiUrl GITHUB_API_URL of the runner: getOctokit itself reads it only once, when it is first imported */
export function commentsOf(
  { owner, repo, number }: PullRequestAddress,
  { token, apiUrl }: { readonly token: string; readonly apiUrl: string },
): PullRequestComments {
  const github = getOctokit(token, { baseUrl: apiUrl, log: SILENT })
  const { issues } = github.rest
  const at = (timeout = REQUEST_TIMEOUT) => ({ owner, repo, ...bounded(timeout) })
  return {
    viewer: () => viewerOf(github),
    list: async () => {
      const query = { ...at(LIST_TIMEOUT), issue_number: number, per_page: PAGE }
      const comments: Comment[] = []
      for (let page = 1; page <= PAGES; page++) {
        const { data } = await issues.listComments({ ...query, page })
        const found = readComments(data)
        comments.push(...found)
        if (found.length < PAGE) break
      }
      return comments
    },
    create: async (body) => readComment((await issues.createComment({ ...at(), issue_number: number, body })).data),
    update: async (id, body) => readComment((await issues.updateComment({ ...at(), comment_id: id, body })).data),
  }
}

const bounded = (timeout = REQUEST_TIMEOUT) => ({ request: { signal: AbortSignal.timeout(timeout) } })

// What octokit warns of, say a deprecated route, is for us and not for the log of somebody's job.
const quiet = () => undefined
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet }

// The token of a workflow, or of an app, may not ask GET /user, but GraphQL's `viewer` names its bot. Where that is
// refused too, it is taken for the workflow's own token.
async function viewerOf(github: GitHub): Promise<Author> {
  const user = await unlessRefused(async () => readAuthor((await github.rest.users.getAuthenticated(bounded())).data))
  if (user) return user
  const bot = await unlessRefused(async () => readViewer(await github.graphql('{ viewer { login } }', bounded())))
  return bot ?? ACTIONS_BOT
}

async function unlessRefused<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (failureOf(error).kind === 'refused') return undefined
    throw error
  }
}
