import { spawnSync } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { LoadgateError } from './errors.ts'
import { addressOf, foreignImports, IMPORT_WITHIN } from './function-module.ts'
import type { Exported } from './profile/check-calls.ts'

/**
 * The functions that a module exports, and what they take, told by a thread of their own: it is the pull request's code, and
 * the thread that decides is none of its business. Throws LoadgateError 'usage' with the place where it can be named.
 *
 * @param file as shown in messages
 */
export async function inspectFunctions(text: string, file: string): Promise<readonly Exported[]> {
  const foreign = foreignImports(text)
  if (foreign.length > 0)
    throw broken(
      file,
      foreign.map(({ name, line }) => ({ line, message: `"${name}" is no part of Node; import from "node:…" alone` })),
      'The module goes to every worker by itself: keep all of it in one file.',
    )
  const told = await tellExports(addressOf(text, file))
  if ('exports' in told) return told.exports
  const [, thrown] = new RegExp(`(?:^|\\W)${RegExp.escape(encodeURI(file))}:(\\d+)`).exec(told.stack) ?? []
  throw broken(
    file,
    [{ line: Number(thrown ?? syntaxErrorAt(text) ?? 1), message: told.message }],
    'It must run by itself, in Node 24.',
  )
}

/** V8 keeps the place of a syntax error from whoever catches it, and tells it to who looks at the output of Node alone. */
function syntaxErrorAt(text: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module'], {
    input: text,
    encoding: 'utf8',
    timeout: IMPORT_WITHIN,
    env: {},
  })
  return /^\[stdin\]:(\d+)/m.exec(stderr)?.[1]
}

type Told = { readonly exports: readonly Exported[] } | { readonly message: string; readonly stack: string }

function tellExports(address: string): Promise<Told> {
  const { promise, resolve } = Promise.withResolvers<Told>()
  // What it prints is nobody's to read: the runner takes commands from what is printed.
  const worker = new Worker(INSPECT, { eval: true, workerData: address, stdout: true, stderr: true })
  const lost = (message: string) => resolve({ message, stack: '' })
  const bound = setTimeout(() => lost('it has not come to its end after 10 s'), IMPORT_WITHIN)
  worker.on('message', resolve)
  worker.on('error', ({ message, stack = '' }: Error) => resolve({ message, stack }))
  worker.on('exit', (code) => lost(`it ended its thread with code ${code}`))
  return promise.finally(() => {
    clearTimeout(bound)
    return worker.terminate()
  })
}

// `length` counts the parameters before the first with a default; how many more there are, only the text says.
const INSPECT = `
const { parentPort, workerData } = require('node:worker_threads')
const parameters = (text) => /^[^(]*\\(([\\s\\S]*?)\\)\\s*(?:=>|\\{)/.exec(text)?.[1] ?? ''
const facts = ([name, value]) => ({
  name,
  takes: value.length,
  open: /=|\\.\\.\\./.test(parameters(String(value))) || /\\barguments\\b/.test(String(value)),
  later: value.constructor.name === 'AsyncFunction',
})
import(workerData).then(
  (module) => parentPort.postMessage({ exports: Object.entries(module).filter(([, value]) => typeof value === 'function').map(facts) }),
  (error) => parentPort.postMessage({ message: String(error?.message ?? error), stack: String(error?.stack ?? '') }),
)
`

interface Mistake {
  readonly line: number
  readonly message: string
}

function broken(file: string, mistakes: readonly Mistake[], hint: string): LoadgateError {
  const lines = mistakes.map(({ line, message }) => `${file}:${line}: ${message}`)
  return new LoadgateError('usage', lines.join('\n'), {
    hint,
    mistakes: mistakes.map(({ line, message }) => ({
      place: { file, line, column: 1 },
      message: `${message}. ${hint}`,
    })),
  })
}
