// Programs that npm does not have: from the machine, or unpacked by scripts/bench-peers.sh into a folder of our own.
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Program } from './pinned.ts'

const CACHE = join(import.meta.dirname, '.cache')
const UNPACKED = join(CACHE, 'root')
const MODULES = 'usr/lib/python3/dist-packages'
const PLACES = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/sbin',
  join(UNPACKED, 'usr/bin'),
  join(UNPACKED, 'usr/sbin'),
]

export function findTool(name: string): Program | undefined {
  const command = PLACES.map((place) => join(place, name)).find(isProgram)
  if (command === undefined) return undefined
  return command.startsWith(UNPACKED) ? unpacked({ command, args: [] }) : { command, args: [] }
}

/** Locust comes as a module of Debian's own Python. */
export function findLocust(): Program | undefined {
  const python = '/usr/bin/python3'
  const place = [join('/', MODULES), join(UNPACKED, MODULES)].find((folder) => entries(folder).includes('locust'))
  if (place === undefined || !isProgram(python)) return undefined
  const program = { command: python, args: ['-m', 'locust'] }
  return place.startsWith(UNPACKED) ? unpacked(program, { PYTHONPATH: place }) : program
}

/** Its libraries are beside it. */
function unpacked(program: Program, env: Readonly<Record<string, string>> = {}): Program {
  const folder = join(UNPACKED, 'usr/lib')
  const libraries = entries(folder)
    .filter((name) => name.endsWith('-linux-gnu'))
    .map((name) => join(folder, name))
  return { ...program, env: { LD_LIBRARY_PATH: libraries.join(delimiter), ...env } }
}

/** File names, NAME_VERSION_ARCHITECTURE.deb. */
export function fetchedPackages(): readonly string[] {
  return entries(join(CACHE, 'packages'))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
