import { LoadgateError } from '../errors.ts'
import { longText } from '../github/ask.ts'
import { type Access, connect, type Repository, within } from '../github/client.ts'
import { count, list, optional, type Reader, record, text } from '../reader.ts'
import type { Ms } from '../units.ts'
import type { Author } from './comments.ts'
import { viewerOf } from './github.ts'

/** The door to the issues of a repository. Each call fails as it fails: nothing behind it tries again. */
export interface RepositoryIssues {
  /** Who the token speaks as. */
  viewer(): Promise<Author>
  /** Those that are open, without pull requests. */
  listOpen(): Promise<readonly Issue[]>
  create(fields: { readonly title: string; readonly body: string }): Promise<Issue>
  update(number: number, change: IssueChange): Promise<Issue>
}

export interface Issue {
  readonly number: number
  readonly body: string
  readonly url: string
  /** Undefined for an account that is gone. */
  readonly author: Author | undefined
}

export interface IssueChange {
  readonly body?: string
  /** Why it is closed; left out, it stays as it is. */
  readonly close?: 'completed' | 'duplicate'
}

/** All pages of the list together. */
const LIST_TIMEOUT: Ms = 60_000
const PAGE = 100
/** 10,000 issues, and an end for a server whose pages are always full. */
const PAGES = 100

export function issuesOf({ owner, repo }: Repository, access: Access): RepositoryIssues {
  const github = connect(access)
  const { issues } = github.rest
  const at = (limit?: Ms) => ({ owner, repo, ...within(limit) })
  return {
    viewer: () => viewerOf(github),
    listOpen: async () => {
      const query = { ...at(LIST_TIMEOUT), state: 'open', sort: 'created', direction: 'asc', per_page: PAGE } as const
      const found: Issue[] = []
      for (let page = 1; page <= PAGES; page++) {
        const entries = read(listed, 'the list of issues', (await issues.listForRepo({ ...query, page })).data)
        found.push(...entries.filter((entry) => entry.pull_request === undefined).map(issueIn))
        if (entries.length < PAGE) break
      }
      return found
    },
    create: async (fields) => issueIn(read(issue, 'an issue', (await issues.create({ ...at(), ...fields })).data)),
    update: async (number, { body, close }) => {
      const change = {
        ...(body === undefined ? {} : { body }),
        ...(close === undefined ? {} : { state: 'closed' as const, state_reason: REASON[close] }),
      }
      const { data } = await issues.update({ ...at(), issue_number: number, ...change })
      return issueIn(read(issue, 'an issue', data))
    },
  }
}

// "duplicate" would ask for the number of the other one in a field that older servers do not know.
const REASON = { completed: 'completed', duplicate: 'not_planned' } as const

const nullable =
  <T>(reader: Reader<T>): Reader<T | undefined> =>
  (value, place) =>
    optional(reader)(value ?? undefined, place)

const issue = record({
  number: count,
  html_url: text,
  body: nullable(longText),
  user: nullable(record({ login: text, type: text })),
  pull_request: optional<unknown>((value) => value),
})
const listed = list(issue, PAGE)

function issueIn({ number, html_url: url, body = '', user }: ReturnType<typeof issue>): Issue {
  return { number, url, body, author: user && { login: user.login, bot: user.type === 'Bot' } }
}

/** octokit hands over what is no JSON as text and calls it success. */
function read<T>(reader: Reader<T>, what: string, data: unknown): T {
  try {
    return reader(data, '')
  } catch (cause) {
    throw new LoadgateError('infrastructure', `${what} could not be read in GitHub's answer`, { cause })
  }
}
