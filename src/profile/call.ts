/** `name(…)`, its arguments as written. */
export interface WrittenCall {
  readonly name: string
  readonly given: readonly string[]
}

/** Undefined where the text is none. Commas inside of quotes and inner brackets part nothing. */
export function callIn(text: string): WrittenCall | undefined {
  const [, name, inner] = /^([A-Za-z_][\w-]*)\s*\(([\s\S]*)\)$/.exec(text) ?? []
  if (name === undefined || inner === undefined) return undefined
  const given = partsOf(inner)
  return given && { name, given }
}

const TOKENS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[(),]|[^"'(),]+|["']/gy

/** Undefined where brackets or quotes do not close. */
function partsOf(inner: string): readonly string[] | undefined {
  if (inner.trim() === '') return []
  const parts = ['']
  let depth = 0
  for (const [token] of inner.matchAll(TOKENS)) {
    if (token === '"' || token === "'") return undefined
    if (token === '(') depth++
    if (token === ')' && --depth < 0) return undefined
    if (token === ',' && depth === 0) parts.push('')
    else parts[parts.length - 1] += token
  }
  return depth === 0 ? parts.map((part) => part.trim()) : undefined
}

/** A text in quotes, a number, true, false or null; undefined for anything else. */
export function literalIn(text: string): { readonly value: string | number | boolean | null } | undefined {
  const [, double, single] = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')$/.exec(text) ?? []
  const quoted = double ?? single
  if (quoted !== undefined) return { value: quoted.replace(/\\(.)/g, '$1') }
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return { value: Number(text) }
  const word = WORDS.get(text)
  return word === undefined ? undefined : { value: word }
}

const WORDS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])
