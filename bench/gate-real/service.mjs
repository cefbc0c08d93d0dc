// The service of `npm run bench:gate-real`: work for the CPU and a little waiting, for every request the same but for chance.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { slower } from './slower.mjs'

const HASHES = 60
const WAIT_MS = 30
const block = Buffer.alloc(4096, 7)

createServer(async (request, response) => {
  if (request.url !== '/healthz') {
    const times = 1 + slower
    for (let n = 0; n < HASHES * times; n++) createHash('sha256').update(block).digest()
    // Timers know whole milliseconds: rounded by chance, a wait that is 5 % longer is so on average.
    const wait = Math.floor(WAIT_MS * times * Math.exp(0.15 * gauss()) + Math.random())
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
  response.end('ok')
}).listen(Number(process.env.PORT), '127.0.0.1')

function gauss() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())
}
