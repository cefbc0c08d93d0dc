import type { AnySection } from './grammar-steps.ts'
import { FLOW_KEYS } from './read-flow.ts'
import { complain, type Reading } from './reading.ts'
import type { Talk } from './talk.ts'
import { keysAt, nodeAt, type Path } from './tree.ts'

const MOST_DEEP = 3
/** Of a scenario, those within blocks and beside pages included. */
const MOST_STEPS = 2_000

/** A request, a pause or a part of a conversation as it stands in the profile. */
export interface StepEntry {
  readonly section: AnySection | undefined
  readonly path: Path
  readonly once: boolean
  /** Of a request beside a page: where the page stands in the list. */
  readonly page: number | undefined
  /** Some block around it may be left out. */
  readonly optional: boolean
  /** Its part in a conversation, which stands at `of`; undefined where it has none. */
  readonly talk?: { readonly does: Talk['does']; readonly of: Path } | undefined
}

/** Several steps that are gone through together, as they stand in the profile. */
export interface BlockEntry {
  readonly section: AnySection | undefined
  readonly path: Path
  /** Where its first step stands in the list, and the first behind it. */
  readonly from: number
  readonly to: number
}

export interface StepList {
  readonly entries: readonly StepEntry[]
  /** Each before those within it. */
  readonly blocks: readonly BlockEntry[]
  /** False when something is no list of steps, or has no end; that is in the log. */
  readonly whole: boolean
}

type Sections = AnySection['steps']
type Around = Pick<StepEntry, 'once' | 'optional'> & {
  readonly depth: number
  /** Where the conversation stands that it is in. */
  readonly talk?: Path
}

/** All steps of a scenario in the order in which they are written: what is done once, then the others. */
export function listSteps(
  reading: Reading,
  { once, steps }: { once?: Sections; steps?: Sections },
  path: Path,
): StepList {
  const lister = new Lister(reading)
  lister.addAll(once, [...path, 'once'], { once: true, optional: false, depth: 0 })
  lister.addAll(steps, [...path, 'steps'], { once: false, optional: false, depth: 0 })
  return lister
}

class Lister implements StepList {
  readonly entries: StepEntry[] = []
  readonly blocks: BlockEntry[] = []
  whole = true
  #full = false
  readonly #reading: Reading

  constructor(reading: Reading) {
    this.#reading = reading
  }

  addAll(sections: Sections, path: Path, around: Around): void {
    for (const [index, section] of (sections ?? []).entries()) {
      const place = [...path, index]
      const keys = keysAt(this.#reading.root, place)
      if (keys.includes('steps')) this.#addBlock(section, place, around)
      else if (keys.includes('websocket')) this.#addConversation(section, place, around)
      else this.#addStep(section, place, around)
      if (this.#isFull(path)) return
    }
  }

  #addStep(section: AnySection | undefined, path: Path, { once, optional, talk: of }: Around): void {
    const page = this.entries.length
    const talk = of && ({ does: 'say', of } as const)
    this.entries.push({ section, path, once, optional, page: undefined, talk })
    for (const [index, also] of (section?.also ?? []).entries())
      this.entries.push({ section: also, path: [...path, 'also', index], once, optional: true, page })
  }

  #addBlock(section: AnySection | undefined, path: Path, around: Around): void {
    const inner = [...path, 'steps']
    const block = { section, path, from: this.entries.length, to: 0 }
    this.blocks.push(block)
    if (around.depth === MOST_DEEP)
      this.#refuse(inner, `steps within steps are at most ${MOST_DEEP} deep; write these before or behind the others`)
    const optional = around.optional || this.#mayBeLeftOut(path)
    this.addAll(section?.steps, inner, { ...around, optional, depth: around.depth + 1 })
    block.to = this.entries.length
    if (nodeAt(this.#reading.root, inner)?.kind !== 'list') this.whole = false
  }

  /** Its opening, what is said, and its closing; together a block where they have a chance, a condition or are repeated. */
  #addConversation(section: AnySection | undefined, path: Path, around: Around): void {
    const inner = [...path, 'talk']
    const keys = keysAt(this.#reading.root, path)
    const block = { section, path, from: this.entries.length, to: 0 }
    if (FLOW_KEYS.some((key) => keys.includes(key))) this.blocks.push(block)
    const optional = around.optional || this.#mayBeLeftOut(path)
    const part = { section, path, once: around.once, optional, page: undefined }
    this.entries.push({ ...part, talk: { does: 'open', of: path } })
    this.addAll(section?.talk, inner, { ...around, optional, talk: path })
    this.entries.push({ ...part, talk: { does: 'close', of: path } })
    block.to = this.entries.length
    if (!keys.includes('talk'))
      complain(this.#reading, [...path, 'websocket'], 'missing-key', 'what is said is missing; add "talk"', 'head')
    if (nodeAt(this.#reading.root, inner)?.kind !== 'list') this.whole = false
  }

  #mayBeLeftOut(path: Path): boolean {
    const keys = keysAt(this.#reading.root, path)
    return keys.includes('chance') || keys.includes('when')
  }

  #isFull(path: Path): boolean {
    if (this.entries.length <= MOST_STEPS) return false
    if (!this.#full) this.#refuse(path, `a scenario has at most ${MOST_STEPS} steps in all`)
    this.#full = true
    return true
  }

  #refuse(path: Path, why: string): void {
    complain(this.#reading, path, 'too-large', why, 'head')
    this.whole = false
  }
}
