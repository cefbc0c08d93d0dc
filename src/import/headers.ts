// Which headers of a recorded or written request a profile has no use for, and why.

/** What the reader of profiles refuses, since the connection's own code sends it, and the address. */
const CONNECTION = new Set(
  'connection content-length expect host keep-alive proxy-authorization proxy-connection te trailer transfer-encoding upgrade http2-settings'.split(
    ' ',
  ),
)
const BROWSER = new Set(
  'accept-charset accept-encoding accept-language alt-used device-memory dnt downlink ect origin priority purpose referer rtt save-data upgrade-insecure-requests user-agent x-client-data viewport-width width dpr'.split(
    ' ',
  ),
)
const CACHE = new Set(
  'cache-control if-match if-modified-since if-none-match if-range if-unmodified-since pragma'.split(' '),
)

export const SET_BY_BROWSER = 'set by the browser itself'
export const SET_BY_CONNECTION = 'of the connection, which Loadgate sets itself'
export const SET_BY_CACHE = "of the browser's cache"

/** Why a browser's request has this header without the page's doing; undefined where the page or its script set it. */
export function ofTheBrowser(name: string, value: string): string | undefined {
  const key = name.toLowerCase()
  if (key.startsWith(':')) return SET_BY_CONNECTION
  return (
    ofTheConnection(name) ??
    (CACHE.has(key) ? SET_BY_CACHE : undefined) ??
    (BROWSER.has(key) || key.startsWith('sec-') || (key === 'accept' && isBrowsersAccept(value))
      ? SET_BY_BROWSER
      : undefined)
  )
}

/** Why no profile can have this header; undefined where it can. */
export function ofTheConnection(name: string): string | undefined {
  return CONNECTION.has(name.toLowerCase()) ? SET_BY_CONNECTION : undefined
}

/** Anything, or the list that browsers send for pages, images, styles: a script that wants JSON says so. */
function isBrowsersAccept(value: string): boolean {
  return value.trim() === '*/*' || /text\/html|text\/css|image\/|\*\/\*;\s*q=/.test(value)
}
