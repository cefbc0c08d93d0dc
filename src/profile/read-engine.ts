import type { ScriptedProfile } from './grammar.ts'
import type { LoadProfile, ScriptEngine } from './profile.ts'
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
const TIMEOUT = 3_600_000

/** Whether another generator sends the load, whatever may be wrong with how that is said. */
export function hasEngine({ root }: Reading): boolean {
  return keysAt(root, []).includes('engine')
}

type Section = Loose<typeof ScriptedProfile>

/** A profile whose load is a script's. */
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
    timeout: engine.within,
    connections: {},
    data: {},
    scenarios: [],
    budgets,
    ...(guards.length === 0 ? {} : { guards }),
  }
}

function engineOf({ root, log }: Reading, section: Section['engine']): ScriptEngine | undefined {
  if (section?.jmeter === undefined) return undefined
  const properties = Object.entries(section.properties ?? {})
  return {
    tool: 'JMeter',
    file: section.jmeter,
    files: [...new Set((section.files ?? []).filter((file) => file !== undefined))].filter(
      (file) => file !== section.jmeter,
    ),
    properties: Object.fromEntries(properties.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
    within: section.timeout ?? TIMEOUT,
    place: log.place(headSpan(root, ['engine']).start),
  }
}
