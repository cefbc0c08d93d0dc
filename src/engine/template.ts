import { wholeNumber } from '../plan/choice.ts'
import type { DataTable, LoadPlan } from '../plan/plan.ts'
import type { DocumentValue } from '../profile/document.ts'
import type { FunctionCall } from '../profile/functions.ts'
import type { Reference, Template } from '../profile/profile.ts'
import type { EpochMs } from '../units.ts'
import type { Called } from './functions.ts'
import { compileRecipe } from './generated.ts'

/** Where a template's references find their values: one pass of one user. */
export interface Values {
  /** The row that this pass reads of the `index`-th table of the plan; undefined when there is none for it. */
  row(table: DataTable, index: number): readonly string[] | undefined
  captured(name: string): string | undefined
  /** From 1 on. */
  number(of: 'user' | 'iteration' | 'worker'): number
  /** A number in [0, 1), the next of this pass's own sequence. */
  draw(): number
  now(): EpochMs
  /** Told why a value cannot be had, where there is something to say. */
  refuse?(why: string): void
}

/** Of no pass: what is the same every time asks for nothing. */
export const NOTHING: Values = {
  row: () => undefined,
  captured: () => undefined,
  number: () => 0,
  draw: () => 0,
  now: () => 0,
}

/** What a template needs besides data, made ready for one step. */
export interface Tools {
  /** How a function of the profile's module is called; undefined where there is none. */
  readonly call?: ((call: FunctionCall) => Called) | undefined
  /** Of the plan. */
  readonly pools?: LoadPlan['pools']
  /** How a large document is made. */
  readonly document?: (value: DocumentValue) => Render
}

/** Undefined when a value is not there. */
export type Render = (values: Values) => string | undefined

/** A template made ready: the text itself when it is always the same, so that it costs nothing per request. */
export function compileTemplate(template: Template, data: Tables, tools?: Tools): string | Render {
  if (template.every((part) => typeof part === 'string')) return template.join('')
  const parts = template.map((part) => (typeof part === 'string' ? part : compileReference(part, data, tools)))
  return (values) => {
    let text = ''
    for (const part of parts) {
      const piece = typeof part === 'string' ? part : part(values)
      if (piece === undefined) return undefined
      text += piece
    }
    return text
  }
}

function compileReference({ encode, value }: Reference, data: Tables, tools: Tools | undefined): Render {
  const read = value.kind === 'function' ? compileCall(value, data, tools) : compileValue(value, data, tools)
  const write = ENCODERS[encode]
  return (values) => {
    const text = read(values)
    return text === undefined ? undefined : write(text)
  }
}

/** An argument that is not there leaves nothing to call. */
function compileCall(call: FunctionCall, data: Tables, tools: Tools | undefined): Render {
  if (!tools?.call) throw new Error(`there is no function ${call.name}`)
  const called = tools.call(call)
  const given = call.given.map((argument) =>
    argument.kind === 'literal' ? argument : compileValue(argument, data, tools),
  )
  return (values) => {
    const read: unknown[] = []
    for (const argument of given) {
      const value = typeof argument === 'function' ? argument(values) : argument.value
      if (value === undefined) return undefined
      read.push(value)
    }
    return called(read, values)
  }
}

type Tables = Readonly<Record<string, DataTable>>

function compileValue(
  value: Exclude<Reference['value'], FunctionCall>,
  data: Tables,
  tools: Tools | undefined,
): Render {
  switch (value.kind) {
    case 'data': {
      const table = data[value.source]
      if (!table) return () => undefined
      const index = Object.keys(data).indexOf(value.source)
      const column = table.columns.indexOf(value.column)
      return (values) => values.row(table, index)?.[column]
    }
    case 'capture':
      return (values) => values.captured(value.name)
    case 'generated':
      return compileRecipe(value.recipe, tools?.pools)
    case 'uuid':
      return uuid
    case 'user':
    case 'iteration':
    case 'worker':
      return numberOf(value.kind)
    case 'now':
      return (values) => String(Math.round(values.now()))
    case 'document':
      if (!tools?.document) throw new Error(`nobody has made ${value.file} ready`)
      return tools.document(value)
    case 'file':
      throw new Error('a file is no value')
    case 'random':
      return (values) => String(wholeNumber(value.from, value.to, values.draw()))
  }
}

function numberOf(what: 'user' | 'iteration' | 'worker'): Render {
  return (values) => String(values.number(what))
}

const ENCODERS: Readonly<Record<Reference['encode'], (text: string) => string>> = {
  none: (text) => text,
  // A lone surrogate, which encodeURIComponent throws on, becomes U+FFFD.
  url: (text) => encodeURIComponent(text.toWellFormed()),
  json: (text) => JSON.stringify(text).slice(1, -1),
}

/** RFC 9562 version 4: 122 bits of the pass's own sequence, so that the same run sends the same. */
function uuid(values: Values): string {
  const hex = (digits: number) =>
    Math.floor(values.draw() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0')
  const variant = (8 + Math.floor(values.draw() * 4)).toString(16)
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`
}
