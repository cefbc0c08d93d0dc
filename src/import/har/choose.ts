import { METHODS } from '../../profile/grammar-step.ts'
import { LONGEST_BODY } from '../bodies.ts'
import type { DraftMethod } from '../draft.ts'
import { multipartParts } from '../multipart.ts'
import type { Taken } from './dynamic.ts'
import type { Entry } from './entries.ts'

/** An exchange that becomes a step, or why it does not. */
export type Choice = { readonly entry: Entry; readonly why: string } | Taken

export function isTaken(choice: Choice): choice is Taken {
  return !('why' in choice)
}

/** The address that the recording is of: asked for, or that of the first page, or the one with the most requests. */
export function baseOf(entries: readonly Entry[], asked: string | undefined): string | undefined {
  if (asked !== undefined) return asked
  const page = entries.find(
    ({ resource, answer, url }) => url && isHttp(url) && isPage(resource, answer) && answer.status < 300,
  )
  if (page?.url) return page.url.origin
  const counts = Map.groupBy(
    entries.flatMap(({ url }) => (url && isHttp(url) ? [url.origin] : [])),
    (origin) => origin,
  )
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0]
}

function isPage(resource: string | undefined, { type, status }: Entry['answer']): boolean {
  return status >= 200 && (resource === 'document' || (resource === undefined && type.startsWith('text/html')))
}

const isHttp = ({ protocol }: URL) => protocol === 'http:' || protocol === 'https:'

/** Path and query behind the base address; undefined where the address is another one. */
export function pathBehind(base: string, url: URL): string | undefined {
  const { origin, pathname } = new URL(base)
  const prefix = pathname.replace(/\/$/, '')
  if (url.origin !== origin) return undefined
  if (prefix !== '' && url.pathname !== prefix && !url.pathname.startsWith(`${prefix}/`)) return undefined
  return (url.pathname.slice(prefix.length) || '/') + url.search
}

export function methodOf({ method }: Entry): DraftMethod | undefined {
  return METHODS.find((known) => known === method.toLowerCase())
}

/** Why an exchange is no step of the profile; undefined where it is one. */
export function whyNot(entry: Entry, base: string): string | undefined {
  const { url, resource, answer, fromCache, body } = entry
  if (resource === 'websocket' || url?.protocol === 'ws:' || url?.protocol === 'wss:') return 'of a WebSocket'
  if (!url || !isHttp(url)) return 'not sent over HTTP'
  if (pathBehind(base, url) === undefined) return `to another address than ${base}`
  if (resource === 'preflight') return 'asked by the browser itself (CORS preflight)'
  if (fromCache) return "answered from the browser's cache"
  if (answer.status === 0) return 'never answered'
  const method = methodOf(entry)
  if (!method) return 'with a method that a profile does not have'
  if (!body) return undefined
  if (method === 'get' || method === 'head') return 'with a body that this method does not have in a profile'
  if (body.text === undefined) return 'with a body that was not recorded'
  // Of a form with files the recording has the fields, and garbles the files.
  if (body.bytes || multipartParts(body.text, body.type ?? '')) return undefined
  if (body.text.includes('\ufffd') || body.text.includes('\0')) return 'with a body that is not text'
  return body.text.length > LONGEST_BODY ? `with a body of more than ${LONGEST_BODY} characters` : undefined
}

/** Whether the answer is a stream of events. */
export function isEventStream({ resource, answer }: Entry): boolean {
  return resource === 'eventsource' || answer.type.startsWith('text/event-stream')
}

/** Whether it is one that whoever reads it has left: of one that ended by itself there is the text. */
export function isFeed(entry: Entry): boolean {
  return isEventStream(entry) && !entry.answer.text
}

const ASSETS = new Set(['image', 'stylesheet', 'script', 'font', 'media', 'texttrack', 'manifest', 'imageset'])

/** Whether a browser fetched it as a part of a page, and not the page or its script for its data. */
export function isAsset({ method, resource, answer }: Entry): boolean {
  if (method !== 'GET') return false
  // Of an icon developer tools do not say what it is.
  if (resource !== undefined && resource !== 'other') return ASSETS.has(resource)
  return /^(?:image|font|audio|video)\/|^text\/css|javascript|^application\/(?:font|manifest)/.test(answer.type)
}

/** Whether it is a page within a page, as the browser said when it asked for it (Fetch Metadata). */
export function isFrame({ method, headers }: Entry): boolean {
  return (
    method === 'GET' &&
    headers.some(([name, value]) => name.toLowerCase() === 'sec-fetch-dest' && /^i?frame$/.test(value))
  )
}
