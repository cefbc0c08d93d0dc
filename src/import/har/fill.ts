import type { JsonValue } from '../../profile/profile.ts'
import type { EpochMs, Ms } from '../../units.ts'
import { type JsonPlace, mapStrings, OUTERMOST, type RawBody, within } from '../bodies.ts'
import type { DraftBody, Pairs } from '../draft.ts'
import { namedValues } from '../named-values.ts'
import { placesOf, type Span, secretSpans, withSpans } from '../secret-spans.ts'
import { isSecret, type Secrets } from '../secrets.ts'
import { decoded, literal, pathText, reference } from '../text.ts'
import { placeOf } from './leaves.ts'

/** Recorded text as a template: values of earlier answers by their names, secrets by their variables. */
export interface Fill {
  value(name: string, text: string, place: string): string
  path(path: string): string
  header(name: string, text: string): string
  body(body: RawBody): DraftBody
}

/** What is known when a request is sent. */
interface Known {
  /** Names of values that answers have brought. */
  readonly names: ReadonlyMap<string, string>
  /** What stands for values that are others in each row, by their places in the request. */
  readonly cells: ReadonlyMap<string, string>
  readonly secrets: Secrets
  readonly sent: EpochMs
}

const A_DAY: Ms = 86_400_000
/** Shorter ones could stand in a text by accident. */
const LONG_ENOUGH = 12
/** A number of so many digits that is called a secret is one. */
const LEAST_SECRET_NUMBER = 1_000

export function createFill({ names, cells, secrets, sent }: Known): Fill {
  const knownAs = (text: string, place: string) => (names.has(text) ? reference(names.get(text)!) : cells.get(place))

  const value = (name: string, text: string, place: string) => {
    const known = knownAs(text, place)
    if (known !== undefined) return known
    return isSecret(name, text) ? secrets.replace(name, text) : searched(text)
  }

  const searched = (text: string) => withSpans(text, secretSpans(text, undefined, secrets), secrets)

  /** `${location}/items` where an answer said the beginning of the path; else piece by piece. */
  const path = (given: string) => {
    const whole = [...names].find(([text]) => text.startsWith('/') && (given === text || isBelow(given, text)))
    const from = whole ? whole[0].length : 0
    const question = given.indexOf('?')
    const address = question < 0 ? given : given.slice(0, question)
    const skipped = address.slice(0, from).split('/').length - 1
    const pieces = address
      .slice(from)
      .split('/')
      .map((piece, at) => piece && inAddress('', piece, { text: decoded(piece), place: placeOf.piece(at + skipped) }))
    const query =
      question < 0
        ? ''
        : `?${given
            .slice(question + 1)
            .split('&')
            .map(parameter)
            .join('&')}`
    return (whole ? reference(whole[1]) : '') + pieces.join('/') + query
  }

  const parameter = (pair: string, index: number) => {
    const at = pair.indexOf('=')
    if (at < 0) return pathText(searched(pair))
    const [name, text] = [pair.slice(0, at), pair.slice(at + 1)]
    if (isNow(text, sent)) return `${pathText(literal(name))}=\${now()}`
    const meant = { text: decoded(text.replaceAll('+', ' ')), place: placeOf.parameter(index) }
    return `${pathText(literal(name))}=${inAddress(decoded(name), text, meant)}`
  }

  /** What is captured or of a row is encoded when it is filled in, what the environment has is not. */
  const inAddress = (
    name: string,
    written: string,
    { text, place }: { readonly text: string; readonly place: string },
  ) => {
    const known = knownAs(text, place)
    if (known !== undefined) return known
    if (isSecret(name, text)) return secrets.replace(text === written ? name : `${name}_encoded`, written)
    const filled = searched(written)
    return /(?<!\$)\$\{/.test(filled) ? filled : pathText(literal(written))
  }

  const header = (name: string, text: string) => {
    const [, scheme = '', rest = text] = /^([A-Za-z][\w-]* )(\S+)$/.exec(text) ?? []
    if (names.has(text)) return reference(names.get(text)!)
    const known = knownAs(rest, placeOf.header(name))
    if (known !== undefined) return scheme + known
    if (/^(?:proxy-)?authorization$/i.test(name)) return secrets.hideAuthorization(text)
    return isSecret(name, text) ? secrets.replace(name, text) : searched(text)
  }

  const body = (given: RawBody): DraftBody => {
    if (given.kind === 'form') return { kind: 'form', pairs: fields(given.pairs) }
    if (given.kind === 'text') return { ...given, text: textOf(given.text, given.type) }
    if (!hasNumber(given.value, OUTERMOST))
      return {
        kind: 'json',
        value: mapStrings(given.value, (text, { name, pointer }) => value(name, text, placeOf.json(pointer))),
      }
    // In `json` what is filled in is always a text.
    return { kind: 'text', text: jsonText(given.value, OUTERMOST), type: 'application/json' }
  }

  const fields = (pairs: Pairs): Pairs => pairs.map(([name, text], at) => [name, value(name, text, placeOf.field(at))])

  const numberIn = (json: number, { name, pointer }: JsonPlace): string | undefined => {
    const known = knownAs(String(json), placeOf.json(pointer))
    if (known !== undefined) return known
    return json >= LEAST_SECRET_NUMBER && isSecret(name, String(json)) ? secrets.replace(name, String(json)) : undefined
  }

  const hasNumber = (json: JsonValue, at: JsonPlace): boolean => {
    if (typeof json === 'number') return numberIn(json, at) !== undefined
    if (typeof json !== 'object' || json === null) return false
    return entriesOf(json).some(([key, item]) => hasNumber(item, within(at, key)))
  }

  const jsonText = (json: JsonValue, at: JsonPlace): string => {
    if (typeof json === 'string') return `"${inJson(json, at)}"`
    if (typeof json === 'number') return numberIn(json, at) ?? JSON.stringify(json)
    if (json === null || typeof json !== 'object') return JSON.stringify(json)
    const items = entriesOf(json).map(([key, item]) => [key, jsonText(item, within(at, key))] as const)
    if (Array.isArray(json)) return `[${items.map(([, text]) => text).join(',')}]`
    return `{${items.map(([key, text]) => `${literal(JSON.stringify(key))}:${text}`).join(',')}}`
  }

  /** A text in JSON that is written by hand, where nothing is put into JSON's form when it is filled in. */
  const inJson = (text: string, { name, pointer }: JsonPlace): string => {
    const written = JSON.stringify(text).slice(1, -1)
    if (written === text || knownAs(text, placeOf.json(pointer)) !== undefined)
      return value(name, text, placeOf.json(pointer))
    return isSecret(name, text) ? secrets.replace(`${name}_encoded`, written) : searched(written)
  }

  const textOf = (text: string, type: string | undefined) => {
    const named = namedValues(text, type).flatMap(({ value, written, start }, at): readonly Span[] => {
      const known = value === written ? knownAs(value, placeOf.text(at)) : undefined
      return known === undefined ? [] : [{ start, end: start + written.length, is: { template: known } }]
    })
    const captured = [...names]
      .filter(([known]) => known.length >= LONG_ENOUGH)
      .flatMap(([known, name]) =>
        placesOf(text, known).map((start) => ({ start, end: start + known.length, is: { template: reference(name) } })),
      )
    return withSpans(text, [...named, ...captured, ...secretSpans(text, type, secrets)], secrets)
  }

  return { value, path, header, body }
}

function entriesOf(json: object): readonly (readonly [string | number, JsonValue])[] {
  return Array.isArray(json) ? [...json.entries()] : Object.entries(json)
}

/** A time that is put into addresses so that no cache knows them. */
export function isNow(text: string, sent: EpochMs): boolean {
  return /^\d{13}$/.test(text) && Math.abs(Number(text) - sent) < A_DAY
}

/** Whether an address goes on from one that is known. */
export function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && /^[/?]/.test(path.slice(prefix.length))
}
