// Gets ready, and from then on neither hears nor says anything.
import { parentPort } from 'node:worker_threads'

parentPort?.postMessage({ kind: 'ready' })
parentPort?.on('message', () => {
  for (;;);
})
