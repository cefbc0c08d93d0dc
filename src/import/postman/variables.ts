import { variableName } from '../names.ts'
import { isSecret, type Secrets } from '../secrets.ts'
import { type Fields, fields, items, textOf } from '../source.ts'
import { literal, reference } from '../text.ts'

/** `{{name}}` and what it stands for; all others come from the environment. */
export interface PostmanVariables {
  /** Text as a template; undefined with what in it a profile has not. */
  fill(text: string, write?: (text: string) => string): { readonly text: string } | { readonly unknown: string }
  /** With nothing from outside; undefined where something is. */
  constant(text: string): string | undefined
}

/** Constants in constants. */
const DEEPEST = 8

export function variablesOf(collection: Fields, secrets: Secrets): PostmanVariables {
  const known = new Map<string, { readonly value: string; readonly secret: boolean }>()
  for (const given of items(collection.variable)) {
    const { key, id, value, type, disabled } = fields(given)
    const name = textOf(key) ?? textOf(id)
    const text = textOf(value)
    if (name === undefined || text === undefined || disabled === true || text === '') continue
    known.set(name, { value: text, secret: type === 'secret' || (isSecret(name, text) && !text.includes('{{')) })
  }

  const fill = (text: string, write = literal, depth = 0): ReturnType<PostmanVariables['fill']> => {
    let filled = ''
    let at = 0
    for (const { 0: slot, 1: inside = '', index } of text.matchAll(/\{\{([^{}]+)\}\}/g)) {
      const meaning = meaningOf(inside.trim(), write, depth)
      if ('unknown' in meaning) return meaning
      filled += write(text.slice(at, index)) + meaning.text
      at = index + slot.length
    }
    return { text: filled + write(text.slice(at)) }
  }

  const meaningOf = (name: string, write: (text: string) => string, depth: number) => {
    if (name.startsWith('$')) {
      const made = DYNAMIC[name]
      return made === undefined ? { unknown: `{{${name}}}` } : { text: made }
    }
    const variable = known.get(name)
    if (variable === undefined || depth >= DEEPEST) return { text: reference(`env.${variableName(name, 'VARIABLE')}`) }
    return variable.secret ? { text: secrets.replace(name, variable.value) } : fill(variable.value, write, depth + 1)
  }

  return {
    fill,
    constant(text) {
      const filled = fill(text)
      return 'unknown' in filled || /(?<!\$)\$\{/.test(filled.text)
        ? undefined
        : filled.text.replaceAll('$${', () => '${')
    },
  }
}

// Of Postman's own, those that a profile has too.
const DYNAMIC: Readonly<Record<string, string>> = {
  $guid: '${uuid()}',
  $randomUUID: '${uuid()}',
  $randomInt: '${random(0, 1000)}',
}
