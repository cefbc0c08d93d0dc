import { messageOf } from './errors.ts'
import type { Ms } from './units.ts'

/** What a module exports, as it is called. */
export type ExportedFunction = (...given: readonly unknown[]) => unknown

/** What belongs before a load, such as reading a key, takes no longer; a top-level `await` might wait for ever. */
export const IMPORT_WITHIN: Ms = 10_000

/**
 * The address at which a module's text can be imported wherever it has been carried. Whatever such a module imports must
 * be a part of Node: there is no folder to look for files in.
 * https://nodejs.org/api/esm.html#data-imports
 */
export function addressOf(text: string, file: string): string {
  // V8 names the place of an error by it, instead of by the whole text.
  const named = `${text}\n//# sourceURL=${encodeURI(file)}\n`
  return `data:text/javascript;base64,${Buffer.from(named).toString('base64')}`
}

/** Runs the module, and gives the functions that it exports by their names. Rejects where it cannot be run. */
export async function importFunctions(text: string, file: string): Promise<ReadonlyMap<string, ExportedFunction>> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const bound = setTimeout(() => reject(new Error(`${file} is not there after 10 s`)), IMPORT_WITHIN)
  try {
    const found = Object.entries(await Promise.race([import(addressOf(text, file)), late]))
    return new Map(
      found.flatMap(([name, value]) => (typeof value === 'function' ? [[name, value as ExportedFunction]] : [])),
    )
  } catch (cause) {
    throw new Error(`${file} cannot be run: ${messageOf(cause)}`, { cause })
  } finally {
    clearTimeout(bound)
  }
}

/** What is imported otherwise than from Node, with the line (from 1) on which it is. */
export function foreignImports(text: string): readonly { readonly name: string; readonly line: number }[] {
  return [...text.matchAll(IMPORT)].flatMap(({ 0: statement, 1: from, 2: bare, index }) => {
    const name = from ?? bare ?? ''
    const lead = statement.length - statement.trimStart().length
    return name.startsWith('node:') ? [] : [{ name, line: text.slice(0, index + lead).split('\n').length }]
  })
}

const IMPORT = /^\s*(?:(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"\n]+)['"]|import\s*['"]([^'"\n]+)['"])/gm
