// The floor: a loop on node:net that writes a fixed request and counts answers, without even parsing them. It reads into
// one static buffer (`onread`), so that a request costs the two system calls and little else: about what wrk costs.
//
//   node raw-client.ts PORT CONNECTIONS
import { connect } from 'node:net'

const [port, connections] = process.argv.slice(2).map(Number)
const REQUEST = 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: keep-alive\r\n\r\n'
const END_OF_HEAD = Buffer.from('\r\n\r\n')

for (let n = 0; n < connections!; n++) open()

function open(): void {
  const buffer = Buffer.allocUnsafe(65_536)
  const ask = () => socket.write(REQUEST, 'latin1')
  const socket = connect({
    port: port!,
    host: '127.0.0.1',
    noDelay: true,
    onread: {
      buffer,
      // Answers of the bench come in one piece: each has one end of its head.
      callback: (size) => {
        const end = buffer.indexOf(END_OF_HEAD)
        if (end >= 0 && end < size) ask()
        return true
      },
    },
  })
  socket.on('connect', ask).on('error', (error) => {
    throw error
  })
}
