// A process of its own: appends `count` runs to the store at `path` and prints the id of each that is stored.
import { fileStore } from '../../src/baseline/file-store.ts'
import { NOW, storedRun } from './made-run.ts'

const [path = '', name = '', count = '0'] = process.argv.slice(2)
const store = fileStore(path)
for (let n = 0; n < Number(count); n++) {
  const id = `${name}-${n}`
  await store.append(storedRun({ id, startedAt: NOW + n * 1000, seconds: 1, steps: [{ times: [1, 2, 3] }] }))
  process.stdout.write(`${id}\n`)
}
