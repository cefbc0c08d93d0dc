import { constantOf, type Variables } from './variables.ts'

/** When the steps below an If Controller are sent; captured names as in the profile. */
export type Condition = { readonly when: Readonly<Record<string, string | readonly string[]>> } | 'always' | 'never'

interface Comparison {
  readonly name: string
  readonly text: string
}

/**
 * What a condition comes to that compares variables with texts, as JavaScript, JEXL or Groovy: `"${role}" == "admin"`, several
 * of them with `&&`, and of one variable with `||`. Undefined for all else.
 */
export function conditionOf(given: string, variables: Variables): Condition | undefined {
  const text = given.trim()
  if (/^(?:true|false)$/i.test(text)) return /true/i.test(text) ? 'always' : 'never'
  const [, name] = /^\$\{(\w[\w.-]*)\}$/.exec(text) ?? []
  if (name !== undefined && !name.startsWith('__')) return together([[{ name, text: 'true' }]], variables)
  const inside = /^\$\{__(?:jexl[23]?|javaScript|groovy)\(([\s\S]*?),?\)\}$/.exec(text)?.[1] ?? text
  const parts = inside.split('&&').map((part) => part.split('||').map(comparisonOf))
  const known = parts.map((part) => part.filter((comparison) => comparison !== undefined))
  return known.every((part, index) => part.length === parts[index]!.length) ? together(known, variables) : undefined
}

const VARIABLE = String.raw`(?:(["']?)\$\{(?<name>\w[\w.-]*)\}\1|vars\.get\(\s*(["'])(?<got>\w[\w.-]*)\3\s*\))`
const TEXT = String.raw`(?:"(?<double>[^"\\$]*)"|'(?<single>[^'\\$]*)'|(?<number>-?\d+))`
const COMPARISONS = [`${VARIABLE}\\s*={2,3}\\s*${TEXT}`, `${TEXT}\\s*={2,3}\\s*${renumbered(VARIABLE)}`].map(
  (pattern) => new RegExp(`^\\s*\\(?\\s*${pattern}\\s*\\)?\\s*$`),
)

/** The quotes are the fourth and the sixth group where the text comes first. */
function renumbered(pattern: string): string {
  return pattern.replace('\\1', '\\4').replace('\\3', '\\6')
}

function comparisonOf(text: string): Comparison | undefined {
  for (const pattern of COMPARISONS) {
    const { name, got, double, single, number } = pattern.exec(text)?.groups ?? {}
    const [variable, value] = [name ?? got, double ?? single ?? number]
    if (variable !== undefined && value !== undefined) return { name: variable, text: value }
  }
  return undefined
}

/** All of the parts, and in each one of its comparisons, which are of one variable. */
function together(parts: readonly (readonly Comparison[])[], variables: Variables): Condition | undefined {
  const when: Record<string, string | readonly string[]> = {}
  for (const part of parts) {
    const [first] = part
    if (!first || part.some(({ name }) => name !== first.name)) return undefined
    const texts = part.map(({ text }) => text)
    const captured = variables.captured.get(first.name)
    const constant = captured === undefined ? constantOf(`\${${first.name}}`, variables) : undefined
    if (captured === undefined && constant === undefined) return undefined
    if (constant !== undefined && !texts.includes(constant)) return 'never'
    if (captured === undefined) continue
    if (captured in when) return undefined
    when[captured] = texts.length === 1 ? texts[0]! : texts
  }
  return Object.keys(when).length > 0 ? { when } : 'always'
}
