// An own authority and client certificates, against real TLS servers, from the profile's files to the handshake.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { afterAll, expect, test } from '@jest/globals'
import { runShard } from '../../../src/engine/run-shard.ts'
import { loadProfile } from '../../../src/profile-file.ts'
import { issue } from '../../support/authority.ts'
import { unaccounted } from '../../support/shard-figures.ts'
import { answer, startWireServer } from '../../support/wire-server.ts'

const ours = issue()
const theirs = issue()
const directory = mkdtempSync(join(tmpdir(), 'tls-'))
const KEY_FILE = join(directory, 'outside.key')
for (const [name, text] of Object.entries({
  'ca.pem': ours.ca,
  'other-ca.pem': theirs.ca,
  'client.pem': ours.client.cert,
  'other-client.pem': theirs.client.cert,
  'both.pem': ours.client.cert + ours.client.key,
  'outside.key': ours.client.key,
}))
  writeFileSync(join(directory, name), text)
afterAll(() => rmSync(directory, { recursive: true }))

const load = (port: number, connections: object, env: Record<string, string> = {}) => {
  const scenarios = [{ name: 's', steps: [{ get: '/' }] }]
  const target = `https://127.0.0.1:${port}`
  const profile = { name: 'x', target, load: { rate: '20/s', for: '200ms' }, connections, scenarios }
  const path = join(directory, 'loadgate.yml')
  writeFileSync(path, JSON.stringify(profile))
  return loadProfile(path, env)
}

/** The first step's counts, of a plan that has travelled as JSON does; the key is in this process's environment. */
async function run(port: number, connections: object, env: Record<string, string> = {}) {
  const { plan } = await load(port, connections, env)
  Object.assign(process.env, env)
  const result = await runShard({ plan: JSON.parse(JSON.stringify(plan)), index: 0, count: 1 })
  for (const name of Object.keys(env)) delete process.env[name]
  expect(unaccounted(result)).toEqual([])
  return result.steps[0]!
}

/** Says who its clients are. */
async function startServer(wanted: boolean) {
  const clients = new Set<string | undefined>()
  const server = await startWireServer({
    tls: { ...ours.server, ...(wanted && { ca: ours.ca, requestCert: true, rejectUnauthorized: true }) },
    onRequest({ socket }) {
      if (socket instanceof TLSSocket) clients.add(socket.getPeerCertificate().subject?.CN as string | undefined)
      socket.write(answer())
    },
  })
  return { port: server.port, clients, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test('an own authority vouches for the target; without it, or by another, nobody does', async () => {
  await using server = await startServer(false)
  expect(await run(server.port, { ca: 'ca.pem' })).toMatchObject({ sent: 4, succeeded: 4 })
  expect(await run(server.port, {})).toMatchObject({ failed: 4, causes: { tls: 4 } })
  expect(await run(server.port, { ca: 'other-ca.pem' })).toMatchObject({ failed: 4, causes: { tls: 4 } })
})

test('the same over HTTP/2', async () => {
  const server = createSecureServer(ours.server, (_, response) => void response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await run(port, { http: 2, ca: 'ca.pem' })).toMatchObject({ sent: 4, succeeded: 4 })
  server.close()
})

test.each([
  ['is in the environment', ours.client.key],
  ['is in a file that the environment names', KEY_FILE],
])('a client certificate is shown whose key %s', async (_, value) => {
  await using server = await startServer(true)
  const shown = { ca: 'ca.pem', certificate: 'client.pem', key: '${env.CLIENT_KEY}' }
  expect(await run(server.port, shown, { CLIENT_KEY: value })).toMatchObject({ sent: 4, succeeded: 4 })
  expect([...server.clients]).toEqual(['loadgate'])
  expect(await run(server.port, { ca: 'ca.pem' })).toMatchObject({ sent: 4, succeeded: 0 })
})

test('the key is in no plan and no profile, and is hidden', async () => {
  const key = { certificate: 'client.pem', key: '${env.CLIENT_KEY}' }
  const loaded = await load(1, key, { CLIENT_KEY: ours.client.key })
  const [, line] = ours.client.key.split('\n')
  expect(JSON.stringify([loaded.plan, loaded.profile])).not.toContain(line)
  expect(loaded.secrets).toContain(ours.client.key)
})

test('a renewed certificate is the same load; to show one or not is another', async () => {
  const hash = async (connections: object) => (await load(1, connections, { KEY: KEY_FILE })).plan.hash
  const none = await hash({})
  expect(await hash({ ca: 'ca.pem' })).toBe(none)
  const shown = await hash({ certificate: 'client.pem', key: '${env.KEY}' })
  writeFileSync(join(directory, 'renewed.pem'), `${ours.client.cert}\n`)
  expect(await hash({ certificate: 'renewed.pem', key: '${env.KEY}' })).toBe(shown)
  expect(shown).not.toBe(none)
})

const shown = { certificate: 'client.pem', key: '${env.KEY}' }

test.each<[what: string, connections: object, key: string, says: RegExp]>([
  ['a file that is none', { ca: 'loadgate.yml' }, '', /loadgate.yml is no certificate/],
  ['a key beside the certificate', { ...shown, certificate: 'both.pem' }, KEY_FILE, /there is a private key in it/],
  ['a file that is not there', { ca: 'nothing.pem' }, '', /nothing.pem is not there/],
  ['the key of another', { ...shown, certificate: 'other-client.pem' }, KEY_FILE, /is not that of the client cert/],
  ['a key that is none', shown, '-----BEGIN PRIVATE KEY-----\nx', /KEY leads to no private key/],
  ['no file of a key', shown, '/nowhere/key', /file that KEY names cannot be read: ENOENT$/],
  ['a directory', shown, directory, /it is no file of a key$/],
])('%s is refused before the load', async (_, connections, key, says) => {
  const env = key === '' ? {} : { KEY: key }
  await expect(load(1, connections, env as Record<string, string>)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(says),
  })
})
