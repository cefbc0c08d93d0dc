// What GitHub answers with, as its description has it.

export const REPOSITORY = { owner: 'octo-org', repo: 'shop' } as const

export interface StoredComment {
  readonly id: number
  readonly issue: number
  readonly login: string
  readonly bot: boolean
  body: string
}

export interface StoredIssue {
  readonly number: number
  readonly login: string
  readonly bot: boolean
  readonly isPullRequest: boolean
  readonly title: string
  body: string
  state: 'open' | 'closed'
  reason: string | null
}

export interface StoredCheck {
  readonly id: number
  readonly name: string
  readonly commit: string
  readonly key: string | null
  status: string
  conclusion: string | null
  title: string | null
  summary: string | null
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export function commentBody(url: string, { id, issue, login, bot, body }: StoredComment) {
  const at = `/repos/${REPOSITORY.owner}/${REPOSITORY.repo}/issues`
  return {
    id,
    node_id: `IC_${id}`,
    url: `${url}${at}/comments/${id}`,
    html_url: `https://github.com/${REPOSITORY.owner}/${REPOSITORY.repo}/pull/${issue}#issuecomment-${id}`,
    issue_url: `${url}${at}/${issue}`,
    body,
    user: account(url, login, bot),
    author_association: 'NONE',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  }
}

export function account(url: string, login: string, bot: boolean, whole = false) {
  const at = `${url}/users/${encodeURIComponent(login)}`
  const profile = { followers: 0, following: 0, public_gists: 0, public_repos: 0, created_at: '2020-01-01T00:00:00Z' }
  const unset = { bio: null, blog: null, company: null, email: null, hireable: null, location: null, name: null }
  return {
    login,
    id: [...login].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1_000_000,
    node_id: `U_${login}`,
    avatar_url: `${at}/avatar`,
    gravatar_id: '',
    url: at,
    html_url: `https://github.com/${encodeURIComponent(login)}`,
    followers_url: `${at}/followers`,
    following_url: `${at}/following{/other_user}`,
    gists_url: `${at}/gists{/gist_id}`,
    starred_url: `${at}/starred{/owner}{/repo}`,
    subscriptions_url: `${at}/subscriptions`,
    organizations_url: `${at}/orgs`,
    repos_url: `${at}/repos`,
    events_url: `${at}/events{/privacy}`,
    received_events_url: `${at}/received_events`,
    type: bot ? 'Bot' : 'User',
    site_admin: false,
    ...(whole ? { ...profile, ...unset, updated_at: '2020-01-01T00:00:00Z', user_view_type: 'public' } : {}),
  }
}

export function notForIntegrations(): Answer {
  return refusal(403, 'Resource not accessible by integration')
}

export function refusal(status: number, message: string): Answer {
  return { status, body: { message, documentation_url: 'https://docs.github.com/rest', status: String(status) } }
}
