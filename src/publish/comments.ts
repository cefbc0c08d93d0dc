import { LoadgateError } from '../errors.ts'

/** The door to the comments of one pull request. Each call fails as it fails: nothing behind it tries again. */
export interface PullRequestComments {
  /** Who the token speaks as. */
  viewer(): Promise<Author>
  /** All of them, oldest first. */
  list(): Promise<readonly Comment[]>
  create(body: string): Promise<Comment>
  update(id: number, body: string): Promise<Comment>
}

export interface Comment {
  readonly id: number
  readonly body: string
  readonly url: string
  /** Undefined for an account that is gone. */
  readonly author: Author | undefined
}

export interface Author {
  readonly login: string
  readonly bot: boolean
}

/** The account behind the token that a workflow is given. */
export const ACTIONS_BOT: Author = { login: 'github-actions[bot]', bot: true }

// octokit hands over a broken JSON body, or the HTML page of a proxy, as text and calls it success. What cannot be read
// says nothing of whether the call was carried out.

export function readComments(answer: unknown): Comment[] {
  return Array.isArray(answer) ? answer.map(readComment) : unreadable('the list of comments')
}

export function readComment(answer: unknown): Comment {
  const { id, body, html_url: url, user } = fieldsOf(answer)
  if (typeof id !== 'number' || typeof url !== 'string') return unreadable('a comment')
  return { id, body: typeof body === 'string' ? body : '', url, author: user ? readAuthor(user) : undefined }
}

export function readAuthor(answer: unknown): Author {
  const { login, type } = fieldsOf(answer)
  return typeof login === 'string' ? { login, bot: type === 'Bot' } : unreadable('an account')
}

/** GraphQL's `{ viewer { login } }`, which has no type to ask for: the login of a bot ends in "[bot]". */
export function readViewer(answer: unknown): Author {
  const { login } = fieldsOf(fieldsOf(answer).viewer)
  return typeof login === 'string' ? { login, bot: login.endsWith('[bot]') } : unreadable('an account')
}

function fieldsOf(answer: unknown): Readonly<Record<string, unknown>> {
  return typeof answer === 'object' && answer !== null ? { ...answer } : {}
}

function unreadable(what: string): never {
  throw new LoadgateError('infrastructure', `${what} could not be read in GitHub's answer`)
}
