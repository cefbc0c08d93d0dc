import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../errors.ts'
import type { Output } from '../output/output.ts'
import { isRunning, type ServiceProcess, startTimeOf, stopLeftover } from '../service/process-group.ts'
import { counted } from '../units.ts'
import { type Checkout, removeCheckout } from '../versions/checkout.ts'

/** What a run has started, on the disk while it lives: one that is killed outright cannot clean up any more. */
interface Note {
  /** The machine, its boot and the process numbers that are counted together: elsewhere a number means nothing. */
  readonly world: readonly [host: string, processes: string, boot: string]
  readonly owner: ServiceProcess
  readonly services: readonly ServiceProcess[]
  readonly checkouts: readonly Checkout[]
}

/** Keeps the note of this run. Whoever opens it disposes of it, once nothing of the run is left. */
export interface RunNote extends Disposable {
  readonly onService: (service: ServiceProcess) => void
  readonly onCheckout: (checkout: Checkout) => void
}

/** More that were killed and never followed by a run is no accident. */
const MOST_NOTES = 100

/** Removes what earlier runs of this user were killed before they could remove, and opens the note of this one. */
export async function openRunNote(output: Output): Promise<RunNote> {
  const directory = join(tmpdir(), `loadgate-runs-${process.getuid?.() ?? 0}`)
  for (const path of notesIn(directory)) await removeLeftBehind(path, output)
  removeIfEmpty(directory)
  const owner = { pid: process.pid, startTime: startTimeOf(process.pid) }
  const path = join(directory, `${owner.pid}-${Date.now()}.json`)
  let note: Note = { world: worldHere(), owner, services: [], checkouts: [] }
  const write = (more: Partial<Note>) => {
    note = { ...note, ...more }
    writeNote(directory, path, note)
  }
  return {
    onService: (service) => write({ services: [...note.services, service] }),
    onCheckout: (checkout) => write({ checkouts: [...note.checkouts, checkout] }),
    [Symbol.dispose]: () => {
      rmSync(path, { force: true })
      removeIfEmpty(directory)
    },
  }
}

/** Such a note says what to stop and to delete: it counts only where nobody else can have written it. */
function isOurs(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false })
  if (!found?.isDirectory()) return false
  return process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0)
}

function notesIn(directory: string): readonly string[] {
  if (!isOurs(directory)) return []
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'))
  return names.slice(0, MOST_NOTES).map((name) => join(directory, name))
}

/** Without it the run is as good; only what it leaves when it is killed would not be found again. */
function writeNote(directory: string, path: string, note: Note): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    if (!isOurs(directory)) return
    writeFileSync(`${path}.new`, JSON.stringify(note), { mode: 0o600 })
    // Put in place whole, so that a kill leaves no half of it.
    renameSync(`${path}.new`, path)
  } catch {
    // No room, or not ours to write.
  }
}

async function removeLeftBehind(path: string, output: Output): Promise<void> {
  try {
    const note: Note = JSON.parse(readFileSync(path, 'utf8'))
    const [host, processes, boot] = worldHere()
    const [itsHost, itsProcesses, itsBoot] = note.world
    const sameBoot = itsBoot === boot
    if (itsHost !== host || (sameBoot && (itsProcesses !== processes || isRunning(note.owner)))) return
    let stopped = 0
    if (sameBoot) for (const service of note.services) if (await stopLeftover(service)) stopped++
    const there = note.checkouts.filter(({ directory, record }) => existsSync(directory) || existsSync(record))
    for (const checkout of there) await removeCheckout(checkout)
    rmSync(path, { force: true })
    const removed = [
      ...(stopped > 0 ? [`${counted(stopped, 'service')} that it had left running`] : []),
      ...there.map(({ directory }) => `its checkout of the base version, ${directory}`),
    ]
    if (removed.length > 0) output.warning(`An earlier run was killed. Removed: ${removed.join(', and ')}.`)
  } catch (error) {
    output.warning(
      `What an earlier run left behind could not be removed: ${messageOf(error)}. It is listed in ${path}.`,
    )
  }
}

function worldHere(): Note['world'] {
  const read = (get: () => string) => {
    try {
      return get().trim()
    } catch {
      // Without /proc.
      return ''
    }
  }
  const processes = read(() => readlinkSync('/proc/self/ns/pid'))
  return [hostname(), processes, read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))]
}

/** The temporary files of others stay as they were before the run. */
function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory)
  } catch {
    // Not there, or another run's note is in it.
  }
}
