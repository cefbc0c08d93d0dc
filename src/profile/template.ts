import { nearest } from '../nearest.ts'
import { callIn } from './call.ts'
import { functionCall } from './function-call.ts'
import type { Argument, CallPlace, FunctionCall } from './functions.ts'
import { generatorOf, KNOWN_GENERATORS } from './generators.ts'
import type { Reference, TemplatePart } from './profile.ts'
import { type Wrong, wrong } from './scalars.ts'
import { show } from './show.ts'

/** A `${…}` as it stands in a text. */
export interface Slot {
  /** Between the braces. */
  readonly source: string
  /** With the braces, as written; the rest of the text when it is never closed. */
  readonly written: string
  readonly closed: boolean
  /** Where it begins in the text. */
  readonly at: number
}

export interface SlotProblem extends Wrong {
  readonly slot: Slot
}

/** A variable whose value went into the text. Defaults are no values of the environment. */
export interface UsedVariable {
  readonly name: string
  readonly value: string
  /** Where its slot begins in the text. */
  readonly at: number
}

export interface Filled {
  /** Literal text, values of the environment among it, and the other slots, in order. */
  readonly parts: readonly (string | Slot)[]
  readonly problems: readonly SlotProblem[]
  readonly used: readonly UsedVariable[]
}

export type Environment = Readonly<Record<string, string | undefined>>

/** In one value. Far above what anybody writes; keeps the work on a hostile profile small. */
const MAX_SLOTS = 1_000

/** `$${` is a literal `${`. A slot ends at the first `}`: there is no nesting. */
function split(text: string): readonly (string | Slot)[] {
  const parts: (string | Slot)[] = []
  let literal = ''
  let position = 0
  for (;;) {
    const open = text.indexOf('${', position)
    if (open < 0) break
    if (open > position && text[open - 1] === '$') {
      literal += `${text.slice(position, open - 1)}\${`
      position = open + 2
      continue
    }
    const close = text.indexOf('}', open)
    const end = close < 0 ? text.length : close + 1
    const source = text.slice(open + 2, close < 0 ? end : close)
    parts.push(literal + text.slice(position, open), {
      source,
      written: text.slice(open, end),
      closed: close >= 0,
      at: open,
    })
    literal = ''
    position = end
  }
  return [...parts, literal + text.slice(position)].filter((part) => part !== '')
}

/**
 * Puts the environment's values in. They are never looked through for `${` again: a value is text, whoever set it.
 */
export function fillEnvironment(text: string, env: Environment): Filled {
  const parts: (string | Slot)[] = []
  const problems: SlotProblem[] = []
  const used: UsedVariable[] = []
  const written = split(text)
  const last = written.filter((part) => typeof part !== 'string')[MAX_SLOTS]
  if (last) {
    const message = `more than ${MAX_SLOTS} "\${ }" in one value; write it in pieces`
    return { parts: [], problems: [{ code: 'too-large', message, slot: last }], used }
  }
  for (const part of written) {
    const filled = typeof part === 'string' ? part : fillSlot(part, env, { problems, used })
    if (filled === undefined) continue
    const last = parts.at(-1)
    if (typeof filled === 'string' && typeof last === 'string') parts[parts.length - 1] = last + filled
    else parts.push(filled)
  }
  return { parts: parts.filter((part) => part !== ''), problems, used }
}

function fillSlot(
  slot: Slot,
  env: Environment,
  { problems, used }: { readonly problems: SlotProblem[]; readonly used: UsedVariable[] },
): string | Slot | undefined {
  const fail = (code: Wrong['code'], message: string): undefined => void problems.push({ code, message, slot })
  if (!slot.closed)
    return fail('invalid-value', '"${" is never closed; add "}", or write "$${" for the characters themselves')
  if (!/^\s*env\b/.test(slot.source)) return slot
  const [, name, fallback] = /^\s*env\.([A-Za-z_][A-Za-z0-9_]*)(?:\s*|:-([\s\S]*))$/.exec(slot.source) ?? []
  if (name === undefined)
    return fail(
      'unknown-reference',
      `${show(slot.written)} is not understood; write \${env.NAME} or \${env.NAME:-default}`,
    )
  // Empty counts as unset, as in a shell's `:-`, and because an action's missing secret arrives as empty text.
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (value) used.push({ name, value, at: slot.at })
  return value || (fallback ?? fail('missing-env', `${name} is not set; set it, or write \${env.${name}:-default}`))
}

/** What a `${…}` can mean where it stands. */
export interface Scope {
  readonly sources: readonly string[]
  /** Captured in earlier steps of the same scenario. */
  readonly captured: readonly string[]
  /** Captured in this or a later step of the same scenario. */
  readonly later: readonly string[]
  /** Where the calls of the profile's own functions are noted down; undefined where it has no module of its own. */
  readonly calls?: CallPlace[] | undefined
}

/** The meaning of a slot that is not of the environment; `env` gives an argument that is. */
export function referenceOf(
  { source, written }: Slot,
  scope: Scope,
  env: (name: string) => string | Wrong = () => wrong('unknown-reference', 'the environment cannot stand here'),
): Reference['value'] | Wrong {
  const text = source.trim()
  const call = callIn(text)
  const generated = call && generatorOf(call, written)
  if (generated) return generated
  if (!call) return plainReference(text, written, scope)
  if (!scope.calls)
    return wrong(
      'unknown-reference',
      `there is no function ${show(call.name)}; there is ${KNOWN_GENERATORS.join(', ')}, and what the module exports that is named under "functions"`,
    )
  return functionCall(call, written, (argument) => argumentOf(argument, written, scope, env))
}

function argumentOf(
  text: string,
  written: string,
  scope: Scope,
  env: (name: string) => string | Wrong,
): Argument | Wrong {
  const [, name] = /^env\.([A-Za-z_][A-Za-z0-9_]*)$/.exec(text) ?? []
  if (name !== undefined) {
    const value = env(name)
    return typeof value === 'string' ? { kind: 'literal', value } : value
  }
  if (/^env\b/.test(text)) return wrong('unknown-reference', `${show(text)} is not understood; write env.NAME`)
  const call = callIn(text)
  if (!call) return plainReference(text, written, scope)
  return (
    generatorOf(call, written) ??
    wrong('invalid-value', `${show(written)}: ${show(call.name)} cannot be called inside of another call`)
  )
}

/** A column of data or a captured value. */
function plainReference(
  text: string,
  written: string,
  scope: Scope,
): Exclude<Reference['value'], FunctionCall> | Wrong {
  const dot = text.indexOf('.')
  if (dot >= 0) return column(text.slice(0, dot).trim(), text.slice(dot + 1).trim(), written, scope)
  if (scope.captured.includes(text)) return { kind: 'capture', name: text }
  return wrong('unknown-reference', unknownName(text, written, scope))
}

function column(
  source: string,
  name: string,
  written: string,
  { sources, captured }: Scope,
): Exclude<Reference['value'], FunctionCall> | Wrong {
  if (sources.includes(source) && name !== '') return { kind: 'data', source, column: name }
  if (sources.includes(source)) return wrong('unknown-reference', `${show(written)} names no column of ${source}`)
  if (captured.includes(source))
    return wrong('unknown-reference', `${show(written)}: ${source} is one captured text; write \${${source}}`)
  const near = nearest(source.slice(0, 100), [...sources, 'env'])
  return wrong(
    'unknown-reference',
    `there is no data source ${show(source)}${near ? `; did you mean "${near}"?` : otherwise(sources)}`,
  )
}

function otherwise(sources: readonly string[]): string {
  return sources.length > 0 ? `; there is ${sources.join(', ')}` : '; declare it under "data"'
}

function unknownName(text: string, written: string, { sources, captured, later }: Scope): string {
  if (later.includes(text))
    return `${show(text)} is captured only in this or a later step; capture it in an earlier one`
  if (sources.includes(text)) return `${show(written)} names no column; write \${${text}.COLUMN}`
  if (/^[A-Za-z_][\w-]*\s*\(/.test(text)) return `${show(written)}: its brackets or its quotes do not close`
  const generated = KNOWN_GENERATORS.find((generator) => generator.startsWith(`${text}(`))
  if (generated) return `${show(written)} lacks its brackets; write \${${generated}}`
  if (/^[A-Z][A-Z0-9_]*$/.test(text))
    return `there is no ${show(text)} here; write \${env.${text}} for the environment, or $\${ for the characters themselves`
  const near = nearest(text.slice(0, 100), [...captured, ...sources])
  return near
    ? `there is no ${show(text)} here; did you mean "${near}"?`
    : `there is no ${show(text)} here; an earlier step can capture it, or write $\${ for the characters themselves`
}

/** Neighbouring literals become one, empty ones none. */
export function joinLiterals(parts: readonly TemplatePart[]): readonly TemplatePart[] {
  const joined: TemplatePart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part === '') continue
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined
}
