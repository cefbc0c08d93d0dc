import { LoadgateError } from '../errors.ts'
import { type Access, connect, type Repository, within } from '../github/client.ts'
import { count, list, optional, type Reader, record, text } from '../reader.ts'
import type { Ms } from '../units.ts'

/** The door to the check runs of one commit. Each call fails as it fails: nothing behind it tries again. */
export interface CommitChecks {
  /** The id of one that is under way, by this name and this key; undefined where there is none. */
  find(about: CheckIdentity): Promise<number | undefined>
  create(about: CheckIdentity & { readonly url: string }): Promise<number>
  complete(id: number, end: CheckEnd, limit?: Ms): Promise<void>
}

export interface CheckIdentity {
  readonly name: string
  /** Of the run that opens it. */
  readonly key: string
}

export interface CheckEnd {
  readonly conclusion: 'success' | 'failure' | 'neutral' | 'cancelled'
  readonly title: string
  /** Markdown. */
  readonly summary: string
}

export function checksOf({ owner, repo }: Repository, commit: string, access: Access): CommitChecks {
  const { checks } = connect(access).rest
  const at = (limit?: Ms) => ({ owner, repo, ...within(limit) })
  return {
    find: async ({ name, key }) => {
      const query = { ...at(), ref: commit, check_name: name, status: 'in_progress' as const, per_page: 100 }
      const { check_runs: found } = read(listed, (await checks.listForRef(query)).data)
      return found.find(({ external_id }) => external_id === key)?.id
    },
    create: async ({ name, key, url }) => {
      const fields = { name, head_sha: commit, external_id: key, details_url: url, status: 'in_progress' as const }
      return read(check, (await checks.create({ ...at(), ...fields })).data).id
    },
    complete: async (id, { conclusion, title, summary }, limit) => {
      const fields = { check_run_id: id, status: 'completed' as const, conclusion, output: { title, summary } }
      read(check, (await checks.update({ ...at(limit), ...fields })).data)
    },
  }
}

const orNone: Reader<string | undefined> = (value, place) => optional(text)(value ?? undefined, place)
const check = record({ id: count, external_id: orNone })
const listed = record({ check_runs: list(check, 100) })

/** octokit hands over what is no JSON as text and calls it success. */
function read<T>(reader: Reader<T>, data: unknown): T {
  try {
    return reader(data, '')
  } catch (cause) {
    throw new LoadgateError('infrastructure', "a check run could not be read in GitHub's answer", { cause })
  }
}
