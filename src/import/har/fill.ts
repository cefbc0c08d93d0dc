import type { JsonValue } from '../../profile/profile.ts'
import type { EpochMs, Ms } from '../../units.ts'
import { mapStrings, type RawBody } from '../bodies.ts'
import type { DraftBody, Pairs } from '../draft.ts'
import type { Secrets } from '../secrets.ts'
import { decoded, literal, pathText, reference } from '../text.ts'

/** Recorded text as a template: values of earlier answers by their names, secrets by their variables. */
export interface Fill {
  value(name: string, text: string): string
  path(path: string): string
  pairs(pairs: Pairs): Pairs
  header(name: string, text: string): string
  body(body: RawBody): DraftBody
}

const A_DAY: Ms = 86_400_000
/** Shorter ones could stand in a text by accident. */
const LONG_ENOUGH = 12

/** @param names of the values that are known when the request is sent, which was at `sent` */
export function createFill(
  names: ReadonlyMap<string, string>,
  { secrets, sent }: { readonly secrets: Secrets; readonly sent: EpochMs },
): Fill {
  const value = (name: string, text: string) => {
    const known = names.get(text)
    return known === undefined ? secrets.hide(name, text) : reference(known)
  }

  /** `${location}/items` where an answer said the beginning of the path; else piece by piece. */
  const path = (given: string) => {
    const whole = [...names].find(([text]) => text.startsWith('/') && (given === text || isBelow(given, text)))
    if (whole) return reference(whole[1]) + pieces(given.slice(whole[0].length))
    return pieces(given)
  }

  const pieces = (given: string) => {
    const query = given.indexOf('?')
    const address = query < 0 ? given : given.slice(0, query)
    const written = address.split('/').map((piece) => piece && once(piece, value('', decoded(piece))))
    return (
      written.join('/') +
      (query < 0
        ? ''
        : `?${given
            .slice(query + 1)
            .split('&')
            .map(parameter)
            .join('&')}`)
    )
  }

  const parameter = (pair: string) => {
    const at = pair.indexOf('=')
    if (at < 0) return pathText(literal(pair))
    const [name, text] = [pair.slice(0, at), pair.slice(at + 1)]
    if (isNow(text, sent)) return `${pathText(literal(name))}=\${now()}`
    return `${pathText(literal(name))}=${once(text, value(decoded(name), decoded(text.replaceAll('+', ' '))))}`
  }

  const header = (name: string, text: string) => {
    const [, scheme = '', rest = text] = /^([A-Za-z]+ )(\S+)$/.exec(text) ?? []
    const known = names.get(text) ?? names.get(rest)
    if (known !== undefined) return names.has(text) ? reference(known) : scheme + reference(known)
    return /^(?:proxy-)?authorization$/i.test(name) ? secrets.hideAuthorization(text) : secrets.hide(name, text)
  }

  const pairs = (given: Pairs): Pairs => given.map(([name, text]) => [name, value(name, text)])

  const body = (given: RawBody): DraftBody => {
    if (given.kind === 'form') return { kind: 'form', pairs: pairs(given.pairs) }
    if (given.kind === 'text') return { ...given, text: within(given.text) }
    if (!hasNumber(given.value, names))
      return { kind: 'json', value: mapStrings(given.value, (text, name) => value(name, text)) }
    // In `json` what is filled in is always a text.
    return { kind: 'text', text: jsonText(given.value, ''), type: 'application/json' }
  }

  const jsonText = (json: JsonValue, name: string): string => {
    if (typeof json === 'string') return `"${inJson(json, value(name, json))}"`
    if (json === null || typeof json !== 'object')
      return names.has(String(json)) && typeof json === 'number'
        ? reference(names.get(String(json))!)
        : JSON.stringify(json)
    if (Array.isArray(json)) return `[${json.map((item) => jsonText(item, name)).join(',')}]`
    return `{${Object.entries(json)
      .map(([key, item]) => `${literal(JSON.stringify(key))}:${jsonText(item, key)}`)
      .join(',')}}`
  }

  const within = (text: string) =>
    [...names]
      .filter(([known]) => known.length >= LONG_ENOUGH)
      .reduce((filled, [known, name]) => filled.replaceAll(literal(known), () => reference(name)), literal(text))

  return { value, path, pairs, header, body }
}

/** A time that is put into addresses so that no cache knows them. */
function isNow(text: string, sent: EpochMs): boolean {
  return /^\d{13}$/.test(text) && Math.abs(Number(text) - sent) < A_DAY
}

/** As recorded, but where it was replaced. */
function once(written: string, filled: string): string {
  return /(?<!\$)\$\{/.test(filled) ? filled : pathText(literal(written))
}

function inJson(text: string, filled: string): string {
  return /(?<!\$)\$\{/.test(filled) ? filled : literal(JSON.stringify(text).slice(1, -1))
}

function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && /^[/?]/.test(path.slice(prefix.length))
}

function hasNumber(value: JsonValue, names: ReadonlyMap<string, string>): boolean {
  if (typeof value === 'number') return names.has(String(value))
  return typeof value === 'object' && value !== null && Object.values(value).some((item) => hasNumber(item, names))
}
