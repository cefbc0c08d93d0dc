// Prints on both streams, the last words after its result.
import { parentPort } from 'node:worker_threads'

console.log('out: begin')
console.error('err: begin')
parentPort?.postMessage({ kind: 'ready' })
parentPort?.on('message', () => {
  parentPort?.postMessage({ kind: 'results', results: [{ index: 0 }] })
  setTimeout(() => {
    console.log('out: end')
    console.error('err: end')
    parentPort?.close()
  }, 200)
})
