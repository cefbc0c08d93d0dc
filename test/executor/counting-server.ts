import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server on a free port that answers everything at once, and counts. */
export async function countingServer() {
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    request.resume()
    response.end('{"ok":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
