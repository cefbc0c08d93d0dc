import { type Fields, fields, items, textOf } from '../source.ts'

export interface PostmanAddress {
  /** Before the path, as written: `{{baseUrl}}`, or `https://host:port`. */
  readonly origin: string
  /** With its variables, and without the query. */
  readonly path: string
  readonly query: readonly (readonly [name: string, value: string])[]
}

/** The address of a request, in any of the forms that Postman writes: text, or a map with the text in pieces. */
export function addressOf(given: unknown): PostmanAddress {
  const url = fields(given)
  const raw = (typeof given === 'string' ? given : (textOf(url.raw) ?? joined(url))).split('#')[0] ?? ''
  const [before = '', asked] = splitAt(raw, '?')
  const [, origin = '', path = ''] = /^((?:[a-z]+:\/\/)?(?:\{\{[^{}]*\}\}|[^/{}])*)(.*)$/is.exec(before) ?? []
  return { origin, path: pathWith(path || '/', url), query: queryOf(url, asked) }
}

function joined({ protocol, host, port, path }: Fields): string {
  const parts = (value: unknown, glue: string) =>
    Array.isArray(value) ? value.map(textOf).join(glue) : (textOf(value) ?? '')
  const scheme = textOf(protocol)
  const number = textOf(port)
  return `${scheme ? `${scheme}://` : ''}${parts(host, '.')}${number ? `:${number}` : ''}/${parts(path, '/').replace(/^\//, '')}`
}

/** `/users/:id`: what `:id` stands for is in the list of the address. */
function pathWith(path: string, url: Fields): string {
  const values = new Map(
    items(url.variable).map((item) => [textOf(fields(item).key) ?? '', textOf(fields(item).value) ?? '']),
  )
  return path
    .split('/')
    .map((piece) => (piece.startsWith(':') ? values.get(piece.slice(1)) || `{{${piece.slice(1)}}}` : piece))
    .join('/')
}

function queryOf(url: Fields, asked: string | undefined): PostmanAddress['query'] {
  if (Array.isArray(url.query))
    return url.query
      .map((item) => fields(item))
      .filter(({ disabled }) => disabled !== true)
      .map(({ key, value }) => [textOf(key) ?? '', textOf(value) ?? ''] as const)
  if (asked === undefined || asked === '') return []
  return asked
    .split('&')
    .map((pair) => splitAt(pair, '='))
    .map(([name, value]) => [name, value ?? ''] as const)
}

function splitAt(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
