import { randomAt } from '../plan/choice.ts'
import type { LoadPlan } from '../plan/plan.ts'
import { type DocumentValue, parseDocument } from '../profile/document.ts'
import type { Bytes } from '../units.ts'
import { compileTemplate, NOTHING, type Render } from './template.ts'
import type { Files } from './upload.ts'

/** Of the variants of one document together: they are in the memory of every worker. */
const ROOM: Bytes = 8_000_000
const MOST_VARIANTS = 16
/** Draws of a variant, so that none shares one with an iteration, which counts from 0. */
const FIRST_VARIANT = -1

/**
 * A large document made ready: its list in up to 16 variants that are made here, before the load, each drawn from the seed;
 * what stands around the list is made anew for each request. A request chooses a variant and copies it.
 */
export function compileDocument(value: DocumentValue, plan: Pick<LoadPlan, 'seed' | 'pools'>, files: Files): Render {
  const { before, entries, after } = parseDocument(String(files.get(value.file)), value)
  const tools = { pools: plan.pools }
  const compiled = entries.map((entry) => compileTemplate(entry, {}, tools))
  const [head, tail] = [compileTemplate(before, {}, tools), compileTemplate(after, {}, tools)]
  const lists = Array.from({ length: variantsOf(value.size) }, (_, index) =>
    grown(compiled, value.size, plan.seed, FIRST_VARIANT - index),
  )
  return (values) => {
    const list = lists[Math.floor(values.draw() * lists.length)]!
    const [first, last] = [head, tail].map((part) => (typeof part === 'string' ? part : part(values)))
    return first === undefined || last === undefined ? undefined : first + list + last
  }
}

/** At least two where there is room for them, so that no two requests need be the same. */
function variantsOf(size: Bytes): number {
  return Math.min(MOST_VARIANTS, Math.max(1, Math.floor(ROOM / size)))
}

/** Entries in turn until they have the size together. */
function grown(entries: readonly (string | Render)[], size: Bytes, seed: number, variant: number): string {
  let salt = 0
  const values = { ...NOTHING, draw: () => randomAt(seed, variant, salt++) }
  const texts: string[] = []
  let bytes = 0
  for (let n = 0; bytes < size; n++) {
    const entry = entries[n % entries.length]!
    const text = typeof entry === 'string' ? entry : (entry(values) ?? '')
    texts.push(text)
    bytes += Buffer.byteLength(text) + 1
  }
  return texts.join(',')
}
