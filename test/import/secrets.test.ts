// A secret of a recording stands in no file that is made of it, wherever it stood, and is sent again byte for byte.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { runShard } from '../../src/engine/run-shard.ts'
import { namedValues } from '../../src/import/named-values.ts'
import { planLoad } from '../../src/plan/plan-load.ts'
import { parseData } from '../../src/profile/data.ts'
import { dataEnvironment } from '../../src/profile/data-environment.ts'
import { parseProfile } from '../../src/profile/read-profile.ts'
import { type SeenRequest, startCountingServer } from '../support/counting-server.ts'
import { imported, missingIn } from './imported.ts'

interface Recorded {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: readonly [type: string, text: string]
}

function recordingOf(requests: readonly Recorded[]): string {
  const entries = requests.map(({ method = 'GET', path = '/', headers = {}, body }, n) => ({
    startedDateTime: new Date(Date.UTC(2026, 2, 14, 9, 0, n)).toISOString(),
    time: 1,
    request: {
      method,
      url: `http://shop.example${path}`,
      headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
      ...(body ? { postData: { mimeType: body[0], text: body[1] } } : {}),
    },
    response: { status: 200, headers: [], content: { mimeType: 'text/plain', text: 'ok' } },
  }))
  return JSON.stringify({ log: { entries } })
}

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const deep = (secret: string, depth: number): unknown =>
  depth === 0 ? { password: secret } : { in: [1, deep(secret, depth - 1)] }
const BOUNDARY = 'xxBOUNDARYxx'

/** Every place in which a recording can have a secret. */
const PLACES: Readonly<Record<string, (secret: string) => Recorded>> = {
  'a header': (secret) => ({ headers: { 'x-api-key': secret } }),
  'a header without a telling name, known from elsewhere': (secret) => ({
    method: 'POST',
    headers: { 'x-trace': `of ${secret}` },
    body: ['application/json', JSON.stringify({ password: secret })],
  }),
  'an authorization': (secret) => ({ headers: { authorization: `Bearer ${secret}` } }),
  'a cookie': (secret) => ({ headers: { cookie: `theme=dark; session=${secret}` } }),
  'a parameter': (secret) => ({ path: `/x?page=1&access_token=${encodeURIComponent(secret)}` }),
  'a piece of the path, known from elsewhere': (secret) => ({
    method: 'PUT',
    path: `/reset/${encodeURIComponent(secret)}/now`,
    body: ['application/x-www-form-urlencoded', new URLSearchParams({ token: secret }).toString()],
  }),
  'a form': (secret) => ({
    method: 'POST',
    body: ['application/x-www-form-urlencoded', new URLSearchParams({ a: 'b', password: secret }).toString()],
  }),
  'a form with a name twice': (secret) => ({
    method: 'POST',
    body: ['application/x-www-form-urlencoded', `${new URLSearchParams({ a: 'b', password: secret })}&a=c`],
  }),
  'JSON at any depth': (secret) => ({ method: 'POST', body: ['application/json', JSON.stringify(deep(secret, 6))] }),
  'JSON that is written in another way': (secret) => ({
    method: 'POST',
    body: ['application/json', `{ "n": 1.0, "apiKey" : ${JSON.stringify(secret)} }`],
  }),
  'one JSON value in each line': (secret) => ({
    method: 'POST',
    body: ['application/x-ndjson', `{"a":1}\n${JSON.stringify({ b: { secret } })}\n`],
  }),
  GraphQL: (secret) => ({
    method: 'POST',
    body: [
      'application/json',
      JSON.stringify({ query: `mutation { login(user: "a", password: ${JSON.stringify(secret)}) { id } }` }),
    ],
  }),
  'an element of XML': (secret) => ({
    method: 'POST',
    body: ['application/xml', `<login><wsse:Password Type="x">${xml(secret)}</wsse:Password></login>`],
  }),
  'an attribute of XML': (secret) => ({ method: 'POST', body: ['text/xml', `<login apiKey="${xml(secret)}" n="1"/>`] }),
  'a line of a text': (secret) => ({ method: 'POST', body: ['text/plain', `user=ada\npassword=${secret}\nend\n`] }),
  'an authorization in a text': (secret) => ({
    method: 'POST',
    body: ['text/plain', `GET / HTTP/1.1\nAuthorization: Bearer ${secret}\n`],
  }),
  'a field of a form with files': (secret) => ({
    method: 'POST',
    body: [
      `multipart/form-data; boundary=${BOUNDARY}`,
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="password"\r\n\r\n${secret}\r\n--${BOUNDARY}--\r\n`,
    ],
  }),
}

/** Characters that each of the places has to write in a way of its own; a header cannot carry all of them. */
const plain = fc.string({ unit: fc.constantFrom(...'abcXYZ0123456789-_.~'), minLength: 12, maxLength: 24 })
const any = fc.string({ unit: fc.constantFrom(...'abcXYZ0189-_&<"\'%+/?#={}[]\\$é ;:,'), minLength: 12, maxLength: 24 })
/** Blanks around it belong to the text that it stands in. */
const UNLIKE = /^\s|\s$/

const secretFor = (place: string) =>
  (/header|authorization|cookie/.test(place)
    ? plain
    : /line/.test(place)
      ? any.map((text) => text.replace(/["']/g, 'x'))
      : any
  ).filter((secret) => !UNLIKE.test(secret))

async function sentAgain(
  made: ReturnType<typeof imported>,
  env: Readonly<Record<string, string>>,
): Promise<readonly SeenRequest[]> {
  await using server = await startCountingServer()
  const text = made.profile.replace(/^ *- think: .*\n/gm, '').replace(/^load:.*\n/m, 'load: { rate: 1/s, for: 1s }\n')
  const { profile } = parseProfile(text, {
    file: 'x.yml',
    env: { ...env, TARGET_URL: `http://127.0.0.1:${server.port}` },
  })
  const { meaning } = dataEnvironment(env)
  const data = Object.fromEntries(
    Object.entries(profile.data).map(([name, { file, format }]) => [
      name,
      parseData(String(made.files.find((one) => one.name === file)?.content), { file, format, meaning }),
    ]),
  )
  const plan = planLoad(profile, { data, file: 'x.yml' })
  await runShard({ plan, index: 0, count: 1 }, { signal: AbortSignal.timeout(20_000) })
  return server.requests
}

/** What was sent as far as it is the page's own: a boundary is not. */
const comparable = ({ method, url, headers, body }: Pick<SeenRequest, 'method' | 'url' | 'headers' | 'body'>) => {
  const [, boundary] = /boundary="?([^";]+)/.exec(String(headers['content-type'] ?? '')) ?? []
  return {
    method,
    url: decodeURIComponent(url),
    own: ['x-api-key', 'x-trace', 'authorization', 'cookie'].map((name) => headers[name]),
    body: boundary
      ? body.replaceAll(boundary, 'B')
      : /urlencoded/.test(String(headers['content-type']))
        ? [...new URLSearchParams(body)]
        : body,
  }
}

test.each(Object.keys(PLACES))(
  'a secret in %s',
  async (place) => {
    const make = PLACES[place]!
    await fc.assert(
      fc.asyncProperty(secretFor(place), async (secret) => {
        const request = make(secret)
        const made = imported('har', { file: 'x.har', text: recordingOf([request]) })
        expect(missingIn(made.account)).toEqual([])
        expect(made.steps).toHaveLength(1)
        const all = [
          made.profile,
          ...made.files.map(({ content }) => String(content)),
          JSON.stringify(made.account.left),
          ...made.account.notes,
        ]
        const ways = [secret, encodeURIComponent(secret), xml(secret), JSON.stringify(secret).slice(1, -1)]
        expect(ways.filter((way) => all.some((text) => text.includes(way)))).toEqual([])
        // Whoever sets the variables knows what they are by their names.
        const env = Object.fromEntries(made.variables.map((name) => [name, asNamed(name, secret, request)]))
        const [sent] = await sentAgain(made, env)
        const { method = 'GET', path = '/', headers = {}, body } = request
        const recorded = {
          method,
          url: path,
          headers: { ...headers, ...(body ? { 'content-type': body[0] } : {}) },
          body: body?.[1] ?? '',
        }
        expect(sent && comparable(sent)).toEqual(comparable(recorded))
      }),
      { numRuns: 8, seed: 7 },
    )
  },
  60_000,
)

/** One that is called encoded is as it stood in the request. */
function asNamed(name: string, secret: string, { path = '', body }: Recorded): string {
  if (!name.endsWith('_ENCODED')) return secret
  const url = encodeURIComponent(secret)
  const form = new URLSearchParams([['', secret]]).toString().slice(1)
  const ways = [JSON.stringify(secret).slice(1, -1), xml(secret), url, form]
  const { query } = body?.[0] === 'application/json' ? (JSON.parse(body[1]) as { query?: string }) : {}
  const texts = [path, query ?? body?.[1] ?? '']
  return ways.find((way) => way !== secret && texts.some((text) => text.includes(way))) ?? ''
}

test('a token by its looks, whatever it is called', () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'
  const { profile, variables } = imported('har', {
    file: 'x.har',
    text: recordingOf([
      { path: `/by/${token}`, headers: { 'x-who': token } },
      { method: 'POST', body: ['text/plain', `I am ${token}.`] },
    ]),
  })
  expect(profile).not.toContain('eyJ')
  expect(variables).toEqual(['JWT'])
})

test('what is no secret stays as it is', () => {
  const text =
    'basic information\nkey=colour\ntokens: 3\nnote: the password is asked for later\n<pass>\nquery($password: String!)'
  const { profile, variables } = imported('har', {
    file: 'x.har',
    text: recordingOf([{ method: 'POST', body: ['text/plain', text] }]),
  })
  expect(variables).toEqual([])
  expect(profile).toContain('basic information')
})

test.each([
  'a'.repeat(100_000),
  '<a'.repeat(50_000),
  '"a":"'.repeat(20_000),
  'eyJ-'.repeat(25_000),
  'a='.repeat(50_000),
  ' '.repeat(100_000),
  '<a><![CDATA['.repeat(8_000),
  'a="'.repeat(30_000),
  'Bearer '.repeat(14_000),
])(
  'a text that is made to be slow is not: %#',
  (text) => {
    const begun = performance.now()
    namedValues(text, 'text/plain')
    imported('har', { file: 'x.har', text: recordingOf([{ method: 'POST', body: ['text/plain', text] }]) })
    expect(performance.now() - begun).toBeLessThan(30_000)
  },
  60_000,
)
