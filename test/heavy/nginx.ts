import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** One request as nginx saw it; it logs each when it has ended. */
export interface LoggedRequest {
  /** Method and path with its query, as in the default name of a step. */
  readonly step: string
  readonly status: number
  /** Body bytes on the wire, with the frames of a chunked body. */
  readonly bytes: number
  /** How many requests its connection had carried by then, itself included. */
  readonly requestOfConnection: number
}

export interface Nginx {
  readonly target: string
  /** All requests so far, once there are `count` of them or 5 s have passed. */
  requests(count: number): Promise<readonly LoggedRequest[]>
  stop(): Promise<void>
}

/** Size of /large.bin. */
export const LARGE = 3 * 1024 * 1024
/** Size of /page.html, which is sent compressed to whoever accepts that. */
export const PAGE = 40_000
/** When the files were last changed. */
export const CHANGED = new Date('2026-01-01T00:00:00Z')

/** An nginx of our own: its files, logs and process live and end with the test. */
export async function startNginx(directory: string): Promise<Nginx> {
  const port = await freePort()
  mkdirSync(join(directory, 'www'))
  mkdirSync(join(directory, 'tmp'))
  writeFile(join(directory, 'www', 'large.bin'), Buffer.alloc(LARGE, 'loadgate '))
  writeFile(join(directory, 'www', 'page.html'), Buffer.alloc(PAGE, '<p>the same again</p>\n'))
  writeFileSync(join(directory, 'nginx.conf'), configuration(directory, port))
  const child = spawn(
    process.env.NGINX ?? 'nginx',
    ['-p', directory, '-c', join(directory, 'nginx.conf'), '-e', 'stderr'],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2_000)
  })
  const exited = once(child, 'exit')
  const target = `http://127.0.0.1:${port}`
  for (let tries = 0; !(await answers(`${target}/ready`)); tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error(`nginx does not answer: ${complaints}`)
    await sleep(50)
  }
  return {
    target,
    async requests(count) {
      for (let tries = 0; tries < 50 && logged(directory).length < count; tries++) await sleep(100)
      // One more look behind the last: a request too many must be seen as well.
      await sleep(200)
      return logged(directory)
    },
    async stop() {
      // The master and its worker are one process group.
      process.kill(-child.pid!, 'SIGTERM')
      await exited
    },
  }
}

function logged(directory: string): readonly LoggedRequest[] {
  const lines = readFileSync(join(directory, 'access.log'), 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line)).filter(({ step }) => step !== 'GET /ready')
}

function configuration(directory: string, port: number): string {
  // As root the worker would become a user that may not enter the test's directory.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  return `
    daemon off; worker_processes 1; ${user}
    pid ${directory}/nginx.pid;
    events { worker_connections 512; }
    http {
      client_body_temp_path ${directory}/tmp/body; proxy_temp_path ${directory}/tmp/proxy;
      fastcgi_temp_path ${directory}/tmp/fastcgi; uwsgi_temp_path ${directory}/tmp/uwsgi; scgi_temp_path ${directory}/tmp/scgi;
      log_format requests escape=json '{"step":"$request_method $request_uri","status":$status,'
        '"bytes":$body_bytes_sent,"requestOfConnection":$connection_requests}';
      access_log ${directory}/access.log requests;
      keepalive_requests 50;
      keepalive_timeout 1s;
      types { text/html html; application/octet-stream bin; }
      gzip on; gzip_min_length 1;
      server {
        listen 127.0.0.1:${port};
        root ${directory}/www;
        location = /ready { return 204; }
        location = /plain { default_type text/plain; return 200 'plain text'; }
        location = /moved { return 302 /plain; }
        location = /forbidden { return 403; }
        location = /broken { return 500; }
        # nginx closes the connection without an answer.
        location = /silent { return 444; }
      }
    }`
}

function writeFile(path: string, content: Buffer): void {
  writeFileSync(path, content)
  utimesSync(path, CHANGED, CHANGED)
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
