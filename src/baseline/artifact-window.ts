import { LoadgateError } from '../errors.ts'
import type { Ancestry } from '../github/ancestry.ts'
import { artifactContent, type Content } from '../github/artifact-content.ts'
import { defaultBranch, type ListedArtifact, listArtifacts, type RunFacts, runFacts } from '../github/artifact-list.ts'
import { unlessRefused } from '../github/ask.ts'
import { type Access, connect, type GitHub, type Repository } from '../github/client.ts'
import type { ThisRun } from '../github/place.ts'
import type { Retrying } from '../github/retry.ts'
import { artifactRefusal, type Ours, runRefusal } from './artifact-trust.ts'
import type { BaselineRun } from './baseline.ts'
import { LARGEST } from './cell-store.ts'
import { damagedBaseline, decodeWindow, NewerSchema } from './file-format.ts'
import { withRun } from './window.ts'

/** The one file of an artifact. */
export const FILE = 'baseline.json'
/** A second job of one run finds the name taken, and uses the next one. */
const NAMES = 8
/** Names in a row without an artifact, after which no further one is looked for: uploads that broke off leave such gaps. */
const GAP = 3
/** Windows that are downloaded for one reading. Usually it is one: its list says which others it holds. */
const MOST_WINDOWS = 60

export function artifactNames(name: string): readonly string[] {
  return Array.from({ length: NAMES }, (_, at) => (at === 0 ? name : `${name}-${at + 1}`))
}

export interface ArtifactPlace extends Repository {
  readonly name: string
  readonly run: ThisRun
}

export interface MergedWindow {
  readonly runs: readonly BaselineRun[]
  /** Ids of those that need not be looked at again. */
  readonly settled: readonly number[]
  readonly notes: readonly string[]
}

/**
 * The runs of all trusted artifacts of this name. An artifact is never changed, so two runs that append at once leave one
 * each, and neither holds the other's: whoever reads merges them, by the id of each run. Each names those it was merged
 * from, and those that its writer refused for good: these need not be looked at again.
 */
export async function mergedWindow(
  place: ArtifactPlace,
  asOf: string,
  { access, ancestry, retrying }: { readonly access: Access; readonly ancestry: Ancestry; readonly retrying: Retrying },
): Promise<MergedWindow> {
  const github = connect(access)
  const { own, ours } = await oursOf(github, place, retrying)
  const found = await listAll(github, place, retrying)
  const runOf = runsOf(github, place, own, retrying)
  const reading = new Reading()
  for (const artifact of found) {
    if (reading.isSettled(artifact)) continue
    const refusal = artifactRefusal(artifact, ours)
    if (refusal !== undefined) reading.refuse(refusal)
    else if (artifact.expired) reading.expire(artifact)
    else if (reading.windows === MOST_WINDOWS) {
      reading.cut()
      break
    } else if (await isTrusted(artifact, { ours, runOf, ancestry, asOf, retrying }, reading))
      reading.take(artifact, await artifactContent(github, place, artifact, { file: FILE, most: LARGEST }, retrying))
  }
  return reading.result(found)
}

async function oursOf(github: GitHub, place: ArtifactPlace, retrying: Retrying) {
  const own = await runFacts(github, place, place.run.id, retrying)
  const branches = [await defaultBranch(github, place, retrying), place.run.base ?? place.run.branch]
  const ours: Ours = {
    repository: own.repository,
    workflow: own.workflow,
    path: own.path,
    branches: branches.filter((branch) => branch !== undefined),
    run: own.id,
  }
  return { own, ours }
}

/** Asks for each run once; undefined for one that is gone. */
function runsOf(github: GitHub, place: ArtifactPlace, own: RunFacts, retrying: Retrying): Judging['runOf'] {
  const known = new Map<number, Promise<RunFacts | undefined>>([[own.id, Promise.resolve(own)]])
  return (id) => {
    const run = known.get(id) ?? unlessRefused([404], () => runFacts(github, place, id, retrying))
    known.set(id, run)
    return run
  }
}

/** Newest first: ids rise. */
async function listAll(github: GitHub, place: ArtifactPlace, retrying: Retrying) {
  const found: ListedArtifact[] = []
  let empty = 0
  for (const name of artifactNames(place.name)) {
    const artifacts = await listArtifacts(github, place, name, retrying)
    found.push(...artifacts.filter((artifact) => artifact.name === name))
    empty = artifacts.length === 0 ? empty + 1 : 0
    if (empty === GAP) break
  }
  return found.sort((a, b) => b.id - a.id)
}

interface Judging {
  readonly ours: Ours
  readonly runOf: (id: number) => Promise<RunFacts | undefined>
  readonly ancestry: Ancestry
  readonly asOf: string
  readonly retrying: Retrying
}

async function isTrusted(
  artifact: ListedArtifact,
  { ours, runOf, ancestry, asOf, retrying }: Judging,
  reading: Reading,
): Promise<boolean> {
  const run = artifact.run && (await runOf(artifact.run.id))
  const refusal = run === undefined ? 'its run is gone' : runRefusal(run, artifact, ours)
  if (run === undefined || refusal !== undefined) {
    // A run that has ended stays what it is; when it is made again, that attempt brings artifacts of its own.
    reading.refuse(`${refusal}`, run?.conclusion === undefined ? undefined : artifact)
    return false
  }
  // A branch that was rewritten leaves runs behind whose commits it no longer has. Another commit may well have them.
  if ((await ancestry(run.commit, asOf, retrying)) !== undefined) return true
  reading.refuse('its commit is not in the history of this one')
  return false
}

/** What one reading has come across. */
class Reading {
  /** Windows that were downloaded, whole or not. */
  windows = 0
  readonly #settled = new Set<number>()
  readonly #refused = new Map<string, number>()
  readonly #damaged: LoadgateError[] = []
  readonly #expired: ListedArtifact[] = []
  #runs: readonly BaselineRun[] = []
  #artifacts = 0
  #cut = false

  isSettled({ id }: ListedArtifact): boolean {
    return this.#settled.has(id)
  }

  /** `forGood` is the artifact where nothing that comes can change it. */
  refuse(why: string, forGood?: ListedArtifact): void {
    this.#refused.set(why, (this.#refused.get(why) ?? 0) + 1)
    if (forGood) this.#settled.add(forGood.id)
  }

  expire(artifact: ListedArtifact): void {
    this.#expired.push(artifact)
  }

  cut(): void {
    this.#cut = true
  }

  /** Throws where a newer version wrote it: without it, the window would be an old one. */
  take(artifact: ListedArtifact, content: Content): void {
    const place = `${FILE} in the artifact ${artifact.name} (${artifact.id})`
    this.windows++
    if (content.kind === 'expired') {
      this.expire(artifact)
      return
    }
    try {
      if (content.kind === 'damaged') throw damagedBaseline(place, content.why)
      const { runs, settled = [] } = decodeWindow(content.bytes, place)
      for (const run of runs) this.#runs = withRun(this.#runs, run)
      for (const id of [artifact.id, ...settled]) this.#settled.add(id)
      this.#artifacts++
    } catch (error) {
      if (!(error instanceof LoadgateError) || error instanceof NewerSchema) throw error
      this.#damaged.push(error)
    }
  }

  /** Throws where nothing is left but what is damaged. What is no longer listed need not be remembered. */
  result(listed: readonly ListedArtifact[]): MergedWindow {
    const [damaged] = this.#damaged
    if (damaged !== undefined && this.#artifacts === 0) throw damaged
    const settled = listed.map(({ id }) => id).filter((id) => this.#settled.has(id))
    return { runs: this.#runs, settled, notes: [...this.#notes()] }
  }

  *#notes(): Generator<string> {
    for (const { message } of this.#damaged) yield `Left out: ${message}`
    if (this.#cut) yield `More than ${MOST_WINDOWS} artifacts were to be merged; the oldest were left out`
    if (this.#artifacts > 0) return
    const [newest] = this.#expired
    if (newest !== undefined)
      yield `The baseline has expired: artifact ${newest.id} of ${newest.createdAt?.slice(0, 10) ?? 'long ago'} is no longer kept. The next run that is saved begins a new one; a schedule keeps it alive`
    for (const [why, count] of this.#refused) yield `Not trusted, ${count} of the artifacts by this name: ${why}`
  }
}
