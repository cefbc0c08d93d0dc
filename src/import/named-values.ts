import { decodeXml } from '../xml-entities.ts'

/** A value in a text that is neither JSON nor a form, what it is called there, and where it stands. */
export interface NamedValue {
  readonly name: string
  /** What it means. */
  readonly value: string
  /** As it stands there. */
  readonly written: string
  readonly start: number
}

interface Way {
  /** Its first group is the name, its last one the value. No part of it is looked through twice from two beginnings. */
  readonly pattern: RegExp
  readonly meaning: (written: string) => string
}

const asItIs = (text: string) => text
const FORM_PAIR: Way = { pattern: /(?<![^&?;\s])([^=&?;\s"'<>]{1,100})=([^&;\s"'<>]+)/dg, meaning: fromForm }
const WAYS: readonly Way[] = [
  // <name …>value</name>, and the same with CDATA.
  { pattern: /<([\w:.-]{1,100})(?:\s[^<>]{0,1000})?>([^<]+)<\//dg, meaning: decodeXml },
  { pattern: /<([\w:.-]{1,100})(?:\s[^<>]{0,1000})?>\s{0,100}<!\[CDATA\[([^\]]{1,500})\]\]>/dg, meaning: asItIs },
  // Attributes, and assignments of any language.
  { pattern: /(?<![\w:.-])([\w:.-]{1,100})[ \t]{0,8}=[ \t]{0,8}"([^"]+)"/dg, meaning: decodeXml },
  { pattern: /(?<![\w:.-])([\w:.-]{1,100})[ \t]{0,8}=[ \t]{0,8}'([^']+)'/dg, meaning: decodeXml },
  // Of JSON that is none as a whole, such as one value in each line; and of GraphQL.
  { pattern: /"([^"\\\n]{1,100})"\s{0,100}:\s{0,100}"((?:[^"\\\n]|\\.)+)"/dg, meaning: fromJson },
  { pattern: /"([^"\\\n]{1,100})"\s{0,100}:\s{0,100}(\d[\d.]*)/dg, meaning: asItIs },
  { pattern: /(?<![\w$"])([A-Za-z_]\w{0,99})[ \t]{0,8}:[ \t]{0,8}"((?:[^"\\\n]|\\.)+)"/dg, meaning: fromJson },
  // name = value and name: value, to the end of the line.
  {
    pattern:
      /^[ \t]{0,100}([\w.-]{1,100})[ \t]{0,8}[=:][ \t]{0,8}(?!"[^"\r\n]*"|'[^'\r\n]*'|[[{][ \t]*$)(\S[^\r\n]*)$/dgm,
    meaning: asItIs,
  },
  FORM_PAIR,
]

/** Of XML, of a form that is none of a profile, of lines. Some are found in several ways, and so come twice. */
export function namedValues(text: string, type: string | undefined): readonly NamedValue[] {
  const ways = /x-www-form-urlencoded/i.test(type ?? '') ? [FORM_PAIR] : WAYS
  return ways.flatMap(({ pattern, meaning }) =>
    [...text.matchAll(pattern)].map((match): NamedValue => {
      const [, name = '', given = ''] = match
      const written = /authorization|^auth$/i.test(name) ? withoutScheme(given.trim()) : given.trim()
      const start = match.indices?.[2]?.[0] ?? 0
      return {
        name: fromForm(name).replace(/^.*:/, ''),
        value: meaning(written),
        written,
        start: start + given.lastIndexOf(written),
      }
    }),
  )
}

/** What stands behind `Bearer`. */
export function withoutScheme(value: string): string {
  return value.replace(/^[A-Za-z][\w-]* (?=\S+$)/, '')
}

function fromForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

function fromJson(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`))
  } catch {
    return text
  }
}
