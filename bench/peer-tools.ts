import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Program } from './pinned.ts'
import { CONNECTIONS } from './plans.ts'
import { findLocust, findTool } from './tools.ts'

export interface Peer {
  readonly name: string
  readonly version: string
  /** Until it is ended: its own duration is longer than any window. */
  readonly program: (port: number) => Program
}

const SECONDS = 60
const C = String(CONNECTIONS)

interface Recipe {
  readonly name: string
  readonly find: () => Program | undefined
  readonly version: readonly string[]
  readonly args: (url: string) => readonly string[]
}

const AUTOCANNON = new URL('../node_modules/autocannon/', import.meta.url).pathname

const RECIPES: readonly Recipe[] = [
  {
    name: 'wrk',
    find: () => findTool('wrk'),
    version: ['-v'],
    args: (url) => ['-t1', '-c', C, '-d', `${SECONDS}s`, url],
  },
  {
    name: 'h2load',
    find: () => findTool('h2load'),
    version: ['--version'],
    args: (url) => ['--h1', '-t1', '-c', C, '-D', String(SECONDS), url],
  },
  {
    name: 'autocannon',
    find: () =>
      existsSync(AUTOCANNON) ? { command: process.execPath, args: [`${AUTOCANNON}autocannon.js`] } : undefined,
    version: ['--version'],
    args: (url) => ['-c', C, '-d', String(SECONDS), url],
  },
  {
    name: 'hey',
    find: () => findTool('hey'),
    version: [],
    args: (url) => ['-cpus', '1', '-c', C, '-z', `${SECONDS}s`, url],
  },
  {
    name: 'locust',
    find: findLocust,
    version: ['--version'],
    args: (url) => [
      ...['-f', new URL('locustfile.py', import.meta.url).pathname, '--headless', '--host', url],
      ...['-u', C, '-r', C, '-t', `${SECONDS}s`],
    ],
  },
]

/** What is here, and a sentence for each that is not. */
export function installedPeers(): { peers: readonly Peer[]; missing: readonly string[] } {
  const found = RECIPES.map((recipe) => ({ recipe, program: recipe.find() }))
  return {
    peers: found.flatMap(({ recipe, program }) => (program ? [peerOf(recipe, program)] : [])),
    missing: [
      ...found.filter(({ program }) => !program).map(({ recipe }) => `${recipe.name} is not here.`),
      // Its XStream refuses every class of a plan; npm has no JMeter.
      'JMeter is not measured: Debian’s 2.13 cannot load a test plan.',
      'k6 is not measured: neither npm nor Debian has it.',
    ],
  }
}

function peerOf({ name, version, args }: Recipe, { command, args: first, env }: Program): Peer {
  return {
    name,
    version: versionOf(name, { command, args: [...first, ...version], ...(env && { env }) }),
    program: (port) => ({
      command,
      args: [...first, ...args(`http://127.0.0.1:${port}/`)],
      ...(env && { env }),
    }),
  }
}

function versionOf(name: string, { command, args, env }: Program): string {
  const { stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: 10_000,
    env: { ...process.env, ...env },
  })
  const number = /\d+\.\d+(\.\d+)?/.exec(stdout + stderr)?.[0]
  return number === undefined ? name : `${name} ${number}`
}
