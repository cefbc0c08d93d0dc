import { VERSION } from '../version.ts'
import { type Exchange, type Headers, headerOf } from './exchange.ts'

/**
 * What was recorded as an HTTP Archive (HAR 1.2), the form in which browsers' developer tools give theirs. Bodies that are no
 * UTF-8 are base64; for those of requests HAR 1.2 has no word, and `encoding` is what later tools write.
 * @see http://www.softwareishard.com/blog/har-12-spec/
 */
export function harOf(exchanges: readonly Exchange[]) {
  return { log: { version: '1.2', creator: { name: 'loadgate', version: VERSION }, entries: exchanges.map(entryOf) } }
}

function entryOf({ startedAt, took, method, url, httpVersion, headers, body, answer }: Exchange) {
  return {
    startedDateTime: new Date(startedAt).toISOString(),
    time: took,
    // What a browser tells of why it asks (Fetch Metadata) is what its own archives have here.
    _resourceType: resourceTypeOf(headerOf(headers, 'sec-fetch-dest')),
    request: {
      method,
      url,
      httpVersion,
      headers: named(headers),
      queryString: [...new URL(url).searchParams].map(([name, value]) => ({ name, value })),
      cookies: [],
      headersSize: -1,
      bodySize: body.length,
      ...(body.length > 0 && { postData: { mimeType: headerOf(headers, 'content-type') ?? '', ...contentOf(body) } }),
    },
    response: {
      status: answer.status,
      statusText: answer.statusText,
      httpVersion: answer.httpVersion,
      headers: named(answer.headers),
      cookies: [],
      redirectURL: headerOf(answer.headers, 'location') ?? '',
      headersSize: -1,
      bodySize: answer.bytes,
      content: {
        size: answer.text === undefined ? answer.bytes : Buffer.byteLength(answer.text),
        mimeType: headerOf(answer.headers, 'content-type') ?? '',
        text: answer.text,
      },
    },
    cache: {},
    timings: { send: 0, wait: took, receive: 0 },
  }
}

/** https://www.w3.org/TR/fetch-metadata/#sec-fetch-dest-header, in the words of developer tools. */
const RESOURCE_TYPES: Readonly<Record<string, string>> = {
  document: 'document',
  iframe: 'document',
  frame: 'document',
  style: 'stylesheet',
  script: 'script',
  image: 'image',
  font: 'font',
  audio: 'media',
  video: 'media',
  track: 'media',
  manifest: 'manifest',
  empty: 'fetch',
}

function resourceTypeOf(destination: string | undefined): string {
  return RESOURCE_TYPES[destination ?? ''] ?? 'other'
}

function named(headers: Headers) {
  return headers.map(([name, value]) => ({ name, value }))
}

function contentOf(body: Buffer): { readonly text: string; readonly encoding?: 'base64' } {
  const text = body.toString('utf8')
  return Buffer.from(text).equals(body) ? { text } : { text: body.toString('base64'), encoding: 'base64' }
}
