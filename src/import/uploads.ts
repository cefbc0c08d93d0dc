import { readFileBeside } from '../profile/scalars.ts'
import type { Account } from './account.ts'
import type { DraftFile } from './draft.ts'
import { unique } from './names.ts'

/** Files that requests carry. */
export interface Uploads {
  /** The path by which the profile finds it; what is in it where the source has it whole. */
  pathOf(name: string, content?: string | Buffer): string
  /** Those whose content is at hand. */
  readonly files: readonly DraftFile[]
}

export function createUploads(account: Account): Uploads {
  const paths = new Map<string, string>()
  const taken = new Set<string>()
  const files: DraftFile[] = []
  return {
    files,
    pathOf(name, content) {
      const key = JSON.stringify([name, typeof content === 'object' ? content.toString('latin1') : content])
      const known = paths.get(key)
      if (known !== undefined) return known
      const path = unique(safePath(name), taken, (number) => `-${number}`)
      paths.set(key, path)
      if (content !== undefined) files.push({ name: path, content })
      else account.note(`"${path}" has to stand beside the profile: it is sent as a file.`)
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
