// A store for JSON documents of 100 kB and more: plain Node (18 or later), no dependencies. PORT chooses the port.
import { createServer } from 'node:http'

const port = Number(process.env.PORT) || 18083
const MOST_BODY = 2_000_000
const MOST_KEPT = 500

const documents = new Map()

createServer(async (request, response) => {
  const body = await read(request)
  const [, id] = /^\/documents\/([\w-]+)$/.exec(request.url) ?? []
  if (request.url === '/healthz') return answer(response, 200, { ready: true })
  if (id && request.method === 'PUT') return keep(response, id, body)
  if (id && request.method === 'GET' && documents.has(id)) return answer(response, 200, documents.get(id))
  if (request.url === '/summary') return answer(response, 200, { documents: documents.size })
  answer(response, 404, { error: 'no such document' })
}).listen(port, '127.0.0.1', () => console.log(`document store on http://127.0.0.1:${port}`))

function keep(response, id, body) {
  let document
  try {
    document = JSON.parse(body)
  } catch {
    return answer(response, 400, { error: 'not JSON' })
  }
  if (!Array.isArray(document.lines)) return answer(response, 422, { error: '"lines" is no list' })
  documents.set(id, document)
  if (documents.size > MOST_KEPT) documents.delete(documents.keys().next().value)
  answer(response, 201, { id, bytes: body.length, lines: document.lines.length })
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
  return Buffer.concat(chunks).toString()
}
