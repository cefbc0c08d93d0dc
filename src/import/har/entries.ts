import type { EpochMs } from '../../units.ts'
import { brokenSource, fields, items, parseJsonSource, type Source, textOf } from '../source.ts'

type Headers = readonly (readonly [name: string, value: string])[]

/** One exchange of a recording, as far as an import needs it. HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/ */
export interface Entry {
  readonly method: string
  /** As recorded. */
  readonly address: string
  /** Undefined where that is no address. */
  readonly url: URL | undefined
  readonly headers: Headers
  /** Undefined where nothing was sent. */
  readonly body: RecordedBody | undefined
  readonly begun: EpochMs
  readonly ended: EpochMs
  /** What a browser fetched it for, such as `document` or `image` (Chromium); undefined where nothing says so. */
  readonly resource: string | undefined
  readonly fromCache: boolean
  readonly answer: Answer
}

export interface RecordedBody {
  readonly type: string | undefined
  /** Undefined where the recording kept only that there was one. */
  readonly text: string | undefined
  /** Each character of the text is a byte: the recording has all of them, whatever they mean. */
  readonly bytes?: true
}

export interface Answer {
  /** 0: none came. */
  readonly status: number
  /** Why none came, as the browser says it. */
  readonly error: string | undefined
  readonly headers: Headers
  readonly type: string
  /** Undefined where it was not kept, or is no text. */
  readonly text: string | undefined
}

const MOST_ENTRIES = 10_000
/** Of one answer: where values come from stands far before. */
const LONGEST_ANSWER = 2_000_000

/** The exchanges in the order in which they began. */
export function readEntries(source: Source): readonly Entry[] {
  const log = fields(fields(parseJsonSource(source, 'the recording')).log)
  if (!Array.isArray(log.entries))
    throw brokenSource(
      source.file,
      'there is no "log" with "entries"',
      'Name a recording in HAR, as "Export HAR" of a browser writes it.',
    )
  if (log.entries.length > MOST_ENTRIES)
    throw brokenSource(source.file, `more than ${MOST_ENTRIES} requests`, 'Record a shorter visit.')
  return log.entries.map(entryOf).sort((a, b) => a.begun - b.begun)
}

function entryOf(given: unknown): Entry {
  const entry = fields(given)
  const request = fields(entry.request)
  const address = textOf(request.url) ?? ''
  const begun = Date.parse(textOf(entry.startedDateTime) ?? '')
  const from = Number.isNaN(begun) ? 0 : begun
  const headers = pairsOf(request.headers)
  const time = typeof entry.time === 'number' && entry.time > 0 ? entry.time : 0
  return {
    method: (textOf(request.method) ?? '').toUpperCase(),
    address,
    url: URL.canParse(address) ? new URL(address) : undefined,
    headers,
    body: bodyOf(request.postData) ?? unrecorded(headers),
    begun: from,
    ended: from + time,
    resource: textOf(entry._resourceType),
    fromCache: textOf(entry._fromCache) !== undefined || textOf(fields(entry.response)._fromCache) !== undefined,
    answer: answerOf(fields(entry.response)),
  }
}

function bodyOf(given: unknown): RecordedBody | undefined {
  const { mimeType, text, params, encoding } = fields(given)
  const type = textOf(mimeType) || undefined
  // HAR 1.2 has no word for it in requests; recorders that keep uploads whole write the one of answers.
  if (typeof text === 'string' && encoding === 'base64')
    return { type, text: Buffer.from(text, 'base64').toString('latin1'), bytes: true }
  if (typeof text === 'string' && text !== '') return { type, text }
  const pairs = pairsOf(params)
  if (pairs.length > 0 && type?.startsWith('application/x-www-form-urlencoded'))
    return { type, text: new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value])).toString() }
  return pairs.length > 0 || (text === undefined && type !== undefined) ? { type, text: undefined } : undefined
}

/** Of an upload Chromium does not record that there was a body, but for its length. */
function unrecorded(headers: Headers): RecordedBody | undefined {
  const value = (name: string) => headers.find(([each]) => each.toLowerCase() === name)?.[1]
  const sent = Number(value('content-length') ?? 0) > 0 || value('transfer-encoding') !== undefined
  return sent ? { type: value('content-type'), text: undefined } : undefined
}

function answerOf(response: ReturnType<typeof fields>): Answer {
  const { mimeType, text, encoding } = fields(response.content)
  const type = (textOf(mimeType) ?? '').toLowerCase()
  const isText = /json|html|xml|text|javascript/.test(type) && typeof text === 'string'
  const plain = isText ? (encoding === 'base64' ? Buffer.from(text, 'base64').toString() : text) : undefined
  return {
    status: typeof response.status === 'number' ? response.status : 0,
    error: textOf(response._error),
    headers: pairsOf(response.headers),
    type,
    text: plain !== undefined && plain.length <= LONGEST_ANSWER ? plain : undefined,
  }
}

function pairsOf(given: unknown): Headers {
  return items(given).map((item) => {
    const { name, value } = fields(item)
    return [textOf(name) ?? '', textOf(value) ?? ''] as const
  })
}

/** Method and address without the query, which may hold a secret. */
export function addressOf({ method, url, address }: Entry): string {
  return `${method} ${url ? `${url.origin === 'null' ? url.protocol : url.origin}${url.pathname}` : address}`.slice(
    0,
    200,
  )
}
