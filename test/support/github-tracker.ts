// The part of GitHub that keeps issues and check runs. Every answer is held to GitHub's description by the contract in front of it.
import {
  type Answer,
  account,
  notForIntegrations,
  REPOSITORY,
  refusal,
  type StoredCheck,
  type StoredIssue,
} from './github-answers.ts'
import { type Call, GitHubContract, type Handler, type Identity } from './github-contract.ts'
import { sample } from './github-sample.ts'

const URL = 'https://api.github.com'

export class GitHubTracker {
  readonly issues: StoredIssue[] = []
  readonly checks: StoredCheck[] = []
  #contract: GitHubContract | undefined
  #next = 10

  static async start(tokens: Readonly<Record<string, Identity>>): Promise<GitHubTracker> {
    const tracker = new GitHubTracker()
    tracker.#contract = await GitHubContract.start(tokens, { handlers: tracker.#handlers() })
    return tracker
  }

  get contract(): GitHubContract {
    if (!this.#contract) throw new Error('not started')
    return this.#contract
  }

  reset(): void {
    for (const list of [this.issues, this.checks]) list.length = 0
    this.#next = 10
    this.contract.reset()
  }

  open(login: string, body: string, { bot = false, isPullRequest = false } = {}): StoredIssue {
    const number = this.#next++
    const issue: StoredIssue = { number, login, bot, isPullRequest, title: 'x', body, state: 'open', reason: null }
    this.issues.push(issue)
    return issue
  }

  #handlers(): Readonly<Record<string, Handler>> {
    return {
      'issues/list-for-repo': ({ query }) => this.#list(query),
      'issues/create': writing(({ who, body }) => {
        const made = this.open(nameOf(who), String(body.body), { bot: who.kind !== 'user' })
        Object.assign(made, { title: body.title })
        return tooLong(body.body) ?? { status: 201, body: issueBody(made) }
      }),
      'issues/update': writing(({ params, body }) => {
        const issue = this.issues.find(({ number }) => number === Number(params.issue_number))
        if (!issue) return refusal(404, 'Not Found')
        if (typeof body.body === 'string') issue.body = body.body
        if (body.state === 'closed') Object.assign(issue, { state: 'closed', reason: body.state_reason ?? 'completed' })
        return tooLong(body.body) ?? { status: 200, body: issueBody(issue) }
      }),
      'checks/create': writing(({ body }) => {
        const { name, head_sha: commit, external_id: key, status } = body
        const check: StoredCheck = {
          ...{ id: this.#next++, name: `${name}`, commit: `${commit}`, key: key === undefined ? null : `${key}` },
          ...{ status: `${status}`, conclusion: null, title: null, summary: null },
        }
        this.checks.push(check)
        return { status: 201, body: checkBody(check) }
      }),
      'checks/update': writing(({ params, body }) => {
        const check = this.checks.find(({ id }) => id === Number(params.check_run_id))
        if (!check) return refusal(404, 'Not Found')
        const output = body.output as { title: string; summary: string }
        Object.assign(check, { status: body.status, conclusion: body.conclusion, ...output })
        return { status: 200, body: checkBody(check) }
      }),
      'checks/list-for-ref': ({ params, query }) => {
        const found = this.checks.filter(
          ({ name, commit, status }) => commit === params.ref && name === query.check_name && status === query.status,
        )
        return { status: 200, body: { total_count: found.length, check_runs: found.map(checkBody) } }
      },
    }
  }

  #list({ state = 'open', per_page: size = '30', page = '1' }: Call['query']): Answer {
    const found = this.issues.filter((issue) => issue.state === state)
    const at = (Number(page) - 1) * Number(size)
    return { status: 200, body: found.slice(at, at + Number(size)).map(issueBody) }
  }
}

function writing(handler: Handler): Handler {
  return (call) => (call.who.write ? handler(call) : notForIntegrations())
}

const nameOf = ({ login, kind }: Identity) => (kind === 'user' ? login : `${login}[bot]`)

function tooLong(body: unknown): Answer | undefined {
  return [...String(body ?? '')].length > 65_536 ? refusal(422, 'Validation Failed') : undefined
}

function issueBody({ number, title, body, state, login, bot, isPullRequest }: StoredIssue) {
  const url = `https://github.com/${REPOSITORY.owner}/${REPOSITORY.repo}/issues/${number}`
  const links = { url, html_url: url, diff_url: url, patch_url: url }
  return sample('issue', {
    ...{ number, title, body, state, html_url: url, user: account(URL, login, bot) },
    ...(isPullRequest ? { pull_request: links } : {}),
  })
}

function checkBody({ id, name, commit, key, status, conclusion, title, summary }: StoredCheck) {
  const output = { title, summary, text: null, annotations_count: 0, annotations_url: URL }
  return sample('check-run', { id, name, head_sha: commit, external_id: key, status, conclusion, output })
}
