import { type Access, connect, type GitHub, type Repository, within } from '../github/client.ts'
import { failureOf } from '../github/retry.ts'
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

/** All pages of a list together. */
const LIST_TIMEOUT: Ms = 30_000
/** GitHub's own maximum. */
const PAGE = 100
/** 10,000 comments: more than a pull request has, and an end for a server whose pages are always full. */
const PAGES = 100

export interface PullRequestAddress extends Repository {
  readonly number: number
}

export function commentsOf({ owner, repo, number }: PullRequestAddress, access: Access): PullRequestComments {
  const github = connect(access)
  const { issues } = github.rest
  const at = (limit?: Ms) => ({ owner, repo, ...within(limit) })
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

// The token of a workflow, or of an app, may not ask GET /user, but GraphQL's `viewer` names its bot. Where that is
// refused too, it is taken for the workflow's own token.
export async function viewerOf(github: GitHub): Promise<Author> {
  const user = await unlessRefused(async () => readAuthor((await github.rest.users.getAuthenticated(within())).data))
  if (user) return user
  const bot = await unlessRefused(async () => readViewer(await github.graphql('{ viewer { login } }', within())))
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
