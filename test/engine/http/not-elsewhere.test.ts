// Whatever a target answers and whatever a resolver says: no connection arrives where none may. Watched at the sockets of
// those places themselves.
import type { LookupAddress } from 'node:dns'
import { createServer } from 'node:http2'
import { expect, test } from '@jest/globals'
import { type AllowedTargets, readListedTarget } from '../../../src/allowed-targets.ts'
import type { Refuses } from '../../../src/engine/http/addresses.ts'
import { Connections } from '../../../src/engine/http/connections.ts'
import { http1 } from '../../../src/engine/http/http1.ts'
import { http2 } from '../../../src/engine/http/http2.ts'
import type { TransportOptions } from '../../../src/engine/http/transport.ts'
import { runShard } from '../../../src/engine/run-shard.ts'
import { startCountingServer } from '../../support/counting-server.ts'
import { onePlan, requestStep } from '../../support/plans.ts'
import { unaccounted } from '../../support/shard-figures.ts'
import { setTrap } from '../../support/trap.ts'

// --- addresses that a target gives to be asked for next -----------------------------------------------------------------

/** All of them 127.0.0.2, to one reader or another. */
const HOSTS = [
  '127.0.0.2',
  '127.0.0.2.',
  '127.2',
  '127.0.2',
  '0x7f.0.0.2',
  '0x7F.0x0.0x0.0x2',
  '0x7f000002',
  '2130706434',
  '0177.0.0.2',
  '0177.0000.0000.0002',
  '017700000002',
  '[::ffff:127.0.0.2]',
  '[::ffff:7f00:2]',
  '[0:0:0:0:0:ffff:7f00:0002]',
  '[::ffff:7f00:2%25lo]',
  '127。0。0。2',
  '127.0.0.2',
  '①②⑦.⓪.⓪.②',
  '%31%32%37.0.0.2',
  '127.0.0.2%00.example',
  'user@127.0.0.2',
  'user:password@127.0.0.2',
  '127.0.0.1@127.0.0.2',
  '127.0.0.1%40127.0.0.2',
  '127.0.0.1\\@127.0.0.2',
  'localhost',
  'LOCALHOST.',
  'xn--loclhost-2fb',
]

const spellings = (port: number) => [
  ...HOSTS.flatMap((host) => [
    `//${host}:${port}/`,
    `http://${host}:${port}/`,
    `http:/${host}:${port}/`,
    `/\\${host}:${port}/`,
    `\\\\${host}:${port}\\`,
    `///${host}:${port}/`,
  ]),
  `HTTP://127.0.0.2:${port}/`,
  `hTTps://127.0.0.2:${port}/`,
  `http:127.0.0.2:${port}`,
  `http:\\\\127.0.0.2:${port}\\`,
  `ftp://127.0.0.2:${port}/`,
  'file:///etc/passwd',
  'javascript:alert(1)',
  `data:text/plain,//127.0.0.2:${port}`,
  `@127.0.0.2:${port}/`,
  `:${port}/`,
  `.127.0.0.2:${port}/`,
  `/@127.0.0.2:${port}/`,
  `/../..//127.0.0.2:${port}/`,
  `/.//127.0.0.2:${port}/`,
  `/%2f127.0.0.2:${port}/`,
  `%2f%2f127.0.0.2:${port}/`,
  `/\t/127.0.0.2:${port}/`,
  `\t//127.0.0.2:${port}/`,
  ` //127.0.0.2:${port}/`,
  `/\n/127.0.0.2:${port}/`,
  `/\r\nhost: 127.0.0.2:${port}`,
  `/ HTTP/1.1\r\nhost: 127.0.0.2:${port}\r\n\r\nGET /`,
  `/ HTTP/1.1 host: 127.0.0.2:${port}`,
  `/\u0000//127.0.0.2:${port}/`,
  `/\u200b/127.0.0.2:${port}/`,
  `\u2044\u2044127.0.0.2:${port}/`,
  `/\u2215127.0.0.2:${port}/`,
  `/?//127.0.0.2:${port}/`,
  `/#@127.0.0.2:${port}/`,
  `/;@127.0.0.2:${port}/`,
  `*`,
  `127.0.0.2:${port}`,
  '',
]

const NEXT = [{ encode: 'none', value: { kind: 'capture', name: 'next' } }] as const
const capture = [{ name: 'next', from: { kind: 'json', pointer: '/next' } }] as const

test('more than a hundred ways to write another host in a captured address lead nowhere but to the target', async () => {
  await using trap = await setTrap('127.0.0.2')
  await using twin = await setTrap('127.0.0.1', trap.port)
  const all = spellings(trap.port)
  expect(all.length).toBeGreaterThan(150)
  let asked = 0
  await using target = await startCountingServer(({ url }, response) => {
    if (url === '/next') response.end(JSON.stringify({ next: all[asked++ % all.length] }))
    else response.writeHead(302, { location: `http://127.0.0.2:${trap.port}/` }).end()
  })
  const steps = [requestStep({ path: ['/next'], capture }), requestStep({ path: NEXT })]
  const plan = onePlan({ port: target.port, steps, level: 400, seconds: 1.02 * (all.length / 400) })
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  expect(asked).toBeGreaterThanOrEqual(all.length)
  expect([trap.connections, twin.connections]).toEqual([0, 0])
  // What cannot be a path is not sent at all; whatever is, goes to the target, under the target's name.
  const { causes, succeeded } = result.steps[1]!
  expect(Object.keys(causes)).toEqual(['invalid-request'])
  expect(succeeded).toBeGreaterThan(50)
  expect(target.requests.length).toBe(asked + succeeded)
  for (const { headers, url } of target.requests) {
    expect(headers.host).toBe(`127.0.0.1:${target.port}`)
    expect(url.startsWith('/')).toBe(true)
  }
})

test('nor do redirects that are followed, whatever their location is', async () => {
  await using trap = await setTrap('127.0.0.2')
  await using twin = await setTrap('127.0.0.1', trap.port)
  // What Node lets a server put into a header.
  const all = spellings(trap.port)
    .map((location) => Buffer.from(location).toString('latin1'))
    .filter((location) => !/[^\t\x20-\x7e\x80-\xff]/.test(location))
  expect(all.length).toBeGreaterThan(150)
  let asked = 0
  await using target = await startCountingServer(({ url }, response) => {
    if (url === '/first') response.writeHead(302, { location: all[asked++ % all.length]! }).end()
    else response.end('ok')
  })
  const steps = [requestStep({ path: ['/first'], redirects: 'follow' })]
  const plan = onePlan({ port: target.port, steps, level: 400, seconds: 1.02 * (all.length / 400) })
  const result = await runShard({ plan, index: 0, count: 1 })
  expect(unaccounted(result)).toEqual([])
  expect(asked).toBeGreaterThanOrEqual(all.length)
  expect([trap.connections, twin.connections]).toEqual([0, 0])
  expect(result.steps[0]!.causes['foreign-redirect']).toBeGreaterThan(50)
  expect(new Set(target.requests.map(({ headers }) => headers.host))).toEqual(new Set([`127.0.0.1:${target.port}`]))
})

test('the same over HTTP/2', async () => {
  await using trap = await setTrap('127.0.0.2')
  await using twin = await setTrap('127.0.0.1', trap.port)
  const all = spellings(trap.port)
  const authorities = new Set<string | undefined>()
  let asked = 0
  const server = createServer()
  server.on('stream', (stream, { ':path': path, ':authority': authority }) => {
    authorities.add(authority)
    stream.respond({ ':status': 200 })
    stream.end(path === '/next' ? JSON.stringify({ next: all[asked++ % all.length] }) : 'ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const steps = [requestStep({ path: ['/next'], capture }), requestStep({ path: NEXT })]
  const seconds = 1.02 * (all.length / 400)
  const plan = onePlan({ port, steps, level: 400, seconds, connections: { http: '2', limit: 1 } })
  const result = await runShard({ plan, index: 0, count: 1 })
  await new Promise((resolve) => server.close(resolve))
  expect(asked).toBeGreaterThanOrEqual(all.length)
  expect(result.steps[1]!.succeeded).toBeGreaterThan(50)
  expect([trap.connections, twin.connections]).toEqual([0, 0])
  expect([...authorities]).toEqual([`127.0.0.1:${port}`])
})

// --- what a resolver says -----------------------------------------------------------------------------------------------

/** What `shop.example` is, at one time after the other; the last for ever. */
type Said = readonly (readonly string[] | 'unknown')[]

const GOOD = '127.0.0.1'
const allowed: AllowedTargets = { written: ['shop.example'], listed: [readListedTarget(`${GOOD}/32`)!] }

async function asSaid(said: Said, http: '1.1' | '2' = '1.1') {
  await using good = await startCountingServer()
  await using trap = await setTrap('127.0.0.2', good.port)
  await using six = await setTrap('::1', good.port)
  let asked = 0
  const resolve = async (): Promise<LookupAddress[]> => {
    const answer = said[Math.min(asked++, said.length - 1)]!
    if (answer === 'unknown') throw Object.assign(new Error('who?'), { code: 'ENOTFOUND' })
    return answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
  const target = `http://shop.example:${good.port}`
  const connections = { use: 'shared', http, maxRequests: 1 } as const
  const plan = onePlan({ port: 0, target, steps: [requestStep()], level: 50, seconds: 0.2, connections })
  const openTransport = (options: TransportOptions) =>
    new Connections(http === '2' ? http2() : http1, { ...options, resolve })
  const result = await runShard({ plan: { ...plan, allowed }, index: 0, count: 1 }, {}, { openTransport })
  expect(unaccounted(result)).toEqual([])
  expect([trap.connections, six.connections]).toEqual([0, 0])
  return { ...result.steps[0]!, asked, arrived: good.connections }
}

test.each<[string, Said]>([
  ['another address of this machine', [['127.0.0.2']]],
  ['the same as IPv6', [['::ffff:127.0.0.2']]],
  ['the same in hexadecimal', [['::ffff:7f00:2']]],
  ['the same in full', [['0:0:0:0:0:ffff:7f00:0002']]],
  ['the same, and deprecated', [['::127.0.0.2']]],
  ['the loopback of IPv6', [['::1']]],
  ['the same in full', [['0:0:0:0:0:0:0:1']]],
  ['no address in particular', [['0.0.0.0']]],
  ['the same of IPv6', [['::']]],
  ['credentials of the cloud', [['169.254.169.254']]],
  ['the same as IPv6', [['::ffff:169.254.169.254']]],
  ['the same behind NAT64', [['64:ff9b::a9fe:a9fe']]],
  ['those of AWS by IPv6', [['fd00:ec2::254']]],
  ['those of a task', [['169.254.170.2']]],
  ['a link-local address with a zone', [['fe80::1%lo']]],
  ['a private network', [['10.0.0.1']]],
  ['a good one first', [[GOOD, '127.0.0.2']]],
  ['a good one last', [['127.0.0.2', GOOD]]],
  ['a good one among many', [[GOOD, GOOD, '::1', GOOD]]],
  ['nothing, then another', ['unknown', ['127.0.0.2']]],
  ['another, then a good one', [['127.0.0.2'], [GOOD]]],
  ['no address', [['shop.example']]],
])('a name that leads to %s is not followed', async (_, said) => {
  const { causes, sent, succeeded, arrived } = await asSaid(said)
  expect([succeeded, arrived, sent]).toEqual([0, 0, 10])
  expect(causes['address-not-allowed']).toBeGreaterThanOrEqual(said[0] === 'unknown' ? 1 : 10)
})

test.each(['1.1', '2'] as const)('a refused address is refused by HTTP/%s as well', async (http) => {
  expect(await asSaid([['127.0.0.2']], http)).toMatchObject({ succeeded: 0, causes: { 'address-not-allowed': 10 } })
})

test('a name that changes its mind is not asked again: every connection goes to what was looked at', async () => {
  const said = [[GOOD], ['127.0.0.2'], [GOOD], ['::1'], ['127.0.0.2']]
  expect(await asSaid(said)).toMatchObject({ sent: 10, succeeded: 10, asked: 1 })
})

test('a name that was unknown for once is asked again, and looked at again', async () => {
  const { succeeded, causes, asked } = await asSaid(['unknown', [GOOD], ['127.0.0.2']])
  expect(asked).toBe(2)
  expect(succeeded).toBeGreaterThan(0)
  expect(Object.keys(causes)).toEqual(causes['unresolved-host'] ? ['unresolved-host'] : [])
})

// --- addresses without a name -------------------------------------------------------------------------------------------

test.each([
  ['an address that nobody has allowed', { written: [], listed: [] }],
  ['one that another host has', { written: ['shop.example'], listed: [] }],
  ['one whose port is another', { written: [], listed: [readListedTarget('198.51.100.1:81')!] }],
])('%s is not connected to', async (_, given) => {
  const target = 'http://198.51.100.1:80'
  const plan = onePlan({ port: 0, target, steps: [requestStep()], level: 50, seconds: 0.2, timeout: 300 })
  const { steps } = await runShard({ plan: { ...plan, allowed: given }, index: 0, count: 1 })
  expect(steps[0]).toMatchObject({ sent: 10, causes: { 'address-not-allowed': 10 } })
})

// --- the two looks ------------------------------------------------------------------------------------------------------

/** The cause of one request that is sent to there. Every name leads to 127.0.0.2. */
async function causeOfOne(url: string, http: '1.1' | '2', refuses: Refuses) {
  const resolve = async () => [{ address: '127.0.0.2', family: 4 }]
  const transport = new Connections(http === '2' ? http2() : http1, {
    ...{ target: new URL(url), http, verify: false, cap: 1, ahead: 0, maxAge: undefined, maxRequests: undefined },
    ...{ now: () => performance.now(), refuses, resolve },
  })
  const wire = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'
  const wants = { text: false, headers: false }
  const request = { method: 'GET', path: '/', fields: 'host: x\r\n', body: '', wire, timeout: 5_000, wants }
  const cause = await new Promise((resolve) => {
    transport.send(request, { onAnswer: ({ cause }) => resolve(cause) })
  })
  await transport.close()
  return cause
}

test.each(['1.1', '2'] as const)('an address is looked at before it is connected to, by HTTP/%s', async (http) => {
  await using trap = await setTrap('127.0.0.2')
  for (const scheme of ['http', 'https']) {
    const cause = await causeOfOne(`${scheme}://127.0.0.2:${trap.port}`, http, () => 'it may not be')
    expect([cause, trap.connections]).toEqual(['address-not-allowed', 0])
  }
})

test.each([
  ['http', '1.1', 'localhost'],
  ['http', '2', 'localhost'],
  ['https', '1.1', 'localhost'],
  ['https', '2', 'localhost'],
  ['http', '1.1', '127.0.0.2'],
  ['https', '1.1', '127.0.0.2'],
] as const)(
  '%s, HTTP/%s to %s: a connection that has come elsewhere is gone before a byte',
  async (scheme, http, host) => {
    await using trap = await setTrap('127.0.0.2')
    // As if what was looked at first were not what was connected to.
    let looks = 0
    const refuses: Refuses = () => (looks++ === 0 ? undefined : 'it is elsewhere now')
    const cause = await causeOfOne(`${scheme}://${host}:${trap.port}`, http, refuses)
    expect(cause).toBe('address-not-allowed')
    expect([looks >= 2, trap.bytes]).toEqual([true, 0])
  },
)
