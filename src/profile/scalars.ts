import { formatDuration, type Ms, parseDuration, parseRate } from '../units.ts'
import type { IssueCode } from './issue.ts'
import { SEPARATOR } from './step-label.ts'

/** A value as YAML reads it. */
export type Scalar = string | number | boolean

/** What a value means, or what is wrong with it; `{}` in the message stands for the value as shown. */
export type Read<T> = { readonly value: T } | Wrong

export interface Wrong {
  readonly code: IssueCode
  readonly message: string
}

export function wrong(code: IssueCode, message: string): Wrong {
  return { code, message }
}

const NEGATIVE = /^\s*-\s*\d/
const BARE_NUMBER = /^\d+(?:\.\d+)?$/

export function readDuration(raw: Scalar, { min, max }: { readonly min: Ms; readonly max: Ms }): Read<Ms> {
  const text = String(raw)
  if (NEGATIVE.test(text)) return wrong('out-of-range', '{} is negative; write a time such as 30s')
  if (BARE_NUMBER.test(text)) return wrong('unknown-unit', `{} has no unit; write ${text}s or ${text}ms`)
  const value = parseDuration(text)
  if (value === undefined) return wrong('unknown-unit', '{} is not a duration; use ms, s, m or h, as in 30s')
  if (value >= min && value <= max) return { value }
  const range = min === 0 ? `at most ${formatDuration(max)}` : `from ${formatDuration(min)} to ${formatDuration(max)}`
  return wrong('out-of-range', `{} is out of range; possible is ${range}`)
}

/** How much load: arrivals per second, users, or a number that says neither. */
export interface Level {
  readonly unit: '/s' | 'users' | undefined
  readonly value: number
}

/** "200/s", "50 users" or "50"; the model of the load decides which of them fits. */
export function readLevel(raw: Scalar): Read<Level> {
  const text = String(raw).trim()
  if (NEGATIVE.test(text)) return wrong('out-of-range', '{} is negative; write as much as is to be sent, such as 50/s')
  const rate = parseRate(text)
  if (rate !== undefined) return { value: { unit: '/s', value: rate } }
  const [, users, unit] = /^(\d+(?:\.\d+)?)(\s*users?)?$/.exec(text) ?? []
  return users === undefined
    ? wrong('unknown-unit', '{} is neither a rate such as 50/s nor a number of users')
    : { value: { unit: unit === undefined ? undefined : 'users', value: Number(users) } }
}

export function readRate(raw: Scalar): Read<Level> {
  const read = readLevel(raw)
  if (!('value' in read) && read.code === 'out-of-range') return read
  if (!('value' in read)) return wrong('unknown-unit', '{} is not a rate; write it per s, m or h, as in 50/s')
  if (read.value.unit === 'users') return wrong('conflict', '{} are users, not a rate; write "users" instead of "rate"')
  return read.value.unit === '/s' ? read : wrong('unknown-unit', `{} has no unit; write ${read.value.value}/s`)
}

export function readUsers(raw: Scalar): Read<Level> {
  if (NEGATIVE.test(String(raw))) return wrong('out-of-range', '{} is negative; write a whole number such as 50')
  const read = readLevel(raw)
  if (!('value' in read)) return wrong('wrong-type', '{} is not a number of users; write a whole number such as 50')
  if (read.value.unit === '/s') return wrong('conflict', '{} is a rate, not users; write "rate" instead of "users"')
  return { value: { unit: 'users', value: read.value.value } }
}

export function readWeight(raw: Scalar): Read<number> {
  const value = typeof raw === 'boolean' || raw === '' ? Number.NaN : Number(raw)
  if (Number.isNaN(value)) return wrong('wrong-type', '{} is not a number; write one such as 30, without a unit')
  return value > 0 && value <= 1_000_000
    ? { value }
    : wrong('out-of-range', '{} is out of range; a weight is above 0 and at most 1000000')
}

/** Characters of a name. */
export const LONGEST_NAME = 100
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u

/** A name that people read in reports: one form of every letter, nothing hidden in it. */
export function readName(raw: Scalar): Read<string> {
  if (typeof raw !== 'string') return wrong('wrong-type', `{} is not text; write "${raw}" in quotes`)
  const value = raw.normalize('NFC').trim()
  if (value === '') return wrong('invalid-value', 'a name cannot be empty')
  if (INVISIBLE.test(value)) return wrong('invalid-value', '{} has an invisible character in it; remove it')
  if (value.includes(SEPARATOR))
    return wrong('invalid-value', `{} has "${SEPARATOR}" in it, which parts scenario and step in budgets`)
  return value.length <= LONGEST_NAME
    ? { value }
    : wrong('out-of-range', `{} is too long; a name has at most ${LONGEST_NAME} characters`)
}

export function readText(raw: Scalar): Read<string> {
  return typeof raw === 'string' ? { value: raw } : wrong('wrong-type', `{} is not text; write "${raw}" in quotes`)
}

/** Origin and base path; what else a URL can hold has a place of its own in the profile. */
export function readTarget(raw: Scalar): Read<string> {
  const text = String(raw).trim()
  const url = /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text) ? new URL(text) : undefined
  if (!url) return wrong('invalid-value', '{} is not an absolute address; write one such as http://127.0.0.1:8080')
  if (url.username || url.password)
    return wrong('invalid-value', 'target holds a user name or password; send them as a header, from ${env.NAME}')
  if (text.includes('?') || text.includes('#'))
    return wrong('invalid-value', '{} has a "?" or "#" part; target is only host and base path')
  return { value: `${url.origin}${url.pathname}`.replace(/\/+$/, '') }
}

/** Why this cannot be the path of a request; undefined when it can. */
export function wrongPath(path: string): Wrong | undefined {
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(path))
    return wrong('invalid-value', '{} names a host; write the path only, the host stands in "target"')
  if (!path.startsWith('/')) return wrong('invalid-value', `{} must begin with "/"`)
  return wrongInPath(path)
}

export function wrongInPath(path: string): Wrong | undefined {
  if (/[\s\p{Cc}\p{Cf}]/u.test(path))
    return wrong('invalid-value', '{} has a blank or an invisible character in it; write %20 for a blank')
  if (path.includes('#'))
    return wrong('invalid-value', '{} has a "#" part, which is never sent; write %23 for the character')
  return undefined
}

export function readPath(raw: Scalar): Read<string> {
  const text = String(raw)
  return wrongPath(text) ?? { value: text }
}

/** A file beside the profile, or below it. */
export function readFileBeside(raw: Scalar): Read<string> {
  const text = String(raw)
  const below = !/^[/\\]|^[a-z]:|\\/i.test(text) && !text.split('/').includes('..') && !INVISIBLE.test(text)
  if (!below)
    return wrong('invalid-value', '{} leaves the directory of the profile; write a relative path without ".."')
  return /[^/.]/.test(text.slice(text.lastIndexOf('/') + 1))
    ? { value: text }
    : wrong('invalid-value', '{} names no file; write one beside the profile, such as photo.jpg')
}

export function readDataFile(raw: Scalar): Read<string> {
  const read = readFileBeside(raw)
  return !('value' in read) || /[^/]\.(?:csv|json)$/i.test(read.value)
    ? read
    : wrong('invalid-value', '{} is neither a .csv nor a .json file')
}

/** One address has about 28,000 outgoing ports to one target (Linux: net.ipv4.ip_local_port_range). */
export const MOST_CONNECTIONS = 25_000

/** A whole number from 1 to `max`; `what` is counted, `example` is shown to who wrote something else. */
export function readCount(
  raw: Scalar,
  { max, what, example }: { readonly max: number; readonly what: string; readonly example: number },
): Read<number> {
  const value = typeof raw === 'boolean' || String(raw).trim() === '' ? Number.NaN : Number(raw)
  if (Number.isNaN(value)) return wrong('wrong-type', `{} is not a number of ${what}; write one such as ${example}`)
  return Number.isInteger(value) && value >= 1 && value <= max
    ? { value }
    : wrong('out-of-range', `{} ${what} are not possible; write a whole number from 1 to ${max}`)
}

const HTTP_VERSION: ReadonlyMap<string, '1.1' | '2'> = new Map([
  ['1', '1.1'],
  ['1.1', '1.1'],
  ['2', '2'],
  ['2.0', '2'],
])

/** YAML reads 2 and 2.0 as one number, 1.1 as another, and "2" as text. */
export function readHttpVersion(raw: Scalar): Read<'1.1' | '2'> {
  const value = HTTP_VERSION.get(String(raw))
  if (value !== undefined) return { value }
  const [, major] = /^(?:h|http\/?)?([23])(?:\.0|c)?$/i.exec(String(raw)) ?? []
  if (major === '2') return wrong('invalid-value', '{} is not how the version is written here; write 2')
  const what = major === '3' ? 'HTTP/3 cannot be sent' : '{} is not a version of HTTP that can be sent'
  return wrong('invalid-value', `${what}; write 2 or 1.1`)
}

export function readSwitch(raw: Scalar): Read<boolean> {
  const text = String(raw)
  return text === 'true' || text === 'false'
    ? { value: text === 'true' }
    : wrong('wrong-type', '{} is neither true nor false; write one of them')
}

export function readChoice<const T extends string>(raw: Scalar, choices: readonly T[]): Read<T> {
  const value = choices.find((choice) => choice === raw)
  return value === undefined ? wrong('invalid-value', `{} is unknown; write one of ${choices.join(', ')}`) : { value }
}

/** `200`, or `2xx` for a whole class, as an inclusive range. */
export function readStatus(raw: Scalar): Read<{ from: number; to: number }> {
  const text = String(raw)
  const [, hundreds] = /^([1-5])xx$/i.exec(text) ?? []
  if (hundreds !== undefined) return { value: { from: Number(hundreds) * 100, to: Number(hundreds) * 100 + 99 } }
  const status = Number(text)
  return /^\d{3}$/.test(text) && status >= 100 && status <= 599
    ? { value: { from: status, to: status } }
    : wrong('invalid-value', '{} is no status; write a code such as 200, a class such as 2xx, or a list of them')
}

/** RFC 6901. */
export function readPointer(raw: Scalar): Read<string> {
  const text = String(raw)
  return /^(?:\/(?:[^~/]|~[01])*)*$/.test(text)
    ? { value: text }
    : wrong('invalid-value', '{} is not a JSON Pointer; write one such as /user/id (no JSONPath)')
}

/** Names of captured values and data sources. */
export function readIdentifier(raw: Scalar): Read<string> {
  const text = String(raw)
  if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(text) || text.length > LONGEST_NAME)
    return wrong('invalid-value', '{} cannot be a name inside ${ }; use letters, digits, "_" and "-", a letter first')
  if (text === 'env') return wrong('invalid-value', '{} means the environment inside ${ }; choose another name')
  if (text === 'constructor' || text === 'prototype')
    return wrong('unknown-key', '{} means something to JavaScript; choose another name')
  return { value: text }
}

// What connection-level code sends itself: a second opinion about the length or the end of a message is how requests
// are smuggled.
const RESERVED = 'connection content-length expect keep-alive proxy-connection te trailer transfer-encoding upgrade'

/** RFC 9110, section 5.6.2. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/

/** RFC 6455, section 4.1. */
export function readSubprotocol(raw: Scalar): Read<string> {
  const text = String(raw)
  return TOKEN.test(text)
    ? { value: text }
    : wrong(
        'invalid-value',
        '{} cannot be the name of a subprotocol; write one, such as chat, of letters, digits and "-"',
      )
}

/** RFC 9110, section 5.1. */
export function readHeaderName(raw: Scalar): Read<string> {
  const text = String(raw)
  if (!TOKEN.test(text)) return wrong('invalid-value', '{} cannot be a header name; use letters, digits and "-"')
  return RESERVED.split(' ').includes(text.toLowerCase())
    ? wrong('invalid-value', '{} is set by Loadgate itself; remove it')
    : { value: text }
}

/** RFC 9110, section 5.5. */
export function wrongHeaderValue(text: string): Wrong | undefined {
  if (/[\r\n]/.test(text))
    return wrong('invalid-value', '{} has a line break in it, which a header cannot carry; remove it')
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
    ? undefined
    : wrong('invalid-value', '{} has a character that a header cannot carry; write it percent-encoded')
}

export function readHeaderText(raw: Scalar): Read<string> {
  const text = String(raw)
  return text === ''
    ? wrong('invalid-value', '{} would match everything; write the text to look for')
    : readAsWritten(text)
}

export function readAsWritten(raw: Scalar): Read<string> {
  return { value: String(raw) }
}
