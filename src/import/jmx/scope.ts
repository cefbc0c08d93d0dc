import type { Account } from '../account.ts'
import type { DraftThink } from '../draft.ts'
import { ofTheConnection } from '../headers.ts'
import { duration } from '../pauses.ts'
import type { Secrets } from '../secrets.ts'
import type { Fates } from './fates.ts'
import type { Header, TestElement } from './plan-tree.ts'
import { constantOf, type Variables } from './variables.ts'

/** What is around a sampler and counts for it, the nearest last. */
export interface Scope {
  /** HTTP Request Defaults. */
  readonly defaults: readonly TestElement[]
  readonly managers: readonly TestElement[]
  readonly timers: readonly TestElement[]
  readonly assertions: readonly TestElement[]
  readonly extractors: readonly TestElement[]
}

export const NO_SCOPE: Scope = { defaults: [], managers: [], timers: [], assertions: [], extractors: [] }

const ASSERTIONS = new Set(['ResponseAssertion', 'DurationAssertion', 'JSONPathAssertion'])
const EXTRACTORS = new Set([
  'RegexExtractor',
  'JSONPostProcessor',
  'BoundaryExtractor',
  'HtmlExtractor',
  'XPathExtractor',
])
const TIMERS = new Set(['ConstantTimer', 'UniformRandomTimer', 'GaussianRandomTimer'])

/** The scope of what stands beside these elements and below it: JMeter heeds them wherever they stand among the others. */
export function scopeWith(outer: Scope, elements: readonly TestElement[]): Scope {
  const own = elements.filter(({ enabled }) => enabled)
  const of = (is: (element: TestElement) => boolean) => own.filter(is)
  return {
    defaults: [...outer.defaults, ...of(isDefaults)],
    managers: [...outer.managers, ...of(({ tag }) => tag === 'HeaderManager')],
    timers: [...outer.timers, ...of(({ tag }) => TIMERS.has(tag))],
    assertions: [...outer.assertions, ...of(({ tag }) => ASSERTIONS.has(tag))],
    extractors: [...outer.extractors, ...of(({ tag }) => EXTRACTORS.has(tag))],
  }
}

/** Whether it works by way of a scope; then whoever uses it says what becomes of it. */
export function isScoped(element: TestElement): boolean {
  const { tag } = element
  return isDefaults(element) || tag === 'HeaderManager' || TIMERS.has(tag) || ASSERTIONS.has(tag) || EXTRACTORS.has(tag)
}

function isDefaults({ tag, props }: TestElement): boolean {
  return (
    tag === 'ConfigTestElement' && [...DEFAULTED].some((name) => props.text(name) !== '' || props.list(name).length > 0)
  )
}

const DEFAULTED = [
  'HTTPSampler.domain',
  'HTTPSampler.port',
  'HTTPSampler.protocol',
  'HTTPSampler.path',
  'HTTPsampler.Arguments',
]

/** Of the sampler itself, or of the nearest defaults that say it. */
export function settingOf(sampler: TestElement, { defaults }: Scope, name: string): string {
  const said = [sampler, ...[...defaults].reverse()].find(({ props }) => props.text(name) !== '')
  return said?.props.text(name) ?? ''
}

export interface SentHeader extends Header {
  readonly manager: TestElement
  /** What it is made of in the plan. */
  readonly from: readonly Header[]
}

/**
 * Headers of all managers, of which the nearest wins; but those that a connection sets. Several of one name in one manager
 * are one list (RFC 9110 5.3).
 */
export function headersFor({ managers }: Scope): readonly SentHeader[] {
  const byName = new Map<string, SentHeader>()
  for (const manager of managers)
    for (const header of manager.headers) {
      const { name, value } = header
      if (name === '' || ofTheConnection(name) !== undefined) continue
      const key = name.toLowerCase()
      const before = byName.get(key)
      const [first, from] =
        before?.manager === manager ? [`${before.value}${key === 'cookie' ? '; ' : ', '}`, before.from] : ['', []]
      byName.set(key, { name, value: first + value, manager, from: [...from, header] })
    }
  return [...byName.values()]
}

interface Around {
  readonly variables: Variables
  readonly fates: Fates
  readonly account: Account
  readonly secrets: Secrets
}

/** JMeter waits for each timer in scope before it sends. */
export function pausesFor({ timers }: Scope, { variables, fates, account }: Around): readonly DraftThink[] {
  return timers.flatMap((timer): DraftThink[] => {
    const { tag, props, name } = timer
    const number = (key: string) => Number(constantOf(props.text(key), variables) ?? Number.NaN)
    const [delay, range] = [number('ConstantTimer.delay'), number('RandomTimer.range')]
    if (!(delay >= 0) || (tag !== 'ConstantTimer' && !(range >= 0))) {
      fates.leave(timer, 'with times that are no constants')
      return []
    }
    fates.take(timer)
    if (tag === 'ConstantTimer' || range === 0) return think(duration(delay))
    if (tag === 'UniformRandomTimer') return think(`${duration(delay)}..${duration(delay + range)}`)
    if (range > delay / 2)
      account.note(`"${name}" varies by ${duration(range)}; a profile's normal() by at most half of its mean.`)
    // Half of a normal distribution has its mean at 0.8 of the deviation.
    if (delay === 0) return think(`0ms..${duration(1.6 * range)}`)
    return think(`normal(${duration(delay)}, ${duration(Math.min(range, delay / 2))})`)
  })
}

function think(pause: string): DraftThink[] {
  return pause === '0ms' ? [] : [{ kind: 'think', pause }]
}
