// A service for profiles to start: answers everything after DELAY ms, on PORT.
import { createServer } from 'node:http'

const delay = Number(process.env.DELAY ?? 150)
createServer((request, response) => {
  setTimeout(() => response.end('ok'), request.url === '/healthz' ? 0 : delay)
}).listen(Number(process.env.PORT), '127.0.0.1')
