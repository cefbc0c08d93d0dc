// Answers that come piece by piece: words as a language model gives them, and a feed that never ends. Plain Node (18 or
// later), no dependencies. PORT chooses the port.
import { createServer } from 'node:http'

const port = Number(process.env.PORT) || 18085
const MOST_BODY = 100_000
const WORDS = 'Green tea wants water that does not boil , and three minutes .'.split(' ')
/** Before the first word, and before each further one. */
const THINKS = 60
const SPEAKS = 15
const FEED = 100

const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) if (body.length < MOST_BODY) body += chunk
  const { method, url } = request
  if (url === '/healthz') return response.end('ready')
  if (method === 'POST' && url === '/answers') return answer(response, body)
  if (method === 'GET' && url === '/rooms/tea/events') return feed(response)
  response.writeHead(404).end()
})

function answer(response, body) {
  if (!JSON.parse(body).stream) return response.writeHead(400).end('only as a stream')
  begin(response)
  const say = (n) => {
    if (n < WORDS.length)
      response.write(`data: ${JSON.stringify({ delta: WORDS[n], done: n === WORDS.length - 1 })}\n\n`)
    else response.end('data: [DONE]\n\n')
    if (n < WORDS.length && !response.destroyed) setTimeout(say, SPEAKS, n + 1)
  }
  setTimeout(say, THINKS, 0)
}

/** Until whoever reads it leaves. */
function feed(response) {
  begin(response)
  let cups = 0
  const timer = setInterval(() => response.write(`event: cup\nid: ${++cups}\ndata: {"cups":${cups}}\n\n`), FEED)
  response.on('close', () => clearInterval(timer))
}

function begin(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders()
}

server.listen(port, '127.0.0.1')
process.on('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
