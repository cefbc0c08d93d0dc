import { LoadgateError } from '../errors.ts'
import { formatIssues, withoutMark } from './format-issues.ts'
import { Profile } from './grammar.ts'
import type { Issue } from './issue.ts'
import { createIssueLog } from './issue-log.ts'
import type { DataSource, LoadProfile, ServiceSpec } from './profile.ts'
import { readBudgets } from './read-budgets.ts'
import { readConnections } from './read-connections.ts'
import { functionsOf } from './read-functions.ts'
import { readGuards } from './read-guards.ts'
import { readOwnLoads } from './read-own-loads.ts'
import { readProfileLoad } from './read-profile-load.ts'
import { readScenarios } from './read-scenarios.ts'
import { readShape } from './read-shape.ts'
import { complain, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { visible } from './show.ts'
import type { Environment } from './template.ts'
import { at, type Path } from './tree.ts'
import { writtenAddress } from './written-address.ts'
import { readYaml } from './yaml-tree.ts'

/** A profile is written by hand; data has files of its own. */
const MAX_CHARACTERS = 1_048_576

export interface ReadProfile {
  /** Undefined when there is any issue. */
  readonly profile: LoadProfile | undefined
  /** Everything that is wrong, sorted by place. */
  readonly issues: readonly Issue[]
  /** Values of the environment that no log, report or file may show; also of a broken profile. */
  readonly secrets: readonly string[]
}

export interface ReadOptions {
  /** As shown in places. */
  readonly file: string
  readonly env: Environment
}

/** A profile from its text, or all that is wrong with it. Throws nothing. */
export function readProfile(given: string, { file, env }: ReadOptions): ReadProfile {
  const text = withoutMark(given)
  const log = createIssueLog(text.length <= MAX_CHARACTERS ? text : '', file)
  const secrets = new Set<string>()
  let profile: LoadProfile | undefined
  if (text.length > MAX_CHARACTERS)
    log.add('too-large', START, 'a profile has at most 1 MiB; put data into a file of its own')
  else if (text.trim() === '')
    log.add('missing-key', START, 'the profile is empty; it needs name, target, load and scenarios')
  else {
    const stray = FORBIDDEN.exec(text)
    if (stray)
      log.add(
        'syntax',
        at(stray.index),
        `the character ${visible(stray[0])} cannot stand in YAML; is this a text file in UTF-8?`,
      )
    const root = stray ? undefined : readYaml(text, log)
    if (root) profile = build({ text, root, env, log, secrets })
  }
  const issues = log.sorted()
  return { profile: issues.length > 0 ? undefined : profile, issues, secrets: [...secrets] }
}

/** The throwing twin: LoadgateError 'usage' with everything that is wrong. */
export function parseProfile(text: string, options: ReadOptions): { profile: LoadProfile; secrets: readonly string[] } {
  const { profile, issues, secrets } = readProfile(text, options)
  if (profile) return { profile, secrets }
  const hidden = issues.map((issue) => ({ ...issue, message: withoutSecrets(issue.message, secrets) }))
  throw new LoadgateError('usage', formatIssues(hidden, text), { mistakes: hidden })
}

/** A name that is quoted may have one in it, and nobody knows of the secrets of a profile that is broken. */
function withoutSecrets(message: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message)
}

const START = at(0)
// YAML 1.2, section 5.1: everything printable. Half a character (a lone surrogate) is none.
const FORBIDDEN = /(?![\t\n\r\x85])[\p{Cc}\p{Cs}\ufffe\uffff]/u

function build(reading: Reading): LoadProfile | undefined {
  const section = readShape(reading, Profile)
  if (!section) return undefined
  const load = readProfileLoad(reading, section)
  const own = readOwnLoads(reading, section.scenarios ?? [], { path: ['scenarios'], load })
  const loads = [load, ...own.map((one) => one?.load)].filter((one) => one !== undefined)
  const { scenarios, named, allNamed } = readScenarios(reading, section.scenarios ?? [], {
    path: ['scenarios'],
    sources: Object.keys(section.data ?? {}),
  })
  const known = scenarios.flatMap((scenario, at) => (scenario ? [{ ...scenario, ...own[at] }] : []))
  const connections = readConnections(reading, section.connections ?? {}, {
    path: ['connections'],
    loads,
    target: section.target,
    scenarios: known.length < scenarios.length ? undefined : known,
  })
  const scopes = { named, allNamed: allNamed && section.scenarios !== undefined }
  const budgets = readBudgets(reading, section.budgets ?? [], { path: ['budgets'], scopes })
  const guards = readGuards(reading, section.guards ?? [], { path: ['guards'] })
  const { name, target } = section
  const written = writtenAddress(reading, ['target'])
  const data = Object.entries(section.data ?? {}).map(
    ([key, source]) => [key, dataSource(reading, source, ['data', key])] as const,
  )
  if (name === undefined || target === undefined || loads.length === 0 || known.length < scenarios.length)
    return undefined
  return {
    name,
    target,
    ...(written === undefined ? {} : { written }),
    ...serviceOf(section.service),
    load,
    timeout: section.timeout ?? 30_000,
    ...(section.redirects === undefined ? {} : { redirects: section.redirects }),
    connections,
    data: Object.fromEntries(data.flatMap(([key, source]) => (source ? [[key, source] as const] : []))),
    ...functionsOf(reading, section.functions),
    scenarios: known,
    budgets,
    ...(guards.length === 0 ? {} : { guards }),
  }
}

function serviceOf(service: Loose<typeof Profile>['service']): { service?: ServiceSpec } {
  if (service?.start === undefined) return {}
  return {
    service: {
      prepare: service.prepare,
      prepareWithin: service['prepare-within'] ?? 600_000,
      start: service.start,
      ready: service.ready ?? '/',
      readyWithin: service['ready-within'] ?? 60_000,
      alone: service.alone ?? false,
    },
  }
}

type SourceSection = NonNullable<Loose<typeof Profile>['data']>[string]

function dataSource(reading: Reading, source: SourceSection, path: Path): DataSource | undefined {
  if (source?.file === undefined) return undefined
  if (source.pick === 'weighted' && source.by === undefined)
    complain(
      reading,
      path,
      'missing-key',
      '"pick: weighted" needs the column with the weights; add "by: COLUMN"',
      'head',
    )
  if (source.pick !== 'weighted' && source.by !== undefined)
    complain(
      reading,
      [...path, 'by'],
      'conflict',
      '"by" is of "pick: weighted" alone; write that, or remove it',
      'head',
    )
  const format = source.file.toLowerCase().endsWith('.json') ? 'json' : 'csv'
  return {
    file: source.file,
    format,
    pick: source.pick ?? 'sequential',
    ...(source.env ? { env: true } : {}),
    ...(source.by === undefined ? {} : { by: source.by }),
  }
}
