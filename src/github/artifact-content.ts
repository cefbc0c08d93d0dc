import { createHash } from 'node:crypto'
import { LoadgateError, messageOf } from '../errors.ts'
import type { Bytes, Ms } from '../units.ts'
import type { ListedArtifact } from './artifact-list.ts'
import { type GitHub, type Repository, withinAll } from './client.ts'
import { failureOf, type Retrying, signalWithin, withRetry } from './retry.ts'
import { unzipOne } from './zip.ts'

/** The zip of an artifact, the whole of it. */
const DOWNLOAD_LIMIT: Ms = 60_000

export interface Expected {
  /** The name of the one file. */
  readonly file: string
  readonly most: Bytes
}

export type Content =
  | { readonly kind: 'content'; readonly bytes: Buffer }
  /** The artifact is gone: GitHub answered 410 or 404. */
  | { readonly kind: 'expired' }
  /** What came is not what was uploaded, or nothing of ours. */
  | { readonly kind: 'damaged'; readonly why: string }

/** Downloads an artifact by its id, holds it to the digest that the list has, and takes the one file out of it. */
export async function artifactContent(
  github: GitHub,
  { owner, repo }: Repository,
  { id, size, digest }: Pick<ListedArtifact, 'id' | 'size' | 'digest'>,
  { file, most }: Expected,
  retrying: Retrying,
): Promise<Content> {
  if (size > most) return { kind: 'damaged', why: `it has ${size} bytes` }
  const zip = await download(github, { owner, repo, artifact_id: id }, most, retrying)
  if (zip === 'expired') return { kind: 'expired' }
  if (zip === 'too large') return { kind: 'damaged', why: `it has more than ${most} bytes` }
  if (digest !== `sha256:${createHash('sha256').update(zip).digest('hex')}`)
    return { kind: 'damaged', why: 'its digest is not the one that GitHub has' }
  try {
    return { kind: 'content', bytes: unzipOne(zip, { name: file, most }) }
  } catch (error) {
    return { kind: 'damaged', why: messageOf(error) }
  }
}

type Downloaded = Buffer | 'expired' | 'too large'

function download(
  { rest }: GitHub,
  artifact: Repository & { readonly artifact_id: number },
  most: Bytes,
  retrying: Retrying,
): Promise<Downloaded> {
  return withRetry(async () => {
    try {
      // Not followed by octokit: the place that GitHub names gets no token, and what it sends has a bound.
      const { request } = withinAll(retrying)
      const manual = { request: { ...request, redirect: 'manual' as const } }
      const { headers } = await rest.actions.downloadArtifact({ ...artifact, archive_format: 'zip', ...manual })
      return await fetchBytes(headers.location ?? '', most, signalWithin(DOWNLOAD_LIMIT, retrying))
    } catch (error) {
      const failure = failureOf(error)
      if (failure.kind === 'refused' && (failure.status === 410 || failure.status === 404)) return 'expired'
      throw error
    }
  }, retrying)
}

async function fetchBytes(address: string, most: Bytes, signal: AbortSignal): Promise<Downloaded> {
  try {
    const answer = await fetch(address, { redirect: 'error', signal })
    if (answer.status === 404 || answer.status === 410) return 'expired'
    if (!answer.ok || answer.body === null) throw new Error(`its storage answered ${answer.status}`)
    const parts: Uint8Array[] = []
    let size = 0
    for await (const part of answer.body) {
      size += part.length
      if (size > most) return 'too large'
      parts.push(part)
    }
    return Buffer.concat(parts)
  } catch (cause) {
    // The address has a signature in it, which must not stand in a log.
    throw new LoadgateError('infrastructure', `An artifact could not be downloaded: ${codeOf(cause)}`)
  }
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error && /^its storage/.test(cause.message) ? cause.message : 'no usable answer'
}
