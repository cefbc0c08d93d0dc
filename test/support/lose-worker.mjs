// Preloaded (NODE_OPTIONS=--import) into the built tool and so into its worker threads, of which the second comes to an
// end while it sends. LOSE_WORKER says how: `exit`, or `memory`, which the heap limit answers.
import { isMainThread, workerData } from 'node:worker_threads'

if (!isMainThread && workerData?.[0]?.shard.index === 1)
  setTimeout(() => {
    if (process.env.LOSE_WORKER === 'exit') process.exit(3)
    for (const hog = []; ; ) hog.push(new Array(100_000).fill(hog.length))
  }, 700)
