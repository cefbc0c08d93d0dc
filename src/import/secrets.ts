import type { Account } from './account.ts'
import { unique, variableName } from './names.ts'
import { literal, reference } from './text.ts'

const PASSWORD = /pass(?:word|wd|phrase|code)?$|^pwd$|^pin$|^otp$|^cvv$|^cvc$/i
const SECRET =
  /passw|secret|token|api[-_]?key|access[-_]?key|^key$|authorization|^auth$|[-_]auth|credential|session|^sid$|signature|^sig$|jwt|csrf|xsrf|card[-_]?number/i
/** What is shorter is a flag or a number of something, whatever its name. */
const SHORTEST = 6

/** Whether the value of a field, a header or a parameter of that name is one that no file may hold. */
export function isSecret(name: string, value: string): boolean {
  if (value === '' || /^(?:true|false|null|undefined|\d{1,5})$/i.test(value)) return PASSWORD.test(name) && value !== ''
  return PASSWORD.test(name) || (SECRET.test(name) && value.length >= SHORTEST)
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
  /** With where they came from. */
  readonly variables: ReadonlyMap<string, string>
}

export function createSecrets(): Secrets {
  const byValue = new Map<string, string>()
  const variables = new Map<string, string>()
  const taken = new Set<string>()
  const variable = (name: string, value: string) => {
    const known = byValue.get(value)
    if (known !== undefined) return `env.${known}`
    const made = unique(variableName(name, 'SECRET'), taken, (number) => `_${number}`)
    byValue.set(value, made)
    variables.set(made, name)
    return `env.${made}`
  }
  const replace = (name: string, value: string) => reference(variable(name, value))
  return {
    variable,
    replace,
    hide: (name, value) => (isSecret(name, value) ? replace(name, value) : literal(value)),
    hideAuthorization(value) {
      const [, scheme, rest] = /^([A-Za-z][\w-]*)\s+(.+)$/s.exec(value) ?? []
      if (scheme === undefined || rest === undefined) return replace('authorization', value)
      return `${scheme} ${replace(`${scheme.toLowerCase() === 'basic' ? 'basic_auth' : `${scheme}_token`}`, rest)}`
    },
    variables,
  }
}

/** Says which variables stand for what. */
export function tellSecrets({ variables }: Secrets, account: Account): void {
  const all = [...variables].map(([variable, name]) => `${variable} (${name})`)
  if (all.length > 0) account.note(`Secrets are not written down but taken from the environment: ${all.join(', ')}.`)
}
