import { namedValues } from './named-values.ts'
import { authorizationName, isSecret, JWT, type Secrets } from './secrets.ts'
import { literal } from './text.ts'

/** A piece of a text, and what stands for it. */
export interface Span {
  readonly start: number
  readonly end: number
  /** What is written instead, or the name of a secret. */
  readonly is: { readonly template: string } | { readonly secret: string }
}

/** Base64 of a name and a password, or a token; not the next word of a sentence. */
const SCHEME = /\b(bearer|basic|token|apikey)\s{1,8}((?=[^\s"'<>,;]{0,500}\d|[^\s"'<>,;]{20})[\w.~+/=-]{8,2000})/dgi
/** Names that are too general where anything may be called so. */
const GENERAL = /^key$/i

/** The secrets in a text: by their names in it, by how they look, and those that are known from elsewhere. */
export function secretSpans(text: string, type: string | undefined, { learned }: Secrets): readonly Span[] {
  const secret = (start: number, written: string, name: string): Span => ({
    start,
    end: start + written.length,
    is: { secret: name },
  })
  return [
    ...namedValues(text, type)
      .filter(({ name, value }) => isSecret(name, value) && !GENERAL.test(name) && !isNoValue(value, text))
      .map(({ name, value, written, start }) => secret(start, written, value === written ? name : `${name}_encoded`)),
    ...[...text.matchAll(SCHEME)].map((match) =>
      secret(match.indices?.[2]?.[0] ?? 0, match[2] ?? '', authorizationName(match[1] ?? '')),
    ),
    ...[...text.matchAll(JWT)].map(({ 0: token, index }) => secret(index, token, 'jwt')),
    ...learned.flatMap(({ value, name, ways }) =>
      ways.flatMap((written) =>
        placesOf(text, written).map((at) => secret(at, written, written === value ? name : `${name}_encoded`)),
      ),
    ),
  ]
}

/** A variable of GraphQL, which is sent beside it; or what somebody has blanked out. */
function isNoValue(value: string, text: string): boolean {
  return /^\*+$/.test(value) || (value.startsWith('$') && /^\s*(?:query|mutation|subscription)\b/.test(text))
}

export function placesOf(text: string, part: string): readonly number[] {
  const places: number[] = []
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) places.push(at)
  return places
}

/** The text with what stands for its pieces. Pieces that lie across each other are one secret. */
export function withSpans(text: string, spans: readonly Span[], secrets: Secrets): string {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end || rank(a) - rank(b))
  const apart: Span[] = []
  for (const span of sorted) {
    const last = apart.at(-1)
    if (last === undefined || span.start >= last.end) apart.push(span)
    else if (span.end > last.end)
      apart[apart.length - 1] = { start: last.start, end: span.end, is: 'secret' in last.is ? last.is : { secret: '' } }
  }
  let at = 0
  let written = ''
  for (const { start, end, is } of apart) {
    const before = text.slice(at, start)
    // "$" before "${" would make it these two characters.
    const dollars = /\$*$/.exec(before)?.[0].length ?? 0
    if (dollars > 0 && 'template' in is) continue
    const filled = 'template' in is ? is.template : secrets.replace(is.secret, text.slice(start - dollars, end))
    written += literal(before.slice(0, before.length - dollars)) + filled
    at = end
  }
  return written + literal(text.slice(at))
}

/** What an earlier answer said comes before what is called a secret. */
function rank({ is }: Span): number {
  return 'template' in is ? 0 : 1
}
