// A small shop to put load on: plain Node (18 or later), no dependencies, nothing kept between requests.
// PORT chooses the port, SLOW=1 makes GET /products take three times as long: a regression to be caught.
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'

const port = Number(process.env.PORT) || 18080
const slow = process.env.SLOW === '1'
let orders = 0

// One row per endpoint: the median time of its answer in milliseconds, and what it answers.
const routes = [
  ['GET', /^\/healthz$/, 0, () => ok({ ready: true })],
  ['GET', /^\/products$/, slow ? 120 : 40, () => ok(products.map(({ id, name, price }) => ({ id, name, price })))],
  ['GET', /^\/products\/(\d+)$/, 25, ({ id }) => productPage(id)],
  ['POST', /^\/cart$/, 45, ({ json }) => addToCart(json())],
  ['POST', /^\/login$/, 60, ({ form }) => logIn(form())],
  ['GET', /^\/account$/, 30, ({ cookie }) => withUser(cookie('session'), (email) => ok({ email }))],
  ['POST', /^\/orders$/, 50, ({ bearer, json }) => withUser(bearer(), () => placeOrder(json()))],
  ['GET', /^\/orders\/(\d+)$/, 30, ({ bearer, id }) => withUser(bearer(), () => ok({ id, state: 'placed' }))],
]

const products = Array.from({ length: 40 }, (_, index) => ({
  id: index + 1,
  name: `Product ${index + 1}`,
  price: 5 + ((index * 37) % 90),
  text: 'A thing that people buy. '.repeat(20),
}))

createServer(async (request, response) => {
  const body = await read(request)
  const { pathname } = new URL(request.url, 'http://shop')
  const [, pattern, median, answer] = routes.find(
    ([method, path]) => method === request.method && path.test(pathname),
  ) ?? ['', /^/, 0, () => failed(404, 'no such page')]
  await new Promise((resolve) => setTimeout(resolve, lognormal(median)))
  const { status, value, headers } = attempt(() =>
    answer({
      id: Number(pattern.exec(pathname)[1]),
      json: () => JSON.parse(body),
      form: () => new URLSearchParams(body),
      cookie: (name) => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(request.headers.cookie ?? '')?.[1],
      bearer: () => /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1],
    }),
  )
  const text = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}).listen(port, '127.0.0.1', () => console.log(`shop on http://127.0.0.1:${port}${slow ? ', slow on purpose' : ''}`))

function productPage(id) {
  return products[id - 1] ? ok(products[id - 1]) : failed(404, 'no such product')
}

function addToCart({ product, quantity }) {
  const found = products[product - 1]
  return found && quantity > 0 ? ok({ total: found.price * quantity }, 201) : failed(400, 'no such product')
}

function logIn(form) {
  const email = form.get('email') ?? ''
  // buyer007@shop.example has the password pass-007.
  const [, number] = /^buyer(\d{3})@shop\.example$/.exec(email) ?? []
  if (!number || form.get('password') !== `pass-${number}`) return failed(403, 'wrong password')
  const token = `${number}.${sign(number)}`
  return ok({ success: true, token }, 200, { 'set-cookie': `session=${token}; Path=/; HttpOnly` })
}

function withUser(token = '', answer) {
  const [number, signature] = token.split('.')
  return signature === sign(number) ? answer(`buyer${number}@shop.example`) : failed(401, 'log in first')
}

function placeOrder({ product, quantity }) {
  if (!products[product - 1] || !(quantity > 0)) return failed(400, 'no such product')
  orders++
  return ok({ id: orders, product, quantity }, 201, { location: `/orders/${orders}` })
}

function sign(text) {
  return createHmac('sha256', 'a secret of the example').update(text).digest('base64url')
}

function ok(value, status = 200, headers = {}) {
  return { status, value, headers }
}

function failed(status, error) {
  return { status, value: { error }, headers: {} }
}

function attempt(answer) {
  try {
    return answer()
  } catch {
    return failed(400, 'not understood')
  }
}

async function read(request) {
  let body = ''
  for await (const chunk of request.setEncoding('utf8')) if (body.length < 100_000) body += chunk
  return body
}

// Most answers take about the median, a few take several times as long, none takes less than nothing: so do real ones.
function lognormal(median) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return median * Math.exp(0.35 * normal)
}

// mulberry32 with a fixed seed: every start of the shop behaves alike.
let state = 1
function random() {
  state = (state + 0x6d2b79f5) | 0
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}
