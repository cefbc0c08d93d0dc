import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from '../support/free-port.ts'

export interface Ceph {
  /** What the SDK finds its way by. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

const CLUSTER = '5a9a3a0e-0000-4000-8000-000000000001'
const KEYS = { id: 'AKIDCEPH', secret: 'secret/of+ceph' } as const
const run = promisify(execFile)

/**
 * Ceph's object gateway with the least it runs on, one monitor and one storage daemon that keeps everything in memory.
 * CEPH_ROOT is where its Debian packages are unpacked; data, logs and processes live and end with the test.
 */
export async function startCeph(directory: string): Promise<Ceph> {
  const root = process.env.CEPH_ROOT ?? ''
  const [monitor, gateway] = [await freePort(), await freePort()]
  const env = environment(root, directory)
  const children: ChildProcess[] = []
  const call = (command: string, ...args: readonly string[]) => run(command, args, { env, timeout: 60_000 })
  const start = (command: string, ...args: readonly string[]) => {
    children.push(spawn(command, [...args, '-f'], { env, stdio: 'ignore', cwd: directory }))
  }
  const stop = () => stopAll(children)
  try {
    for (const name of ['mon', 'osd', 'rgw']) mkdirSync(join(directory, name))
    writeFileSync(join(directory, 'ceph.conf'), configuration(root, directory, { monitor, gateway }))
    const keyring = join(directory, 'keyring')
    const map = join(directory, 'monmap')
    await call('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *')
    for (const [name, ...caps] of USERS) await call('ceph-authtool', keyring, '--gen-key', '-n', name, ...caps)
    await call('monmaptool', '--create', '--addv', 'a', `[v2:127.0.0.1:${monitor}]`, '--fsid', CLUSTER, map)
    await call('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', keyring)
    start('ceph-mon', '-i', 'a')
    await call('ceph', 'osd', 'create')
    await call('ceph-osd', '-i', '0', '--mkfs')
    await call('ceph', 'osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=here')
    start('ceph-osd', '-i', '0')
    const user = ['--uid=loadgate', '--display-name=loadgate', `--access-key=${KEYS.id}`, `--secret-key=${KEYS.secret}`]
    await call('radosgw-admin', '-n', 'client.rgw.a', 'user', 'create', ...user)
    start('radosgw', '-n', 'client.rgw.a')
    const address = `http://127.0.0.1:${gateway}`
    await untilAnswers(address)
    return { env: forSdk(address), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const USERS: readonly (readonly [string, ...string[]])[] = [
  ['client.admin', '--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *'],
  ['client.rgw.a', '--cap', 'mon', 'allow rw', '--cap', 'osd', 'allow rwx'],
  ['osd.0', '--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *'],
]

function environment(root: string, directory: string): NodeJS.ProcessEnv {
  const libraries = ['lib', 'usr/lib'].map((part) => join(root, part, 'x86_64-linux-gnu'))
  return {
    PATH: [join(root, 'usr/bin'), process.env.PATH].join(':'),
    LD_LIBRARY_PATH: [...libraries, join(root, PLUGINS)].join(':'),
    PYTHONPATH: join(root, 'usr/lib/python3/dist-packages'),
    CEPH_CONF: join(directory, 'ceph.conf'),
    HOME: directory,
  }
}

const PLUGINS = 'usr/lib/x86_64-linux-gnu/ceph'

function configuration(
  root: string,
  directory: string,
  { monitor, gateway }: { readonly monitor: number; readonly gateway: number },
): string {
  return `
[global]
fsid = ${CLUSTER}
mon host = [v2:127.0.0.1:${monitor}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
keyring = ${directory}/keyring
log file = ${directory}/$name.log
admin socket = ${directory}/$name.asok
run dir = ${directory}
pid file = ${directory}/$name.pid
plugin dir = ${join(root, PLUGINS)}
erasure code dir = ${join(root, PLUGINS)}/erasure-code
osd class dir = ${root}/usr/lib/x86_64-linux-gnu/rados-classes
osd objectstore = memstore
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
[mon.a]
mon data = ${directory}/mon
[osd.0]
osd data = ${directory}/osd
[client.rgw.a]
rgw data = ${directory}/rgw
rgw frontends = beast endpoint=127.0.0.1:${gateway}
`
}

function forSdk(address: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: address,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: KEYS.id,
    AWS_SECRET_ACCESS_KEY: KEYS.secret,
  }
}

async function stopAll(children: readonly ChildProcess[]): Promise<void> {
  // The gateway first: it waits for the others when they are gone.
  for (const child of [...children].reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
}

async function untilAnswers(address: string): Promise<void> {
  for (let tries = 0; tries < 120; tries++) {
    const answered = await fetch(address, { signal: AbortSignal.timeout(2_000) }).then(
      () => true,
      () => false,
    )
    if (answered) return
    await sleep(500)
  }
  throw new Error('the gateway does not answer')
}
