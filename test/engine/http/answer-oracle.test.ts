// The same answers, over real sockets, to Node's own HTTP client, whose reader is another (llhttp): they are to agree on
// what is an answer, on its status and on its length. Where they are not to, it is listed with the reason.
import { request } from 'node:http'
import { expect, test } from '@jest/globals'
import { runShard } from '../../../src/engine/run-shard.ts'
import { CUT_SHORT, MALFORMED, MORE_BEHIND, SOUND } from '../../support/curated-answers.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { startWireServer } from '../../support/wire-server.ts'

/** Status and body bytes of what is taken for an answer; else `refused`. */
type Verdict = string

/** Written at once, then the connection is ended: what has no other end is whole then. */
async function serving<T>(wire: string, ask: (port: number) => Promise<T>): Promise<T> {
  await using server = await startWireServer({ onRequest: ({ socket }) => void socket.end(wire, 'latin1') })
  return await ask(server.port)
}

const nodeSays = (wire: string, method = 'GET') =>
  serving(
    wire,
    (port) =>
      new Promise<Verdict>((resolve) => {
        const refuse = () => resolve('refused')
        const options = { host: '127.0.0.1', port, method, agent: false, insecureHTTPParser: false, timeout: 5_000 }
        const asked = request({ ...options, maxHeaderSize: 65_536 }, (response) => {
          let bytes = 0
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length
          })
          response.on('end', () => resolve(`${response.statusCode}, ${bytes} bytes`)).on('error', refuse)
        })
        asked
          .on('error', refuse)
          .on('close', refuse)
          .on('timeout', () => asked.destroy(new Error('no end')))
          .end()
      }),
  )

const weSay = (wire: string, method = 'GET') =>
  serving(wire, async (port): Promise<Verdict> => {
    const step = requestStep({ method, expect: { status: [{ from: 100, to: 999 }] } })
    const plan = onePlan({ port, steps: [step], level: 100, seconds: 0.01, timeout: 5_000 })
    const { steps } = await runShard({ plan, index: 0, count: 1 })
    expect(steps[0]!.sent).toBe(1)
    const [status] = Object.keys(steps[0]!.statuses)
    return steps[0]!.succeeded === 1 ? `${status}, ${steps[0]!.bytesReceived} bytes` : 'refused'
  })

interface Row {
  readonly name: string
  readonly wire: string
  readonly method?: string
  readonly agreed: Verdict
}

const rows: readonly Row[] = [
  ...SOUND.map(({ status, body, ...rest }) => ({ ...rest, agreed: `${status}, ${body.length} bytes` })),
  ...[...MALFORMED, ...MORE_BEHIND, ...CUT_SHORT].map(([name, wire]) => ({ name, wire, agreed: 'refused' })),
]

interface Difference {
  readonly name: string
  readonly wire: string
  readonly node: Verdict
  readonly ours: Verdict
  readonly why: string
}

const wireOf = (name: string) => rows.find((row) => row.name === name)?.wire ?? `no row is called ${name}`
const OK = 'HTTP/1.1 200 OK\r\n'
const two = 'content-length: 2\r\n\r\nok'
const chunk = (line: string) => `${OK}transfer-encoding: chunked\r\n\r\n${line}\r\nhello\r\n0\r\n\r\n`

const DIFFERENCES: readonly Difference[] = [
  {
    name: 'an empty line before the answer',
    wire: `\r\n${OK}${two}`,
    node: '200, 2 bytes',
    ours: 'refused',
    why: 'RFC 9112 2.2 lets servers skip it, not clients: it is what is left of the answer before',
  },
  {
    name: 'HTTP/2.0 in an HTTP/1.1 message',
    wire: `HTTP/2.0 200 OK\r\n${two}`,
    node: '200, 2 bytes',
    ours: 'refused',
    why: 'there is no such message; what its framing would be is nobody’s to say',
  },
  {
    name: 'a status below 100',
    wire: `HTTP/1.1 099 OK\r\n${two}`,
    node: '99, 2 bytes',
    ours: 'refused',
    why: 'RFC 9110 15: 100 to 599; above it is an answer of an unknown kind, below it is none',
  },
  {
    name: '100 before the answer',
    wire: `HTTP/1.1 100 Continue\r\n\r\n${OK}${two}`,
    node: '200, 2 bytes',
    ours: 'refused',
    why: 'nobody sent `expect: 100-continue`: it answers another request, or the server is wrong about ours',
  },
  {
    name: 'a control in the reason',
    wire: `HTTP/1.1 200 \x01\r\n${two}`,
    node: '200, 2 bytes',
    ours: 'refused',
    why: 'RFC 9112 4 has none there, and every line is read by the same rule',
  },
  {
    name: 'an extension without a name',
    wire: chunk('5;'),
    node: 'refused',
    ours: '200, 5 bytes',
    why: 'what an extension says is passed over; the line’s end, which is all that matters, is as strict as any',
  },
  {
    name: 'an extension behind a blank',
    wire: chunk('5; a=b'),
    node: 'refused',
    ours: '200, 5 bytes',
    why: 'as above, and RFC 9112 7.1.1 has it read',
  },
  {
    name: 'trailers, which state nothing',
    wire: wireOf('trailers, which state nothing'),
    node: 'refused',
    ours: '200, 2 bytes',
    why: 'RFC 9110 6.5.1: a length in a trailer is no length',
  },
  {
    name: 'early hints with a length, twice',
    wire: wireOf('early hints with a length, twice'),
    node: 'refused',
    ours: '200, 2 bytes',
    why: 'RFC 9112 6.3: an interim answer ends at its blank line, whatever its headers say',
  },
]

/** A few at a time: each has a server and a run of its own. */
async function inTurn<T>(all: readonly T[], ask: (one: T) => Promise<string | undefined>): Promise<string[]> {
  const wrong: string[] = []
  for (let at = 0; at < all.length; at += 10)
    wrong.push(...(await Promise.all(all.slice(at, at + 10).map(ask))).filter((one) => one !== undefined))
  return wrong
}

test('Node’s client and ours agree on every answer of the tables but those listed', async () => {
  const listed = new Set(DIFFERENCES.map(({ name }) => name))
  const wrong = await inTurn(
    rows.filter(({ name }) => !listed.has(name)),
    async ({ name, wire, method, agreed }) => {
      const [node, ours] = await Promise.all([nodeSays(wire, method), weSay(wire, method)])
      return node === agreed && ours === agreed ? undefined : `${name}: ${agreed}; Node: ${node}; we: ${ours}`
    },
  )
  expect(wrong).toEqual([])
})

test('where they are to differ, they do', async () => {
  const wrong = await inTurn(DIFFERENCES, async (row) => {
    const [node, ours] = await Promise.all([nodeSays(row.wire), weSay(row.wire)])
    return node === row.node && ours === row.ours ? undefined : `${row.name}: Node: ${node}; we: ${ours} (${row.why})`
  })
  expect(wrong).toEqual([])
})
