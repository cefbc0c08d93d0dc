// The floor of the library: undici's dispatch on one Client per connection, with a handler that does nothing.
//
//   node undici-client.ts PORT CONNECTIONS
import { Client } from 'undici'

const [port, connections] = process.argv.slice(2).map(Number)

for (let n = 0; n < connections!; n++) open()

function open(): void {
  const client = new Client(`http://127.0.0.1:${port}`, {
    // With 1 undici lets a turn of the event loop pass before it uses a socket again.
    pipelining: 2,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const options = { path: '/', method: 'GET', blocking: false }
  const handler = {
    onRequestStart() {},
    onResponseStart() {},
    onResponseData() {},
    onResponseEnd: () => void client.dispatch(options, handler),
    onResponseError(_: unknown, error: Error) {
      throw error
    },
  }
  client.dispatch(options, handler)
}
