import type { FunctionsModule } from './functions.ts'
import type { Reading } from './reading.ts'
import { type Read, readFileBeside, type Scalar, wrong } from './scalars.ts'
import { nodeAt } from './tree.ts'

const PATH = ['functions']

/** A module beside the profile, or below it. */
export function readModuleFile(raw: Scalar): Read<string> {
  const file = readFileBeside(raw)
  if (!('value' in file)) return file
  return /[^/]\.m?js$/i.test(file.value) ? file : wrong('invalid-value', '{} is neither a .mjs nor a .js file')
}

/** Whether the profile names a module of its own, whatever may be wrong with that. */
export function hasFunctions({ root }: Reading): boolean {
  return nodeAt(root, PATH) !== undefined
}

export function functionsOf({ root, log }: Reading, file: string | undefined): { functions?: FunctionsModule } {
  const node = nodeAt(root, PATH)
  return file === undefined || !node ? {} : { functions: { file, place: log.place(node.span.start) } }
}
