// An API whose every request carries a fresh encrypted header: plain Node (18 or later), no dependencies.
// PORT chooses the port. What the header says is who asks and when; an old one, or one that was seen before, is refused.
import { createDecipheriv, createHash } from 'node:crypto'
import { createServer } from 'node:http'

const port = Number(process.env.PORT) || 18082
const MOST_BODY = 5_000_000
const MOST_SEEN = 100_000
const VALID_MS = 30_000
/** Known to both sides; `sign.mjs` has it too. A real one would come from the environment. */
const KEY = createHash('sha256').update('a secret of the example').digest()

const seen = new Set()
const images = new Map()

createServer(async (request, response) => {
  const body = await read(request)
  if (request.url === '/healthz') return answer(response, 200, { ready: true })
  const { user, error } = whoAsks(request.headers['x-signature'])
  if (error) return answer(response, 401, { error })
  const [, image] = /^\/images\/([\w-]+)$/.exec(request.url) ?? []
  if (request.method === 'GET' && request.url === '/me') return answer(response, 200, { user })
  if (image && request.method === 'PUT') return keepImage(response, image, request.headers['content-type'] ?? '', body)
  if (image && request.method === 'GET' && images.has(image)) return answer(response, 200, images.get(image))
  answer(response, 404, { error: 'there is nothing here' })
}).listen(port, '127.0.0.1', () => console.log(`signed API on http://127.0.0.1:${port}`))

/** AES-256-GCM: 12 bytes of nonce, 16 of tag, then the encrypted `{ user, at }`. */
function whoAsks(signature) {
  try {
    const bytes = Buffer.from(signature, 'base64url')
    const opened = createDecipheriv('aes-256-gcm', KEY, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28))
    const { user, at } = JSON.parse(opened.update(bytes.subarray(28), undefined, 'utf8') + opened.final('utf8'))
    if (Math.abs(Date.now() - at) > VALID_MS) return { error: 'the signature is too old' }
    if (seen.has(signature)) return { error: 'the signature was used before' }
    seen.add(signature)
    if (seen.size > MOST_SEEN) seen.delete(seen.values().next().value)
    return { user }
  } catch {
    return { error: 'the signature is not ours' }
  }
}

/** A form of two fields (RFC 7578): `title`, and `image`, which must be a PNG. */
function keepImage(response, id, type, body) {
  const [, quoted, bare] = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;]+))/.exec(type) ?? []
  const parts = body
    .toString('latin1')
    .split(`--${quoted ?? bare}`)
    .slice(1, -1)
  const fields = new Map(
    parts.map((part) => {
      const [head, ...rest] = part.split('\r\n\r\n')
      return [/name="([^"]*)"/.exec(head)?.[1], Buffer.from(rest.join('\r\n\r\n').slice(0, -2), 'latin1')]
    }),
  )
  const image = fields.get('image')
  if (!image?.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')))
    return answer(response, 400, { error: 'the field "image" is no PNG' })
  const kept = { id, title: String(fields.get('title') ?? ''), bytes: image.length }
  images.set(id, kept)
  if (images.size > 1_000) images.delete(images.keys().next().value)
  answer(response, 201, kept)
}

function answer(response, status, value) {
  const text = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

async function read(request) {
  const chunks = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= MOST_BODY) chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
