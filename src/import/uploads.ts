import { readFileBeside } from '../profile/scalars.ts'
import { visible } from '../profile/show.ts'
import type { Account } from './account.ts'
import type { DraftFile } from './draft.ts'
import { unique } from './names.ts'
import type { Source } from './source.ts'

/** Files that requests carry. */
export interface Uploads {
  /** The path by which the profile finds it; what is in it where the source has it whole, else it is looked for. */
  pathOf(name: string, content?: string | Buffer): string
  /** Those whose content is at hand. */
  readonly files: readonly DraftFile[]
}

export function createUploads(account: Account, neighbour?: Source['neighbour']): Uploads {
  const paths = new Map<string, string>()
  const taken = new Set<string>()
  const files: DraftFile[] = []
  return {
    files,
    pathOf(name, given) {
      const key = JSON.stringify([name, typeof given === 'object' ? given.toString('latin1') : given])
      const known = paths.get(key)
      if (known !== undefined) return known
      const path = unique(safePath(name), taken, (number) => `-${number}`)
      paths.set(key, path)
      const content = given ?? neighbour?.(name)
      if (content !== undefined) files.push({ name: path, content })
      else
        account.note(
          `"${path}" has to stand beside the profile: it is sent as a file${name === path ? '' : `, "${visible(name)}" in the source`}.`,
        )
      return path
    },
  }
}

/** As given, where that is beside the profile or below it; else its last part. */
function safePath(name: string): string {
  if (!name.startsWith('.') && 'value' in readFileBeside(name)) return name
  const last = (name.split(/[/\\]/).at(-1) ?? '').replace(/[^\w.-]+/g, '_').replace(/^\.+/, '')
  return last || 'file'
}
