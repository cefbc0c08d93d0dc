import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import type { Program } from './pinned.ts'
import { CONNECTIONS } from './plans.ts'
import { fetchedPackages, findLocust, findTool } from './tools.ts'

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
  /** Of Debian; undefined for what npm has. */
  readonly package?: string
  readonly args: (url: string) => readonly string[]
}

const AUTOCANNON = new URL('../node_modules/autocannon/', import.meta.url).pathname

const RECIPES: readonly Recipe[] = [
  {
    name: 'wrk',
    find: () => findTool('wrk'),
    package: 'wrk',
    args: (url) => ['-t1', '-c', C, '-d', `${SECONDS}s`, url],
  },
  {
    name: 'h2load',
    find: () => findTool('h2load'),
    package: 'nghttp2-client',
    args: (url) => ['--h1', '-t1', '-c', C, '-D', String(SECONDS), url],
  },
  {
    name: 'autocannon',
    find: () =>
      existsSync(AUTOCANNON) ? { command: process.execPath, args: [`${AUTOCANNON}autocannon.js`] } : undefined,
    args: (url) => ['-c', C, '-d', String(SECONDS), url],
  },
  {
    name: 'hey',
    find: () => findTool('hey'),
    package: 'hey',
    args: (url) => ['-cpus', '1', '-c', C, '-z', `${SECONDS}s`, url],
  },
  {
    name: 'locust',
    find: findLocust,
    package: 'python3-locust',
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
      ...found
        .filter(({ program }) => !program)
        .map(({ recipe }) => `${recipe.name}: not on this machine, and not fetched.`),
      // Its XStream refuses every class of a plan; npm has no JMeter.
      'JMeter: Debian’s 2.13 cannot load a test plan.',
      'k6: neither npm nor Debian has it.',
    ],
  }
}

function peerOf({ name, package: debian, args }: Recipe, { command, args: first, env }: Program): Peer {
  const version = debian === undefined ? versionInNpm(name) : versionInDebian(debian)
  return {
    name,
    version: `${name} ${version}`,
    program: (port) => ({
      command,
      args: [...first, ...args(`http://127.0.0.1:${port}/`)],
      ...(env && { env }),
    }),
  }
}

function versionInNpm(name: string): string {
  return JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version
}

/** Of the package that was fetched, or else of the one that is installed. */
function versionInDebian(name: string): string {
  const fetched = fetchedPackages().find((file) => file.startsWith(`${name}_`))
  const installed = () => spawnSync('dpkg-query', ['--show', '--showformat', '${Version}', name], { encoding: 'utf8' })
  return fetched?.split('_')[1] ?? (installed().stdout || 'of unknown version')
}
