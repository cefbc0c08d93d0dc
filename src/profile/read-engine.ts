import type { ScriptedProfile } from './grammar.ts'
import type { Engine, LoadProfile } from './profile.ts'
import { readBudgets } from './read-budgets.ts'
import { readGuards } from './read-guards.ts'
import { complain, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { headSpan, keysAt } from './tree.ts'
import { writtenAddress } from './written-address.ts'

/** What the script says itself, in words that Loadgate does not look into. */
const ITS_OWN: Readonly<Record<string, string>> = {
  load: 'how much is sent',
  scenarios: 'what users do',
  timeout: 'how long a request may take',
  redirects: 'which redirects are followed',
  connections: 'how connections are used',
  data: 'which data it reads',
  functions: 'what it computes',
}
/** Of results, all is over. */
const OVER: Readonly<Record<string, string>> = {
  service: 'a service is started for a load that is still to come',
  guards: 'guards are watched while a load is sent',
}
const OF_A_SCRIPT = ['properties', 'files', 'timeout'] as const
const TIMEOUT = 3_600_000

/** Whether another generator sends the load, whatever may be wrong with how that is said. */
export function hasEngine({ root }: Reading): boolean {
  return keysAt(root, []).includes('engine')
}

type Section = Loose<typeof ScriptedProfile>

/** A profile whose load is another generator's. */
export function readScripted(
  reading: Reading,
  section: Section,
  service: Pick<LoadProfile, 'service'>,
): LoadProfile | undefined {
  for (const key of keysAt(reading.root, []).filter((key) => Object.hasOwn(ITS_OWN, key)))
    complain(
      reading,
      [key],
      'conflict',
      `"${key}" cannot stand beside "engine", whose script says ${ITS_OWN[key]}; remove one of them`,
      'head',
    )
  const engine = engineOf(reading, section.engine)
  if (engine?.kind === 'results')
    for (const key of keysAt(reading.root, []).filter((key) => Object.hasOwn(OVER, key)))
      complain(reading, [key], 'conflict', `${OVER[key]}, and "engine" has results; remove one of them`, 'head')
  // Its labels are known when it has been run.
  const scopes = { named: [], allNamed: false }
  const budgets = readBudgets(reading, section.budgets ?? [], { path: ['budgets'], scopes })
  const guards = readGuards(reading, section.guards ?? [], { path: ['guards'] })
  const { name, target } = section
  const written = writtenAddress(reading, ['target'])
  if (name === undefined || target === undefined || engine === undefined) return undefined
  return {
    name,
    target,
    ...(written === undefined ? {} : { written }),
    ...service,
    load: undefined,
    engine,
    timeout: engine.kind === 'script' ? engine.within : TIMEOUT,
    connections: {},
    data: {},
    scenarios: [],
    budgets,
    ...(guards.length === 0 ? {} : { guards }),
  }
}

function engineOf(reading: Reading, section: Section['engine']): Engine | undefined {
  const place = reading.log.place(headSpan(reading.root, ['engine']).start)
  const keys = keysAt(reading.root, ['engine'])
  const both = keys.includes('jmeter') && keys.includes('results')
  if (section !== undefined && !keys.includes('jmeter') && !keys.includes('results'))
    complain(reading, ['engine'], 'missing-key', '"jmeter" is missing; add one, as in "jmeter: shop.jmx"', 'head')
  const idle = both ? ['results'] : keys.includes('results') ? OF_A_SCRIPT.filter((key) => keys.includes(key)) : []
  for (const key of idle)
    complain(
      reading,
      ['engine', key],
      'conflict',
      both ? 'either a script is run or results are read; remove one of them' : `"${key}" is of a script; remove it`,
      'head',
    )
  if (section?.results !== undefined) return { kind: 'results', file: section.results, place }
  if (section?.jmeter === undefined) return undefined
  const { jmeter: file, files = [], properties = {}, timeout: within = TIMEOUT } = section
  const given = Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
  return {
    kind: 'script',
    tool: 'JMeter',
    file,
    files: [...new Set(files.filter((one) => one !== undefined))].filter((one) => one !== file),
    properties: Object.fromEntries(given),
    within,
    place,
  }
}
