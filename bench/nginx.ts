import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../test/support/free-port.ts'
import { COOKIE, ITEM, ITEM_PATH, SMALL } from './answers.ts'
import { type Program, SERVER_CORE, start, stop } from './pinned.ts'
import type { Server } from './server.ts'

/** An nginx of our own, one process: its files live and end with it. */
export async function startNginx({ command, args, env }: Program): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'loadgate-bench-'))
  const port = await freePort()
  const file = join(directory, 'nginx.conf')
  mkdirSync(join(directory, 'tmp'))
  writeFileSync(file, configuration(directory, port))
  const options = ['-p', directory, '-c', file, '-e', join(directory, 'error.log')]
  const child = start(SERVER_CORE, { command, args: [...args, ...options], ...(env && { env }) })
  let asked = 0
  // Its own count of requests, less those that asked for it.
  const requests = async () => {
    asked++
    const text = await (await fetch(`http://127.0.0.1:${port}/status`)).text()
    return Number(/^\s*\d+ \d+ (\d+)/m.exec(text)?.[1]) - asked
  }
  for (let tries = 0; !(await fetch(`http://127.0.0.1:${port}/status`).catch(() => undefined))?.ok; tries++) {
    if (tries > 100 || child.exitCode !== null) throw new Error(`nginx does not answer; its log is in ${directory}`)
    await sleep(50)
  }
  asked = -(await requests()) + 1
  return {
    name: versionOf(command, env),
    port,
    requests,
    async stop() {
      await stop(child)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function versionOf(command: string, env: Program['env']): string {
  const { stderr } = spawnSync(command, ['-v'], { encoding: 'utf8', env: { ...process.env, ...env } })
  return /nginx\/[\d.]+/.exec(stderr)?.[0].replace('/', ' ') ?? 'nginx'
}

function configuration(directory: string, port: number): string {
  // As root it would become a user that may not enter the directory.
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  return `
    daemon off; master_process off; ${user}
    pid ${directory}/nginx.pid;
    events { worker_connections 4096; }
    http {
      client_body_temp_path ${directory}/tmp/body; proxy_temp_path ${directory}/tmp/proxy;
      fastcgi_temp_path ${directory}/tmp/fastcgi; uwsgi_temp_path ${directory}/tmp/uwsgi; scgi_temp_path ${directory}/tmp/scgi;
      access_log off;
      keepalive_requests 1000000000;
      keepalive_timeout 300s;
      # A header without a value is not sent.
      map $http_cookie $cookie { "" "${COOKIE}"; default ""; }
      server {
        listen 127.0.0.1:${port};
        location = / { default_type text/plain; return 200 '${SMALL}'; }
        location ${ITEM_PATH} { default_type application/json; add_header set-cookie $cookie; return 200 '${ITEM}'; }
        location = /status { stub_status; }
      }
    }`
}
