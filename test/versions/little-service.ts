// A service of a few lines that does what `mode.json` in its directory says, and answers who it is.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCE = `import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
const mode = existsSync('mode.json') ? JSON.parse(readFileSync('mode.json', 'utf8')) : {}
writeFileSync('pid', String(process.pid))
if (mode.dies) {
  console.error('cannot open the database')
  process.exit(3)
}
const version = existsSync('version.txt') ? readFileSync('version.txt', 'utf8') : ''
createServer((request, response) => {
  if (request.url === '/die') {
    console.error('out of memory')
    process.exit(7)
  }
  response.statusCode = request.url === '/healthz' && mode.never ? 503 : 200
  response.end(JSON.stringify({ version, pid: process.pid, port: process.env.PORT, names: Object.keys(process.env) }))
}).listen(mode.port ?? process.env.PORT, '127.0.0.1')
`

/** Name and text of its file. */
export const SERVICE_FILE = { 'server.mjs': SOURCE }
export const START = `exec ${JSON.stringify(process.execPath)} server.mjs`

export interface Mode {
  readonly dies?: boolean
  /** Never ready. */
  readonly never?: boolean
  /** Listens here, whatever PORT says. */
  readonly port?: number
}

export function writeService(directory: string, version: string, mode: Mode = {}): void {
  writeFileSync(join(directory, 'server.mjs'), SOURCE)
  writeFileSync(join(directory, 'version.txt'), version)
  setMode(directory, mode)
}

export function setMode(directory: string, mode: Mode): void {
  writeFileSync(join(directory, 'mode.json'), JSON.stringify(mode))
}

export interface Answer {
  readonly version: string
  readonly pid: number
  readonly port: string
  readonly names: readonly string[]
}

export async function ask(target: string, path = '/'): Promise<Answer> {
  const answer = await fetch(target + path, { signal: AbortSignal.timeout(10_000) })
  return (await answer.json()) as Answer
}

/** The process that was started last in the directory; 0 when none was. */
export function pidIn(directory: string): number {
  try {
    return Number(readFileSync(join(directory, 'pid'), 'utf8'))
  } catch {
    return 0
  }
}
