// docs/profile.md, from the grammar that the reader itself uses.
import { BUDGET_GRAMMAR } from '../src/profile/budget.ts'
import { ELSEWHERE } from '../src/profile/elsewhere.ts'
import { DEFAULT_BUDGETS, Profile } from '../src/profile/grammar.ts'
import { type Schema, type Shape, shapeOf } from '../src/profile/schema.ts'

/** The whole page. */
export function profileReference(): string {
  const sections = sectionsOf('', Profile, new Set()).map(({ title, text }) => `## ${title}\n\n${text}`)
  return `${[INTRODUCTION, ...sections, REFERENCES, FUNCTIONS, BUDGETS, elsewhere(), EDITORS].join('\n\n')}\n`
}

interface Section {
  readonly title: string
  readonly text: string
}

/** One section for each map, in the order in which a reader of the page meets them; what stands in two places has one. */
function sectionsOf(path: string, schema: Schema, seen: Set<Schema>): readonly Section[] {
  const shape = shapeOf(schema)
  if (shape.kind === 'list') return sectionsOf(`${path}[]`, shape.item, seen)
  if (shape.kind === 'dictionary') return sectionsOf(`${path}.NAME`, shape.value, seen)
  if (shape.kind === 'either') return shape.options.flatMap((option) => sectionsOf(path, option, seen))
  if (shape.kind !== 'map' || seen.has(schema)) return []
  seen.add(schema)
  const inner = Object.entries(shape.fields).flatMap(([key, { schema: field }]) =>
    sectionsOf(path === '' ? key : `${path}.${key}`, field, seen),
  )
  const title = path === '' ? 'The whole profile' : `\`${path}\``
  return [{ title, text: sectionText(shape) }, ...inner]
}

function sectionText(shape: Extract<Shape, { kind: 'map' }>): string {
  const rows = Object.entries(shape.fields).map(([key, { schema, required }]) => row(key, schema, required))
  const table = [
    '| Key | What to write | Default | What it is for | Example |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ]
  const examples = (shape.facets?.examples ?? []).map((example) => `- \`${example}\``)
  const shown = examples.length > 0 ? `\n\nFor example:\n\n${examples.join('\n')}` : ''
  return `${shape.facets?.description ?? ''}${shown}\n\n${table.join('\n')}`
}

function row(key: string, schema: Schema, required: boolean): string {
  const { facets } = shapeOf(schema)
  const byDefault = facets?.default === undefined ? '' : code(facets.default)
  const cells = [
    code(key),
    facets?.type ?? '',
    required ? '**required**' : byDefault,
    facets?.description ?? '',
    (facets?.examples ?? []).map(code).join('<br>'),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return `\`${text}\``
}

const INTRODUCTION = `# The profile

<!-- Written by scripts/generate.mjs from the grammar in src/profile. Change it there. -->

A profile is a YAML file, \`loadgate.yml\` unless you say otherwise. It says what is sent, how much of it, and which limits
must hold. Unknown keys are errors, and all mistakes are reported at once, each with its place and what to write instead.

\`\`\`yaml
name: storefront
target: \${env.TARGET_URL:-http://127.0.0.1:8080}

service:                         # Loadgate starts it, waits until it is ready, and stops it
  start: node server.mjs
  ready: /healthz

load:
  warm-up: 10s                   # sent, not measured
  stages:
    - { rate: 50/s, to: 200/s, for: 30s }
    - { rate: 200/s, for: 60s }

data:
  accounts: { file: accounts.csv, pick: unique }

scenarios:
  - name: member
    weight: 30
    steps:
      - post: /login
        form: { email: "\${accounts.email}", password: "\${accounts.password}" }
        expect: { status: 200, json: { /success: true } }
        capture: { userId: { json: /user/id } }
      - think: 1s..10s
      - get: /users/\${userId}/orders
  - name: visitor
    weight: 70
    steps:
      - get: /

budgets:
  - p95 < 250 ms
  - errors < 0.5 %
  - p95 of member < baseline + 10 % and + 5 ms
\`\`\`

**Units.** A duration has \`ms\`, \`s\`, \`m\` or \`h\` (\`250ms\`, \`30s\`, \`1m 30s\`), a rate is per \`s\`, \`m\` or \`h\` (\`50/s\`,
\`3000/h\`). A number of users, a weight and a status have no unit.

**Open and closed load.** With \`rate\`, new iterations arrive whether or not earlier ones have been answered, as users of a
public service do (k6: arrival-rate executors; Artillery: \`arrivalRate\`). With \`users\`, a fixed number of users each wait
for their answers (k6: VUs). A load has one of the two throughout.

**A user.** Each iteration of an open load is a new user; each user of a closed one keeps coming back. A user keeps the
cookies it is given and sends them along, as a browser does; redirects are answers unless they are followed. The first
failed request ends the iteration: the steps behind it are not sent.

What a user does only once, at the beginning of its life, stands under \`once\`: each arrival of an open load does so, and
each user of a closed one when it comes to the scenario for the first time. What was captured there holds for its life. If it
fails, the iteration has failed, and the user's next one begins with it again. Its requests are measured and judged as all
others are; in a closed load they are few.

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { users: 50, for: 60s }
data: { accounts: { file: accounts.csv, pick: unique } }
scenarios:
  - name: member
    once:                          # k6: a check of __ITER; Locust: on_start
      - post: /login
        form: { email: "\${accounts.email}", password: "\${accounts.password}" }
        capture: { token: { json: /token } }
    steps:
      - get: /orders
        headers: { authorization: "Bearer \${token}" }
      - think: 1s..10s
\`\`\`

Not everybody does everything: a request has its \`chance\`, or is sent only \`when\` a captured value says so, or several times in
a row. At least one request of a scenario is always sent. All of it is drawn from the plan's seed: two runs send the same.

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { rate: 50/s, for: 60s }
scenarios:
  - name: visitor
    steps:
      - { get: /me, capture: { role: { json: /role } } }
      - { get: /news, repeat: 1..5, between: exponential(2s) }
      - { get: /admin, when: { role: [ admin, owner ] } }
      - { get: /export, chance: 1 in 500 }
\`\`\`

Several steps are gone through together under \`steps\`, with the same words for all of them: here a visitor looks at 2 to 5
products, opens the details of some, and buys in one of 20 visits. Such steps may stand within others, at most three deep; each is
a step of its own in reports and budgets. What they capture is known behind them, where they were come to.

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { rate: 50/s, for: 60s }
scenarios:
  - name: visitor
    steps:
      - get: /
      - repeat: 2..5                 # Artillery: loop; Gatling: repeat; k6 and Locust: a loop in the script
        between: 1s..3s
        steps:
          - { get: "/products/\${random(1, 500)}", capture: { product: { json: /id } } }
          - think: exponential(8s)
          - chance: 30 %             # Gatling: randomSwitch
            steps:
              - get: /products/\${product}/details
              - think: 2s..5s
      - chance: 1 in 20
        steps:
          - { post: /cart, json: { product: "\${product}" } }
          - { post: /orders, name: buy }
\`\`\`

**A page and what it brings along.** A browser that has a page loads its frames, styles and pictures side by side. So do the
requests under \`also\`: they are sent as soon as the request above them has its answer, with what it captured, six at a time as
browsers do over HTTP/1.1, and all at once over the streams of one connection of HTTP/2 (\`parallel\` of \`connections\` says
otherwise). The next step begins when the last of them is answered. Each is a step of its own in reports and budgets, with all that
requests have, but for \`repeat\` and an \`also\` of its own. Its time begins with the answer of the page: where more are to be
sent than may be under way, it is also the wait for the others, as it is for who looks at the page. One that fails stops none of
the others; when all have been answered, the iteration has failed, as with every other step.

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { users: 50, for: 60s }
connections: { parallel: 6 }         # k6: batchPerHost; Gatling: maxConnectionsPerHost
scenarios:
  - name: visitor
    steps:
      - get: /demo
        capture: { version: { regex: 'app\\.([0-9a-f]+)\\.css' } }
        also:                        # k6: http.batch; Gatling: resources
          - get: /frame/demo
          - get: /app.\${version}.css
          - { get: /banner.png, chance: 1 in 2, expect: { headers: { content-type: image } } }
      - think: 1s..10s
\`\`\`

A user with connections of its own has as many as it needs for that, the page's among them, and keeps them as long as that one;
where a \`limit\` leaves fewer, it makes do with them.

**Quick users and slow ones.** With \`pace\` each user, or each arrival of an open load, draws a factor once, by which all of its
pauses are multiplied: \`0.5..2\` from twice as quick to half as quick, \`normal(1, 0.3)\` around what is written. The plan
expects the mean.

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { users: 50, for: 60s }
scenarios:
  - { name: visitor, pace: "normal(1, 0.3)", steps: [ { get: / }, { think: 5s } ] }
\`\`\`

**Compressed answers** come to whoever asks for them, with a header \`accept-encoding: gzip, br\`. Checks and captures read
the text (\`gzip\`, \`deflate\`, \`br\`, \`zstd\`; up to 1 MiB of it), and the counts of bytes are those on the wire. What no step reads
is not decompressed.

**Values from pages.** A form's hidden field, or a \`meta\`, is captured by its element:

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { rate: 50/s, for: 60s }
scenarios:
  - name: member
    steps:
      - get: /login
        capture:
          csrf: { html: "input[name=csrf]" }                                  # its value
          token: { html: 'meta[name="csrf-token"]', attribute: content }
      - post: /login
        headers: { x-csrf-token: "\${token}" }
        form: { csrf: "\${csrf}", user: "\${user()}" }
\`\`\`

**Redirects.** With \`redirects: follow\`, for all requests or for one, an answer that leads on is followed as a browser does:
up to 10 times, with the cookies set on the way, and with GET behind the answer to a form. All of it is one request of its
step, in every count: its time is from the first send to the end of the last answer, its bytes are those of all, its status,
its checks and its captures are of the last answer, and its timeout bounds the whole. Nothing is sent to another host than
the target: a redirect there is a failure, \`foreign-redirect\`; more than 10 in a row are \`too-many-redirects\`.

**Files and GraphQL.** A form with files is sent as a browser uploads them, with any method; a \`body\` may be a file as well.
Files stand beside the profile. They are read once, before the load, and are part of the plan: another content is another load.
A GraphQL step is named after its operation, and fails with \`graphql-errors\` where the answer has any, also with status 200.

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { rate: 50/s, for: 60s }
scenarios:
  - name: seller
    steps:
      - put: /photos/\${uuid()}
        multipart: { photo: { file: photo.jpg, type: image/jpeg }, title: "Photo of \${user()}" }
      - put: /raw
        body: { file: photo.jpg }
        type: image/jpeg
      - post: /graphql
        graphql:
          query: 'query Orders($first: Int!) { orders(first: $first) { id } }'
          variables: { first: 10 }
\`\`\`

**Streams of events.** A request with \`events\` expects an answer that comes piece by piece: \`text/event-stream\`, as
EventSource reads it and language models give it, over HTTP/1.1 or 2, compressed or not. Its response time is the **time to
its first event**, which \`timeout\` bounds: what a user waits for until something is there. So \`p95 of answer < 500 ms\` and
\`p95 of answer < baseline + 10 %\` are of that. The times behind it are measured on their own, and have budgets of their own,
with absolute limits: \`p95 between events of answer\`, and \`p95 to last event of answer\`. They are no requests, and in no
figure of the run.

\`\`\`yaml
name: chat
target: http://127.0.0.1:8080
load: { rate: 5/s, for: 60s }
scenarios:
  - name: visitor
    steps:
      - post: /answers
        name: answer
        json: { question: How do I make tea?, stream: true }
        events: { until: "[DONE]" }                        # or { }: until it ends by itself
        expect: { json: { /finish_reason: stop } }         # of the event before "[DONE]"
      - get: /rooms/tea/events
        name: feed
        events: { until: 10, for: 30s, within: 5s }        # 10 events or 30 s, whichever is first; never 5 s without one
budgets:
  - p95 of answer < 500 ms                                 # to the first event
  - p95 between events of answer < 100 ms
  - p95 to last event of answer < 10 s
\`\`\`

A stream is a success when it comes to its end: the event that \`until\` names, the time that \`for\` allows, or where neither
is given its own end. What \`for\` bounds is read no longer either when the load is over. We then close it: in HTTP/1.1 the
connection, in HTTP/2 the stream alone; one that ends by itself leaves its connection to the next request. An event is timed
when the blank line behind it is there; comments, and fields without data, are none. \`expect\` and \`capture\` look at the data
of the last event. Failures of their own kind are \`no-event-stream\` (another content type), \`events-ended\` (before what was
waited for; "ended after 3 of 10 events"), \`events-stalled\` (longer than \`within\` without one) and \`event-too-large\` (more than
1 MB). The times count for streams that succeed. A stream takes a connection for as long as it is read.

**Conversations over WebSockets.** A step with \`websocket\` opens one at a path of the target (\`ws\` for an \`http\` target, \`wss\`
for an \`https\` one), and what stands under \`talk\` is said in it, one after the other: a message is sent, one is waited for, or
both, with pauses between. Then it is closed (1000).

\`\`\`yaml
name: chat
target: http://127.0.0.1:8080
load: { users: 200, for: 5m }
scenarios:
  - name: member
    steps:
      - post: /login
        json: { name: "user \${user()}" }
      - websocket: /rooms/tea        # k6: ws.connect; Artillery: engine: ws
        name: enter the room
        subprotocol: chat
        timeout: 5s                  # of opening it, and of closing it
        talk:
          - receive: { json: { /type: welcome }, within: 2s }
            capture: { room: { json: /room } }
          - repeat: 10
            between: 1s..3s
            steps:
              - name: say something
                send: { json: { type: say, room: "\${room}", text: "\${text(5)}" } }
                receive: { json: { /type: said, /from: "user \${user()}" }, within: 2s }
                capture: { id: { json: /id } }
              - { send: '{"type":"read","id":"\${id}"}', chance: 1 in 3 }
budgets:
  - p95 of "say something" < 100 ms
  - errors < 0.5 %
\`\`\`

Each of these is a step with a sample of its own, in reports, budgets and counts (sent = succeeded + failed), named after what it
does and where: \`WEBSOCKET /rooms/tea\`, \`SEND\`, \`RECEIVE\` and \`CLOSE\`, where it has no \`name\`. They count as requests, and all that
holds of requests holds of them: \`chance\`, \`when\`, \`repeat\`, \`steps\`, \`capture\`, \`expect\`, values in \`\${ }\`, the first failure
that ends the iteration, and with it the conversation.

- **Opening it** is the handshake: the user's cookies, the headers and the user agent go with it, its cookies are kept, and
  \`expect\` and \`capture\` can look at its headers. Any answer but 101 is \`unexpected-status\`; redirects are not followed.
- **\`send\` with \`receive\`** takes from the sending to the message that is waited for: the first that has all that stands under
  \`receive\`, of those that come after it was sent.
- **\`receive\` alone** takes from when it began to wait. What has come since a message was last waited for is looked through
  first, in order; where the message is among it, there was nothing to wait for. \`receive: { within: 2s }\` is whatever comes next.
- **\`send\` alone** takes until the message has been handed to the network: it is a success then, and nothing is known of whether
  it was understood. Such samples are very short, and part of the whole run's percentiles; where that matters, let the budget
  name the steps that it means.
- **Closing it** takes until the target has closed as well. It fails where the conversation was broken off before, so that no loss
  is overlooked.

Messages that nobody waits for are passed over, and the report counts them. While nothing is waited for, up to 1,000 of them and 4 MiB are
kept for the next \`receive\`; when there are more, the oldest are let go. A message has at most 4 MiB. Messages of bytes are
received, but fit only where nothing is asked of them. Pings are answered. Messages are not compressed.

What goes wrong has a cause of its own: \`timeout\` where the message does not come in time, with how many others came;
\`conversation-closed\` where the target closes it, with its code and its reason; \`connection-closed\` and \`connection-reset\` where
it is just gone; \`message-too-large\`; and \`malformed-answer\` where it breaks the rules of WebSockets.

A conversation has a connection to itself (always HTTP/1.1, also where requests go over HTTP/2), beside those of the requests, opened with the same
certificates and the same checks of where it leads; \`limit\` counts it. It is kept through pauses: of users whose pause lasts longer than the load,
until the load is over. Whoever is in the middle of one then, or when the run is stopped, closes it (1001).

**Connections.** Each user of a closed load has a connection of its own, as a VU of k6 has, unless \`limit\` or the 25,000
that a machine has ports for are fewer than the users; then they share. Arrivals of an open load share whichever is free,
as behind a proxy. Connections are kept alive. \`connections\` chooses otherwise; here every arrival is a new visitor, who
opens a connection of its own, speaks HTTP/2 over it, and closes it at the end:

\`\`\`yaml
name: shop
target: https://127.0.0.1:8443
load: { rate: 50/s, for: 60s }
connections:
  use: per-iteration             # k6: noVUConnectionReuse
  http: 2
  verify: false                  # of a test machine that signed its certificate itself
scenarios: [ { name: store, steps: [ { get: / } ] } ]
\`\`\`

How the connections are used is part of the load: a run is compared only with runs that used them alike.

A target that an authority of your own vouches for, and that wants a certificate of its clients:

\`\`\`yaml
name: shop
target: https://127.0.0.1:8443
load: { rate: 50/s, for: 60s }
connections:
  ca: ca.pem                     # beside the profile, as the certificate is
  certificate: client.pem
  key: \${env.CLIENT_KEY}         # PEM, or the path of its file: it is in no plan, result or log
scenarios: [ { name: store, steps: [ { get: / } ] } ]
\`\`\`

Certificates may be renewed: they are no part of what two runs must agree in, but whether one is shown is. The key is read
from the environment of the process that sends, so that workers on Fargate cannot show one.

The load takes one of four shapes. A constant load or one ramp:

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { rate: 50/s, to: 200/s, for: 30s }
scenarios: [ { name: store, steps: [ { get: / } ] } ]
\`\`\`

Stages, one after the other:

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load:
  stages:
    - { users: 10, to: 50, for: 1m }
    - { users: 50, for: 5m }
scenarios: [ { name: store, steps: [ { get: / } ] } ]
\`\`\`

A staircase:

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load:
  steps: { rate: 10/s, add: 10/s, every: 30s, until: 100/s, for: 5m }
scenarios: [ { name: store, steps: [ { get: / } ] } ]
\`\`\`

Given levels at given times, such as a spike:

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load:
  levels:
    - { at: 0s, rate: 10/s }
    - { at: 30s, rate: 200/s }
    - { at: 40s, rate: 10/s }
  for: 90s
scenarios: [ { name: store, steps: [ { get: / } ] } ]
\`\`\`

**Groups.** A scenario may have a \`load\` of its own (k6: one of several \`scenarios\`), open or closed, which begins \`after\` so
long. The \`load\` of the profile then chooses among the others only; where every scenario has one, the profile needs none:

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { rate: 50/s, for: 5m, warm-up: 10s }
scenarios:
  - { name: visitor, weight: 4, steps: [ { get: / } ] }
  - { name: member, weight: 1, steps: [ { get: /account } ] }
  - name: sale                     # a crowd that comes after two minutes, and goes again
    load: { after: 2m, users: 200, for: 1m }
    steps: [ { get: /sale }, { think: 2s } ]
  - name: import                   # keeps the service busy, and is not judged
    background: true
    load: { rate: 2/s }
    steps: [ { post: /import, json: { rows: 1000 } } ]
budgets:
  - p95 < 250 ms                   # of visitor, member and sale
  - p95 of import < 5 s
\`\`\`

The measurement lasts as long as the profile's \`load\`, or else until the last load ends that is measured; none may last longer.
A load without a length lasts to the end of the profile's. Loads that begin at once are warmed up together, for the longest
\`warm-up\` that any of them has; one that begins later has a warm-up of its own, right before it begins: that is sent while the
others are measured, and is not measured itself. What is in the background (\`background: true\`) is shown in the report by step,
and is in no figure of the whole run, percentile, error or throughput, nor does it end a run. A budget may name it.
No two users or iterations of a run have the same number, whichever group they are of, and no two get the same \`unique\` row.`

const REFERENCES = `## Values inside \`\${ }\`

| Write | What it becomes | Where |
| --- | --- | --- |
| \`\${env.NAME}\` | variable of the environment; unset or empty is an error | anywhere |
| \`\${env.NAME:-text}\` | the same, or the text when it is unset or empty | anywhere |
| \`\${source.column}\` | value of a column of \`data\`, from the row of this iteration | requests |
| \`\${name}\` | value captured by an earlier step of the same scenario | requests |
| \`\${uuid()}\` | a random UUID | requests |
| \`\${user()}\` | the number of the user, from 1: no two users of a load have the same (k6: \`exec.vu.idInTest\`) | requests |
| \`\${iteration()}\` | the number of the iteration, from 1: no two iterations of a load have the same | requests |
| \`\${worker()}\` | the number of the thread or task that sends it, from 1 | requests |
| \`\${now()}\` | milliseconds since 1970 | requests |
| \`\${random(1, 100)}\` | a whole number from the first to the second | requests |
| \`\${name()}\`, \`\${email()}\`, \`\${phone()}\`, \`\${company()}\` | somebody's; an address at \`example.com\`, which hardly anybody else gets | requests |
| \`\${address()}\`, \`\${city()}\`, \`\${postcode()}\`, \`\${country()}\` | street and number, and the rest of an address | requests |
| \`\${text(20)}\` | so many words | requests |
| \`\${date(2026-01-01, 2026-12-31)}\` | a day, both included, as \`2026-05-17\` | requests |
| \`\${pick(red, "dark blue")}\` | one of them | requests |
| \`\${number(uniform, 1, 100)}\` | a number from the first to the second, as likely as any other | requests |
| \`\${number(normal, 50, 10)}\` | by mean and standard deviation | requests |
| \`\${number(exponential, 5)}\` | by the mean | requests |
| \`\${number(zipf, 1000, 1.1)}\` | a rank from 1 to 1000; the k-th as often as 1 / k^1.1, as what people look for is | requests |
| \`\${sign(userId, "text", 7)}\` | what the function \`sign\` of the module under \`functions\` returns | requests |
| \`$\${\` | the characters \`\${\` themselves | anywhere |

"Requests" are path, \`query\`, \`headers\`, \`json\`, \`form\`, \`multipart\`, \`graphql\`, \`body\`, \`send\` and the values and the text of \`receive\`. Values are encoded for the place where they stand: for a
URL in paths, \`query\` and \`form\`, as part of a string in \`json\` and \`graphql\`. A captured value at the very start of a path is taken
as it is, slashes and all, and so is all of \`headers\`, \`multipart\` and \`body\`. In \`json\`, \`"\${...}"\` stays a string; write \`body\` for a
number. Inside of \`{ }\` and \`[ ]\`, YAML wants quotes around it: \`{ id: "\${userId}" }\`.

Numbers are whole unless decimals stand behind: \`\${number(normal, 19.9, 5, 2)}\`. All that is random is drawn from the plan's
seed and the number of the iteration: two runs send the same, however many workers there are. Names and addresses come from
pools of 2,048 that are drawn before the load.

**Large documents.** \`generate: { file: order.json, size: 100 kB }\` sends a JSON document of at least that size: the entries
of the first list in the file, or of the one at \`list\`, are repeated. Texts in it can hold generators. Those of the list are
worked out before the load, in up to 16 variants of which each request takes one, and are of those that follow from the seed
alone (\`uuid\`, \`random\`, \`name\` …); what stands around the list is made for each request.

Values of the environment are not looked through for \`\${\` again. Those in headers, queries and bodies, and those whose
name looks like a secret (\`TOKEN\`, \`PASSWORD\`, \`KEY\` …), are masked in every log and report.`

const FUNCTIONS = `## Functions of your own

What has to be worked out for every request, such as a signature with the time in it, is a function of a module that the
profile names:

\`\`\`yaml
name: shop
target: http://127.0.0.1:8080
load: { rate: 50/s, for: 60s }
functions: ./functions.mjs
scenarios:
  - name: member
    steps:
      - { get: /me, capture: { userId: { json: /id } } }
      - { get: /orders, headers: { authorization: "\${seal(userId, env.TOKEN)}" } }
\`\`\`

\`\`\`js
import { createCipheriv, randomBytes } from 'node:crypto'
/** @import { Context } from 'loadgate' */

/** @param {string} userId  @param {string} key  @param {Context} context */
export function seal(userId, key, context) {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'hex'), iv)
  const sealed = cipher.update(\`\${userId} \${context.now()}\`, 'utf8', 'base64url') + cipher.final('base64url')
  return [iv.toString('base64url'), cipher.getAuthTag().toString('base64url'), sealed].join('.')
}
\`\`\`

Arguments are columns, captured values, generators such as \`uuid()\`, \`env.NAME\`, and texts in quotes, numbers, \`true\`,
\`false\` and \`null\`; all but the last four come as text. The last argument of each call is the context: \`user\`,
\`iteration\`, \`worker\`, \`now()\`, \`captured(name)\` and \`random()\`, which is the same in every run where
\`Math.random()\` is not. A text, number or boolean comes back.

A function of the same module can judge answers, under \`expect: { check: isGood }\`. It is given the answer (\`status\`,
\`header(name)\`, \`text\`, \`json\`) and the context, and returns \`true\`, or a text that says what is wrong:

\`\`\`js
/** @type {import('loadgate').CheckFunction} */
export const isGood = ({ json }) => json?.total >= 0 || \`a total of \${json?.total}\`
\`\`\`

- **At once.** A function is called when its request is due and cannot wait: one that returns a promise is an error. What it
  needs, it reads when the module is loaded, where a top-level \`await\` may take 10 s.
- **One file.** It travels to every worker as text, and imports what is a part of Node: \`import … from 'node:crypto'\`.
  On Fargate there is no environment: hand secrets over as \`env.NAME\`.
- **Checked before the load.** \`loadgate check\` finds functions that are not there and calls that do not fit. One that
  throws, or returns anything else, fails its request with the cause \`function-failed\`; nothing is sent.
- **Their time is the generator's.** Every report says how much of it they took. From 10 % on it says that they limit the
  generator; whether that is too much, the rules of [the verdict](verdict.md) for a late generator say.
- **No sandbox.** A module is as trusted as the build scripts of the same pull request. Another text of it is another load,
  as other data is: see [what a pull request can change](trust.md).

Types for editors are in \`loadgate-functions.d.ts\` of this package. Where Loadgate is the action alone, copy that file beside
the module and import from \`'./loadgate-functions.d.ts'\`.`

const BUDGETS = `## Budgets

\`\`\`text
${BUDGET_GRAMMAR}
\`\`\`

| Budget | What it says |
| --- | --- |
| \`p95 < 250 ms\` | 95 % of the successful answers take less than 250 ms |
| \`p99.9 of "log in" < 1.5 s\` | the same of one scenario or step |
| \`errors < 0.5 %\` | fewer than 0.5 % of the requests fail |
| \`throughput > 190/s\` | more than 190 successful answers per second |
| \`p95 < baseline + 10 %\` | at most 10 % slower than the baseline |
| \`p95 < baseline + 10 % and + 5 ms\` | exceeded only when it is both 10 % and 5 ms slower |
| \`errors < baseline + 0.2 pp\` | at most 0.2 percentage points more errors |
| \`throughput > baseline - 5 %\` | at most 5 % less |
| \`errors < 20 % or abort\` | and a run that breaks it is ended at once |

A budget behind which \`or abort\` stands ends the run when its last 10 s break it beyond doubt: \`errors < 20 % or abort\`,
\`p95 < 2 s or abort\`. The run then fails, its other budgets are not judged, and what was measured is shown. The same is done
to a run of whose requests not one succeeds for 30 s, unless an \`errors\` budget says "or abort" itself. Such budgets are of
the whole run and have an amount for a limit; side by side they are judged at the end, as all others are.

A profile without any budget is held to \`${DEFAULT_BUDGETS.latency}\`. \`${DEFAULT_BUDGETS.errors}\` stands wherever a
profile does not limit the errors of every scenario.`

function elsewhere(): string {
  const rows = Object.entries(ELSEWHERE).map(([theirs, ours]) => `| ${code(theirs)} | ${ours.map(code).join(', ')} |`)
  return `## Coming from k6, Artillery, Gatling or Locust\n\n| There | Here |\n| --- | --- |\n${rows.join('\n')}`
}

const EDITORS = `## In the editor

\`loadgate.schema.json\` describes the profile to editors. With the YAML language server (VS Code and others), one line at
the top of the profile is enough: \`# yaml-language-server: $schema=./loadgate.schema.json\``
