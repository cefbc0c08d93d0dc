// A shop with pages, for browsers: plain Node (18 or later), no dependencies. PORT chooses the port.
// Each page has frames, a style sheet, a script and pictures; whoever logs in needs the token that its form came with.
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'

const port = Number(process.env.PORT) || 18081
const MOST_BODY = 5_000_000
const MOST_KEPT = 10_000

/** Sessions by their cookie: the user's name once it is logged in. The oldest go first. */
const sessions = new Map()
const photos = new Map()

// One row per endpoint: the median time of its answer in milliseconds, and what it answers.
const routes = [
  ['GET', /^\/healthz$/, 0, () => text('ready')],
  ['GET', /^\/$/, 15, () => page('Shop', links() + frame('/frames/offers') + frame('/frames/news'))],
  ['GET', /^\/frames\/(\w+)$/, 10, ({ id }) => html(`<!doctype html><title>${id}</title><p>The ${id} of today.</p>`)],
  ['GET', /^\/shop\.(css|js)$/, 2, ({ id }) => asset(id)],
  ['GET', /^\/pictures\/(\d+)\.svg$/, 3, ({ id }) => picture(id)],
  ['GET', /^\/products\/(\d+)$/, 20, ({ id }) => productPage(id)],
  ['GET', /^\/login$/, 10, ({ session }) => loginPage(session)],
  ['POST', /^\/login$/, 50, ({ session, form }) => logIn(session, form())],
  ['GET', /^\/account$/, 20, (asked) => withUser(asked, accountPage)],
  ['POST', /^\/cart$/, 30, (asked) => withUser(asked, () => addToCart(asked.form()))],
  ['POST', /^\/photos$/, 40, (asked) => withUser(asked, () => keepPhoto(asked))],
  ['GET', /^\/photos\/([0-9a-f]{16})$/, 5, ({ id }) => (photos.has(id) ? photos.get(id) : text('no such photo', 404))],
]

createServer(async (request, response) => {
  const body = await read(request)
  const { pathname } = new URL(request.url, 'http://shop')
  const [, pattern, median, answer] = routes.find(
    ([method, path]) => method === request.method && path.test(pathname),
  ) ?? ['', /^/, 0, () => text('no such page', 404)]
  await new Promise((resolve) => setTimeout(resolve, lognormal(median)))
  const known = /(?:^|; )shop=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
  const session = sessions.has(known) ? known : newSession()
  const { status, type, content, headers } = attempt(() =>
    answer({
      id: pattern.exec(pathname)[1],
      session,
      body,
      type: request.headers['content-type'] ?? '',
      form: () => new URLSearchParams(body.toString()),
    }),
  )
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(content),
    ...(session !== known && { 'set-cookie': `shop=${session}; Path=/; HttpOnly; SameSite=Lax` }),
    ...headers,
  })
  response.end(content)
}).listen(port, '127.0.0.1', () => console.log(`shop on http://127.0.0.1:${port}`))

function newSession() {
  const session = randomUUID()
  keepIn(sessions, session, undefined)
  return session
}

function page(title, content) {
  return html(`<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<link rel="stylesheet" href="/shop.css"><script src="/shop.js" defer></script><link rel="icon" href="/pictures/0.svg">
<h1>${title}</h1>${content}</html>`)
}

function links() {
  const products = Array.from({ length: 12 }, (_, n) => `<li><a href="/products/${n + 1}">Product ${n + 1}</a>`)
  return `<ul>${products.join('')}</ul><p><a href="/login">Log in</a>`
}

function frame(path) {
  return `<iframe src="${path}" title="${path}"></iframe>`
}

function asset(kind) {
  if (kind === 'css') return { ...text(`h1 { color: #245 } /* ${'a rule '.repeat(400)} */`), type: 'text/css' }
  return { ...text(`document.title += ' – open' // ${'a line '.repeat(600)}`), type: 'text/javascript' }
}

function picture(n) {
  const hue = (Number(n) * 47) % 360
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="hsl(${hue} 60% 50%)"/></svg>`
  return { ...text(drawn), type: 'image/svg+xml' }
}

function productPage(id) {
  if (id < 1 || id > 100) return text('no such product', 404)
  const buy = `<form method="post" action="/cart"><input name="product" value="${id}" type="hidden"><button>Buy</button></form>`
  return page(`Product ${id}`, `<img src="/pictures/${id}.svg" alt="">${frame('/frames/reviews')}${buy}`)
}

function loginPage(session) {
  return page(
    'Log in',
    `<form method="post" action="/login"><input type="hidden" name="csrf" value="${tokenOf(session)}">
<input name="email" type="email"><input name="password" type="password"><button>Log in</button></form>`,
  )
}

function logIn(session, form) {
  if (form.get('csrf') !== tokenOf(session)) return text('this form was not made for you', 403)
  // fan007@shop.example has the password pass-007.
  const [, number] = /^fan(\d{3})@shop\.example$/.exec(form.get('email') ?? '') ?? []
  if (!number || form.get('password') !== `pass-${number}`) return text('wrong password', 403)
  sessions.set(session, `fan${number}`)
  return { ...text('', 303), headers: { location: '/account' } }
}

function accountPage(user) {
  const upload = `<form method="post" action="/photos" enctype="multipart/form-data">
<input name="title" value="me"><input name="photo" type="file"><button>Send</button></form>`
  return page(`Hello, ${user}`, `<p id="user" data-user="${user}">${user}</p>${upload}`)
}

function addToCart(form) {
  const product = Number(form.get('product'))
  return product >= 1 && product <= 100 ? page('Cart', `<p>Product ${product} is yours.`) : text('no such product', 400)
}

/** The first file of the form, cut out at its boundary (RFC 7578). */
function keepPhoto({ body, type }) {
  const [, quoted, bare] = /^multipart\/form-data;.*boundary=(?:"([^"]+)"|([^;]+))/.exec(type) ?? []
  const parts = body.toString('latin1').split(`--${quoted ?? bare}`)
  for (const part of parts) {
    const [head, ...rest] = part.split('\r\n\r\n')
    if (!/filename="[^"]+"/.test(head)) continue
    const content = Buffer.from(rest.join('\r\n\r\n').slice(0, -2), 'latin1')
    const id = createHash('sha256').update(content).digest('hex').slice(0, 16)
    const [, kind = 'application/octet-stream'] = /content-type: *(\S+)/i.exec(head) ?? []
    keepIn(photos, id, { status: 200, type: kind, content, headers: {} })
    return {
      ...page('Thank you', `<img src="/photos/${id}" alt="">`),
      status: 201,
      headers: { 'x-photo-bytes': content.length },
    }
  }
  return text('no photo in it', 400)
}

function withUser({ session }, answer) {
  const user = sessions.get(session)
  return user ? answer(user) : { ...text('', 303), headers: { location: '/login' } }
}

function tokenOf(session) {
  return createHmac('sha256', 'a secret of the example').update(session).digest('base64url')
}

function keepIn(map, key, value) {
  map.set(key, value)
  if (map.size > MOST_KEPT) map.delete(map.keys().next().value)
}

function html(content) {
  return { status: 200, type: 'text/html; charset=utf-8', content, headers: {} }
}

function text(content, status = 200) {
  return { status, type: 'text/plain; charset=utf-8', content, headers: {} }
}

function attempt(answer) {
  try {
    return answer()
  } catch {
    return text('not understood', 400)
  }
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

// Most answers take about the median, a few take several times as long.
function lognormal(median) {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
  return median * Math.exp(0.35 * normal)
}
