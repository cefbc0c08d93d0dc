import { jsonParts } from './json-text.ts'
import type { JsonValue, Template } from './profile.ts'
import { readTemplate } from './read-template.ts'
import { complain, type Reading } from './reading.ts'
import { joinLiterals, type Scope } from './template.ts'
import type { Path } from './tree.ts'

interface Place {
  readonly path: Path
  readonly scope: Scope
}

/** A JSON body; undefined when something is wrong with it, which is then in the log. */
export function readJson(reading: Reading, json: JsonValue | undefined, place: Place): Template | undefined {
  if (json === undefined) return undefined
  if (typeof json === 'string' && /^\s*[[{]/.test(json)) {
    const why = 'this is JSON inside of text; write it without quotes, or as "body" with "type: application/json"'
    complain(reading, place.path, 'invalid-value', why)
    return undefined
  }
  return readJsonText(reading, json, place)
}

/** JSON whose strings are templates. */
export function readJsonText(reading: Reading, json: JsonValue, { path, scope }: Place): Template | undefined {
  let whole = true
  const parts = jsonParts(json, (_, place) => {
    const template = readTemplate(reading, [...path, ...place], { scope, encode: 'json', write: insideJson })
    if (!template) whole = false
    return template ?? []
  })
  return whole ? joinLiterals(parts) : undefined
}

/** As it stands between the quotes of a JSON string. */
export function insideJson(literal: string): string {
  return JSON.stringify(literal.toWellFormed()).slice(1, -1)
}
