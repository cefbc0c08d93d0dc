import { resolve } from 'node:path'
import { LoadgateError } from '../errors.ts'
import type { BaselineStore } from './baseline.ts'
import { fileStore } from './file-store.ts'

/** The store that `text` names: `none`, or `file:PATH` with the path taken from `cwd`. */
export function openStore(text: string, cwd: string): BaselineStore | undefined {
  if (text === 'none') return undefined
  const path = /^file:(.+)$/s.exec(text)?.[1]
  if (path !== undefined) return fileStore(resolve(cwd, path), text)
  throw new LoadgateError('usage', `"${text}" names no baseline store`, {
    hint: 'Write file:PATH, for example file:.loadgate/baseline.json, or none.',
  })
}
