// A chat: a session for who has logged in, GraphQL for rooms and their history, a WebSocket for each room. Plain Node (18 or
// later), no dependencies. PORT chooses the port. Of GraphQL it knows the three operations of the profile beside it, and no
// more.
import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

const port = Number(process.env.PORT) || 18084
const MOST_BODY = 100_000
const MOST_HISTORY = 50
const ROOMS = ['coffee', 'lunch', 'work']

const MOST_SESSIONS = 10_000

const rooms = new Map(ROOMS.map((name) => [name, { name, history: [], open: new Set() }]))
/** Names by session, the oldest first. */
const sessions = new Map()

const operations = {
  rooms: () => ROOMS.map((name) => ({ name, people: rooms.get(name).open.size })),
  history: ({ room }) => roomOf(room).history,
  say: ({ room, text }, name) => {
    if (name === undefined) throw new Error('Only members say something')
    return tell(roomOf(room), { from: name, text: String(text) })
  },
}

const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) if (body.length < MOST_BODY) body += chunk
  if (request.url === '/healthz') return answer(response, 200, { ready: true })
  if (request.method === 'POST' && request.url === '/login') return logIn(body, response)
  if (request.method !== 'POST' || request.url !== '/graphql') return answer(response, 404, { error: 'not here' })
  try {
    const { query, variables = {} } = JSON.parse(body)
    const [, field] = /\{\s*(\w+)/.exec(query) ?? []
    if (!Object.hasOwn(operations, field)) throw new Error(`Cannot query field "${field}"`)
    answer(response, 200, { data: { [field]: operations[field](variables, memberOf(request)) } })
  } catch (error) {
    // GraphQL over HTTP: what went wrong stands in the answer, whose status is 200.
    answer(response, 200, { errors: [{ message: error.message }] })
  }
})

server.on('upgrade', (request, socket) => {
  const [, name] = /^\/rooms\/(\w+)$/.exec(request.url) ?? []
  const room = rooms.get(name)
  const member = memberOf(request)
  if (!room) return socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
  if (member === undefined) return socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n')
  // RFC 6455 section 4.2.2.
  const accept = createHash('sha1').update(
    `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
  )
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`,
  )
  room.open.add(socket)
  const leave = () => room.open.delete(socket)
  socket.on('close', leave).on('error', leave)
  send(socket, { type: 'welcome', room: name, people: room.open.size })
  let waiting = Buffer.alloc(0)
  socket.on('data', (data) => {
    waiting = Buffer.concat([waiting, data])
    for (let frame = firstFrame(waiting); frame; frame = firstFrame(waiting)) {
      waiting = waiting.subarray(frame.length)
      if (frame.opcode === 8) return socket.end(Buffer.from([0x88, 0]))
      if (frame.opcode === 9) socket.write(Buffer.concat([Buffer.from([0x8a, frame.content.length]), frame.content]))
      if (frame.opcode === 1 && !say(room, member, frame.content)) return socket.destroy()
    }
  })
})

server.listen(port, '127.0.0.1', () => console.log(`chat on http://127.0.0.1:${port}`))

function roomOf(name) {
  const room = rooms.get(name)
  if (!room) throw new Error(`There is no room "${name}"`)
  return room
}

function logIn(body, response) {
  try {
    const { name } = JSON.parse(body)
    const session = randomUUID()
    if (sessions.size >= MOST_SESSIONS) sessions.delete(sessions.keys().next().value)
    sessions.set(session, String(name))
    response.setHeader('set-cookie', `session=${session}; Path=/; HttpOnly`)
    answer(response, 201, { name })
  } catch {
    answer(response, 400, { error: 'who?' })
  }
}

/** The name of who has logged in; undefined for anybody else. */
function memberOf({ headers }) {
  const [, session] = /(?:^|; )session=([\w-]+)/.exec(headers.cookie ?? '') ?? []
  return sessions.get(session)
}

/** Whether it was a message. */
function say(room, from, content) {
  try {
    const { text } = JSON.parse(content.toString())
    tell(room, { from, text: String(text) })
    return true
  } catch {
    return false
  }
}

function tell(room, message) {
  room.history = [...room.history.slice(1 - MOST_HISTORY), message]
  for (const socket of room.open) send(socket, { type: 'said', ...message })
  return message
}

/** A text frame, unmasked as a server's are (RFC 6455 section 5.2); ours are below 64 kB. */
function send(socket, value) {
  const content = Buffer.from(JSON.stringify(value))
  const head = content.length < 126 ? [0x81, content.length] : [0x81, 126, content.length >> 8, content.length & 255]
  socket.write(Buffer.concat([Buffer.from(head), content]))
}

/** The first whole frame of a client, unmasked; undefined until it is there. Longer ones than 64 kB are none of ours. */
function firstFrame(bytes) {
  if (bytes.length < 6) return undefined
  const short = bytes[1] & 127
  const head = short === 126 ? 8 : 6
  if (bytes.length < head) return undefined
  const size = short === 126 ? bytes.readUInt16BE(2) : short
  if (bytes.length < head + size) return undefined
  const mask = bytes.subarray(head - 4, head)
  const content = Buffer.from(bytes.subarray(head, head + size).map((byte, at) => byte ^ mask[at & 3]))
  return { opcode: bytes[0] & 15, content, length: head + size }
}

function answer(response, status, value) {
  const text = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}
