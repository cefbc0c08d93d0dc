import type { Account } from './account.ts'
import { unique, variableList, variableName } from './names.ts'
import { literal, reference } from './text.ts'

const PASSWORD = /pass(?:word|wd|phrase|code)?\d?$|^pwd$|^pin$|^otp$|^cvv$|^cvc$/i
const SECRET =
  /passw|secret|token|api[-_]?key|access[-_]?key|^key$|authorization|^auth$|[-_]auth|credential|session|^sid$|signature|^sig$|jwt|csrf|xsrf|card[-_]?number/i
/** What is shorter is a flag or a number of something, whatever its name. */
const SHORTEST = 6
/** Shorter ones may stand somewhere else by accident. */
const TELLING = 8
/** So that no text is looked through more often. */
const MOST_LEARNED = 1_000

/** Whether the value of a field, a header or a parameter of that name is one that no file may hold. */
export function isSecret(name: string, value: string): boolean {
  if (value === '' || /^(?:true|false|null|undefined|\d{1,5})$/i.test(value)) return isPassword(name, value)
  return PASSWORD.test(name) || (SECRET.test(name) && value.length >= SHORTEST)
}

export function isPassword(name: string, value: string): boolean {
  return PASSWORD.test(name) && value !== ''
}

/** A secret that can be told wherever it stands. */
export interface Learned {
  readonly name: string
  readonly value: string
  /** As it is, and as it stands in addresses, forms, JSON and XML. */
  readonly ways: readonly string[]
}

/** Takes secrets out of what is imported, and remembers by which variables they are to come back. */
export interface Secrets {
  /** `env.NAME` of the variable that stands for this value, always the same one for the same value. */
  variable(name: string, value: string): string
  /** The same as a template. */
  replace(name: string, value: string): string
  /** `replace` where it is a secret; else the value as it is. */
  hide(name: string, value: string): string
  /** The value of an `authorization` header, its scheme kept. */
  hideAuthorization(value: string): string
  /** A secret wherever it stands from now on, where it is long enough to be told. */
  learn(name: string, value: string): void
  /** The longest first. */
  readonly learned: readonly Learned[]
  /** The text for lists and comments. */
  redact(text: string): string
  /** With where they came from. */
  readonly variables: ReadonlyMap<string, string>
}

export function createSecrets(): Secrets {
  const byValue = new Map<string, string>()
  const learned = new Map<string, Learned>()
  const variables = new Map<string, string>()
  const taken = new Set<string>()
  let sorted: readonly Learned[] | undefined
  const variable = (name: string, value: string) => {
    const known = byValue.get(value)
    if (known !== undefined) return `env.${known}`
    const made = unique(variableName(name, 'SECRET'), taken, (number) => `_${number}`)
    byValue.set(value, made)
    variables.set(made, name)
    return `env.${made}`
  }
  const replace = (name: string, value: string) => reference(variable(name, value))
  const all = () => {
    sorted ??= [...learned.values()].sort((a, b) => b.value.length - a.value.length)
    return sorted
  }
  return {
    variable,
    replace,
    hide: (name, value) => (isSecret(name, value) ? replace(name, value) : literal(value)),
    hideAuthorization(value) {
      const [, scheme, rest] = /^([A-Za-z][\w-]*)\s+(.+)$/s.exec(value) ?? []
      if (scheme === undefined || rest === undefined) return replace('authorization', value)
      return `${scheme} ${replace(authorizationName(scheme), rest)}`
    },
    learn(name, value) {
      // A single word may be the name of something; as a password it is none.
      if (value.length < TELLING || (/^[A-Za-z]{1,19}$/.test(value) && !isPassword(name, value))) return
      if (learned.size >= MOST_LEARNED || learned.has(value)) return
      learned.set(value, { name, value, ways: writtenWays(value) })
      sorted = undefined
    },
    get learned() {
      return all()
    },
    redact: (text) =>
      all()
        .flatMap(({ ways }) => ways)
        .reduce((shown, way) => shown.replaceAll(way, '***'), text)
        .replace(JWT, '***'),
    variables,
  }
}

function writtenWays(value: string): readonly string[] {
  const url = encodeURIComponent(value.toWellFormed())
  const form = new URLSearchParams([['', value]]).toString().slice(1)
  const xml = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = xml.replaceAll('"', '&quot;')
  const json = JSON.stringify(value).slice(1, -1)
  return [...new Set([value, url, form, json, xml, quoted, quoted.replaceAll("'", '&apos;')])]
}

/** `Basic` and `Bearer` as what a variable is named after. */
export function authorizationName(scheme: string): string {
  return scheme.toLowerCase() === 'basic' ? 'basic_auth' : `${scheme}_token`
}

/** RFC 7519, as far as it is told by its looks: JSON in base64url, and a signature. */
export const JWT = /(?<![\w-])eyJ[\w-]{4,}\.[\w-]{4,}\.[\w-]*/g

/** Says which variables stand for what. */
export function tellSecrets({ variables }: Secrets, account: Account): void {
  const byName = Map.groupBy(variables, ([, name]) => name)
  const all = [...byName].map(([name, each]) => `${variableList(each.map(([variable]) => variable))} (${name})`)
  if (all.length > 0) account.note(`Secrets are not written down but taken from the environment: ${all.join(', ')}.`)
}
