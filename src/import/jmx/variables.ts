import { variableName } from '../names.ts'
import { isSecret } from '../secrets.ts'
import { literal, reference } from '../text.ts'

/** What a name means where it is used. */
export interface Variables {
  /** User Defined Variables, as written. */
  readonly constants: ReadonlyMap<string, string>
  /** Columns of data, as `source.column`. */
  readonly columns: ReadonlyMap<string, string>
  /** Set by an extractor, with their names in the profile. */
  readonly captured: ReadonlyMap<string, string>
}

/** Text as a template, or what in it a profile has not. */
export type Resolved = { readonly text: string } | { readonly unknown: string }

/** Constants in constants. */
const DEEPEST = 8

/** JMeter's `${name}` and `${__function(…)}` as the profile's; `write` is how the text between them is written. */
export function resolve(
  given: string,
  variables: Variables,
  write: (text: string) => string = literal,
  depth = 0,
): Resolved {
  let text = ''
  let at = 0
  for (let open = given.indexOf('${'); open >= 0; open = given.indexOf('${', at)) {
    const close = closing(given, open)
    if (close < 0) break
    const meaning = meaningOf(given.slice(open + 2, close), variables, write, depth)
    if ('unknown' in meaning) return meaning
    text += write(given.slice(at, open)) + meaning.text
    at = close + 1
  }
  return { text: text + write(given.slice(at)) }
}

/** What it comes to when nothing is set from outside; undefined where it is different every time. */
export function constantOf(given: string, variables: Variables): string | undefined {
  const resolved = resolve(given, variables)
  if (!('text' in resolved)) return undefined
  const text = resolved.text.replace(/(?<!\$)\$\{env\.\w+:-([^}]*)\}/g, (_, fallback: string) => fallback)
  return /(?<!\$)\$\{/.test(text) ? undefined : text.replaceAll('$${', '${')
}

/** The `}` of a `${`, which may hold others. */
function closing(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text.startsWith('${', at)) depth++
    if (text[at] === '}' && --depth === 0) return at
  }
  return -1
}

function meaningOf(inside: string, variables: Variables, write: (text: string) => string, depth: number): Resolved {
  const unknown = { unknown: `\${${inside}}` }
  const [, name = '', given] = /^(__\w+)(?:\(([\s\S]*)\))?$/.exec(inside) ?? []
  if (name !== '') {
    const made = FUNCTIONS[name]?.(splitArguments(given ?? '').map((text) => constantOf(text, variables)))
    return made === undefined ? unknown : { text: made }
  }
  const known = variables.captured.get(inside) ?? variables.columns.get(inside)
  if (known !== undefined) return { text: reference(known) }
  const constant = variables.constants.get(inside)
  return constant === undefined || depth >= DEEPEST ? unknown : resolve(constant, variables, write, depth + 1)
}

/** At commas, but for those behind a backslash and those of a function inside. */
function splitArguments(given: string): readonly string[] {
  const all: string[] = ['']
  let depth = 0
  for (let at = 0; at < given.length; at++) {
    const character = given[at]!
    if (character === '(') depth++
    if (character === ')') depth--
    if (character === '\\' && given[at + 1] === ',') all.push((all.pop() ?? '') + (given[++at] ?? ''))
    else if (character === ',' && depth === 0) all.push('')
    else all.push((all.pop() ?? '') + character)
  }
  return all.map((text) => text.trim())
}

type Given = readonly (string | undefined)[]

/** Those that a profile has as well; undefined where one is asked for what it has not. */
const FUNCTIONS: Readonly<Record<string, ((given: Given) => string | undefined) | undefined>> = {
  // Without a default JMeter takes "1".
  __P: ([name, fallback = '1']) => fromProperty(name, fallback),
  __property: ([name, , fallback]) => fromProperty(name, fallback),
  __env: ([name, , fallback]) => fromProperty(name, fallback),
  __Random: ([from = '', to = '']) =>
    [from, to].every((number) => /^-?\d+$/.test(number)) ? `\${random(${from}, ${to})}` : undefined,
  __UUID: () => '${uuid()}',
  __time: ([format = '']) => (format === '' ? '${now()}' : undefined),
  __threadNum: () => '${user()}',
  // TRUE counts for each user by itself.
  __counter: ([own = '']) => (/^false$/i.test(own) ? '${iteration()}' : undefined),
}

function fromProperty(name: string | undefined, fallback: string | undefined): string | undefined {
  if (name === undefined || name === '' || fallback?.includes('}')) return undefined
  if (fallback !== undefined && isSecret(name, fallback)) return reference(`env.${variableName(name, 'PROPERTY')}`)
  return `\${env.${variableName(name, 'PROPERTY')}${fallback === undefined || fallback === '' ? '' : `:-${fallback}`}}`
}
