import { createHash } from 'node:crypto'
import type { Outcome } from '../compare/verdict.ts'
import { type Retrying, withRetry } from '../github/retry.ts'
import { codeSpan } from '../report/code-span.ts'
import { isOwnAddress } from '../report/own-address.ts'
import { plainLine } from '../report/plain-line.ts'
import type { Author } from './comments.ts'
import type { Issue, RepositoryIssues } from './issues.ts'
import { isOlder, isSameAuthor, type RunStamp } from './sticky-comment.ts'

/** What one night has to say. */
export interface Night {
  readonly outcome: Outcome
  /** Which profile the issue is about: one for each. */
  readonly key: string
  /** Name of that profile. */
  readonly profile: string
  readonly stamp: RunStamp
  readonly commit: string | undefined
  /** Of the newest run that was kept before, and so held; undefined where nothing tells. */
  readonly good: string | undefined
  /** ISO 8601, in UTC. */
  readonly day: string
  /** As in https://github.com/octo-org/shop. */
  readonly repositoryUrl: string
  /** The report, as Markdown of at most so many bytes. */
  readonly render: (limit: number) => string
}

export interface Kept {
  readonly did: 'opened' | 'updated' | 'closed' | 'left to a newer run'
  readonly url: string
}

/** GitHub refuses more characters with 422. */
const LIMIT = 65_536

/**
 * Keeps one issue per profile for as long as nights break its budgets: opens it, brings it up to date, closes it with the first
 * night that holds. A night that is inconclusive or invalid says nothing about the budgets and touches nothing.
 * Only an issue by ourselves counts as ours: anybody can write the marker. Every try looks anew, so an issue that was created
 * while its answer got lost is found and not created twice.
 * @returns undefined where there was nothing to do
 */
export async function keepNightlyIssue(
  issues: RepositoryIssues,
  night: Night,
  retrying: Retrying,
): Promise<Kept | undefined> {
  if (night.outcome === 'invalid' || night.outcome === 'inconclusive') return undefined
  let viewer: Author | undefined
  return withRetry(async () => {
    viewer ??= await issues.viewer()
    const kept = await theOne(issues, night.key, viewer)
    if (kept === undefined) return night.outcome === 'fail' ? open(issues, night, viewer) : undefined
    const spell = spellIn(kept.body)
    if (spell && isOlder(night.stamp, spell.stamp)) return { did: 'left to a newer run', url: kept.url }
    if (night.outcome === 'pass') {
      const { url } = await issues.update(kept.number, { body: bodyHeld(night, spell), close: 'completed' })
      return { did: 'closed', url }
    }
    const { url } = await issues.update(kept.number, { body: bodyBroken(night, next(night, spell)) })
    return { did: 'updated', url }
  }, retrying)
}

/** Two nights at once see no issue and open one each; each then looks again, and all but the first are closed. */
async function open(issues: RepositoryIssues, night: Night, viewer: Author): Promise<Kept> {
  const title = `Loadgate: ${plainLine(night.profile, 80)} breaks its budgets`
  const created = await issues.create({ title, body: bodyBroken(night, next(night, undefined)) })
  const { url } = (await theOne(issues, night.key, viewer)) ?? created
  return { did: 'opened', url }
}

/** The oldest of ours; whatever else there is of ours is closed. */
async function theOne(issues: RepositoryIssues, key: string, viewer: Author): Promise<Issue | undefined> {
  const [kept, ...others] = (await issues.listOpen())
    .filter(({ body, author }) => body.startsWith(marker(key)) && author !== undefined && isSameAuthor(author, viewer))
    .sort((a, b) => a.number - b.number)
  for (const { number } of others) await issues.update(number, { close: 'duplicate' })
  return kept
}

// A digest, because the key holds names from the profile, and "-->" in one of them would end the marker.
function marker(key: string): string {
  return `<!-- loadgate-issue:${createHash('sha256').update(key).digest('hex').slice(0, 16)} -->`
}

/** How long it has been broken, as the issue's second line keeps it. */
interface Spell {
  /** Of the latest night. */
  readonly stamp: RunStamp
  readonly nights: number
  /** The first day. */
  readonly since: string
  /** The last commit that held, and the first that did not. */
  readonly good: string | undefined
  readonly bad: string | undefined
}

/** In the second line, which a person's edit in the browser ends with CR LF; undefined where somebody has edited it away. */
function spellIn(body: string): Spell | undefined {
  const line = body.split(/\r?\n/, 2)[1] ?? ''
  const found =
    /^<!-- loadgate-nights:(\d{1,5}) since:(\d{4}-\d\d-\d\d) run:(\d{1,15})\.(\d{1,6}) good:([0-9a-f]{40,64}|-) bad:([0-9a-f]{40,64}|-) -->$/.exec(
      line,
    )
  if (found === null) return undefined
  const [, nights, since = '', runId, attempt, good = '-', bad = '-'] = found
  const sha = (text: string) => (text === '-' ? undefined : text)
  return {
    stamp: { runId: Number(runId), attempt: Number(attempt) },
    nights: Number(nights),
    since,
    good: sha(good),
    bad: sha(bad),
  }
}

function spellLine({ nights, since, stamp, good, bad }: Spell): string {
  const run = `${stamp.runId}.${stamp.attempt}`
  return `<!-- loadgate-nights:${nights} since:${since} run:${run} good:${good ?? '-'} bad:${bad ?? '-'} -->`
}

/** The spell with this night in it: a night that is run again is the same one. */
function next({ stamp, commit, good, day }: Night, before: Spell | undefined): Spell {
  if (before === undefined) return { stamp, nights: 1, since: day, good: shaOf(good), bad: shaOf(commit) }
  const again = before.stamp.runId === stamp.runId
  return { ...before, stamp, nights: before.nights + (again ? 0 : 1) }
}

const shaOf = (commit: string | undefined) => (/^[0-9a-f]{40,64}$/.test(commit ?? '') ? commit : undefined)

function bodyBroken(night: Night, spell: Spell): string {
  const { profile, commit } = night
  const nights = spell.nights === 1 ? 'since' : `for ${spell.nights} nights, since`
  const head = [
    marker(night.key),
    spellLine(spell),
    `${codeSpan(profile)} breaks its budgets ${nights} ${spell.since}. ${rangeSentence(night, spell)}`,
    '',
    `The latest night, of commit ${codeSpan(short(commit))}:`,
    '',
    '',
  ].join('\n')
  return head + night.render(LIMIT - Buffer.byteLength(head))
}

function bodyHeld(night: Night, spell: Spell | undefined): string {
  const { profile, commit, day } = night
  const broken =
    spell === undefined
      ? ''
      : ` It was broken for ${spell.nights === 1 ? 'a night' : `${spell.nights} nights`}, from ${spell.since} on. ${rangeSentence(night, spell)}`
  const head = [
    marker(night.key),
    ...(spell === undefined ? [] : [spellLine({ ...spell, stamp: night.stamp })]),
    `${codeSpan(profile)} holds its budgets again with commit ${codeSpan(short(commit))}, as of ${day}.${broken}`,
    '',
    '',
  ].join('\n')
  return head + night.render(LIMIT - Buffer.byteLength(head))
}

/** Between which two commits it broke. */
function rangeSentence({ repositoryUrl }: Night, { good, bad }: Spell): string {
  if (bad === undefined) return 'The commit is not known.'
  if (good === undefined)
    return `The first commit that broke them is ${codeSpan(short(bad))}; none is stored that held them.`
  if (good === bad) return `Commit ${codeSpan(short(bad))} held them the night before, so it is not the code alone.`
  const range = `${short(good)}...${short(bad)}`
  const shown = isOwnAddress(repositoryUrl)
    ? `[${codeSpan(range)}](${repositoryUrl}/compare/${good}...${bad})`
    : codeSpan(range)
  return `The commits in question are ${shown}.`
}

const short = (commit: string | undefined) => commit?.slice(0, 12) ?? 'unknown'
