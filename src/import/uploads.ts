import { readFileBeside } from '../profile/scalars.ts'
import { visible } from '../profile/show.ts'
import type { Account } from './account.ts'
import type { DraftFile } from './draft.ts'
import type { Source } from './source.ts'

/** Files that requests carry. */
export interface Uploads {
  /** The path by which the profile finds it; what is in it where the source has it whole, else it is looked for. */
  pathOf(name: string, content?: string | Buffer): string
  /** The same of one that stands for one of the reader's. */
  madeUp(name: string, content: Buffer): string
  /** Those whose content is at hand. */
  readonly files: readonly DraftFile[]
}

/** @param others files that the profile has beside it for something else */
export function createUploads(
  account: Account,
  neighbour?: Source['neighbour'],
  others: readonly DraftFile[] = [],
): Uploads {
  const paths = new Map<string, string>()
  const taken = new Set(others.map(({ name }) => name))
  const files: DraftFile[] = []
  const add = (name: string, given: string | Buffer | undefined, tell: (path: string, found: boolean) => void) => {
    const key = JSON.stringify([name, typeof given === 'object' ? given.toString('latin1') : given])
    const known = paths.get(key)
    if (known !== undefined) return known
    const path = freePath(safePath(name), taken)
    paths.set(key, path)
    const content = given ?? neighbour?.(name)
    if (content !== undefined) files.push({ name: path, content })
    tell(path, content !== undefined)
    return path
  }
  return {
    files,
    pathOf: (name, content) =>
      add(name, content, (path, found) => {
        const source = path === name ? '' : ` (${visible(name)} in the source)`
        if (!found) account.note(`"${path}"${source} is sent as a file: copy it beside the profile yourself.`)
        else if (content === undefined && source !== '') account.note(`"${path}" is a copy of ${visible(name)}.`)
      }),
    madeUp: (name, content) =>
      add(name, content, (path) => account.note(`"${path}" is made up: put one of yours in its place.`)),
  }
}

/** Characters of a file's name, far below what file systems bear. */
const LONGEST = 100

/** As given, where that is beside the profile or below it; else its last part. */
function safePath(name: string): string {
  if (!name.startsWith('.') && name.length <= LONGEST && 'value' in readFileBeside(name)) return name
  const last = (name.split(/[/\\]/).at(-1) ?? '').replace(/[^\w.-]+/g, '_').replace(/^\.+/, '')
  return last.slice(-LONGEST) || 'file'
}

/** With a number before its ending where it is taken; it is taken from then on. */
function freePath(path: string, taken: Set<string>): string {
  const [, stem = '', ending = ''] = /^(.*?)(\.\w{1,10})?$/s.exec(path) ?? []
  for (let number = 1; ; number++) {
    const candidate = `${stem}${number === 1 ? '' : `-${number}`}${ending}`
    if (taken.has(candidate)) continue
    taken.add(candidate)
    return candidate
  }
}
