// A place where no connection may ever arrive: it counts those that do, and the bytes that they bring.
import { createServer, type Socket } from 'node:net'

export interface Trap extends AsyncDisposable {
  readonly port: number
  readonly connections: number
  readonly bytes: number
}

/** @param port 0 for any that is free */
export async function setTrap(host: string, port = 0): Promise<Trap> {
  const sockets = new Set<Socket>()
  let connections = 0
  let bytes = 0
  const server = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('data', (data) => {
      bytes += data.length
    })
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as { port: number }).port,
    get connections() {
      return connections
    },
    get bytes() {
      return bytes
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
