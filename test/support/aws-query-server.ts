// Services of AWS that speak the query protocol, as far as a test says: form fields in, XML out.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type QueryAnswer =
  | { readonly xml: string }
  | { readonly status: number; readonly code: string; readonly message: string }

export interface QueryServer extends AsyncDisposable {
  readonly url: string
  /** Fields of all requests, in order. */
  readonly requests: readonly URLSearchParams[]
}

/** Answers as documented: an operation's result in its envelope, an error in an ErrorResponse. */
export async function queryServer(
  answer: (fields: URLSearchParams, number: number) => QueryAnswer,
): Promise<QueryServer> {
  const requests: URLSearchParams[] = []
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const fields = new URLSearchParams(Buffer.concat(parts).toString())
    requests.push(fields)
    const said = answer(fields, requests.length)
    const action = fields.get('Action')
    response.setHeader('content-type', 'text/xml')
    if ('xml' in said)
      return response.end(
        `<${action}Response xmlns="https://example.amazonaws.com/doc/"><${action}Result>${said.xml}</${action}Result></${action}Response>`,
      )
    response.statusCode = said.status
    response.end(
      `<ErrorResponse xmlns="https://example.amazonaws.com/doc/"><Error><Type>Sender</Type><Code>${said.code}</Code><Message>${said.message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
