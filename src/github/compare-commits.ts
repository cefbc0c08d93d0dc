import type { Reader } from '../reader.ts'
import { ask } from './ask.ts'
import { type Access, connect, type Repository, withinAll } from './client.ts'
import type { Retrying } from './retry.ts'

/**
 * What GitHub says of two commits, or branches, and how they lie to each other.
 * @param basehead `BASE...HEAD`
 */
export function compareCommits<T>(
  { owner, repo }: Repository,
  access: Access,
  basehead: string,
  { read, retrying }: { readonly read: Reader<T>; readonly retrying: Retrying },
): Promise<T> {
  const { repos } = connect(access).rest
  // The first page lists up to 300 changed files, the second one what is read here and no more.
  const page = { owner, repo, basehead, per_page: 1, page: 2 }
  const call = () => repos.compareCommitsWithBasehead({ ...page, ...withinAll(retrying) })
  return ask('a comparison of commits', call, read, retrying)
}
