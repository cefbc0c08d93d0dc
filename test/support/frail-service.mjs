// A service for tests of what starts and stops one. Beside its own process there is a child, in the same group.
//
//   node frail-service.mjs PORT     listens there; writes the numbers of both processes into ./pids
//
// STUBBORN=1 ignores SIGTERM, SLOW_START=1 is never ready, DIES_AFTER=n ends by itself at the n-th request.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { STUBBORN, SLOW_START, DIES_AFTER = 'Infinity' } = process.env
const stay = `${STUBBORN ? "process.on('SIGTERM', () => {});" : ''} setInterval(() => {}, 1000)`
const child = spawn(process.execPath, ['-e', stay], { stdio: 'ignore' })
if (STUBBORN) process.on('SIGTERM', () => {})

let requests = 0
const server = createServer((_, response) => {
  if (SLOW_START) return response.writeHead(503).end()
  if (++requests >= Number(DIES_AFTER)) {
    console.error('panic: the shelves are empty')
    process.exit(7)
  }
  setTimeout(() => response.end('ok'), 100)
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.argv[2]), '127.0.0.1', () => writeFileSync('pids', `${process.pid} ${child.pid}`))
