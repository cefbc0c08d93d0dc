import type { Ms } from '../../../src/units.ts'

/** What is to happen when: by moment, a whole number of ms, and then by the order of asking. */
export interface Agenda {
  add(due: Ms, act: () => void): () => void
  nextDue(): Ms | undefined
  /** All that is due at this moment, in order; what these add for it is not among them. */
  takeDue(due: Ms): Iterable<() => void>
}

/** The acts of one moment; undefined for one that was taken back. */
interface Slot {
  readonly acts: ((() => void) | undefined)[]
  open: number
}

/**
 * A binary heap of moments, with their acts beside it: a thousand machines do much within one ms, and a heap of all acts would
 * be most of the work of a simulation.
 */
export function newAgenda(): Agenda {
  const heap: Ms[] = []
  const slots = new Map<Ms, Slot>()
  const slotOf = (due: Ms): Slot => {
    const known = slots.get(due)
    if (known) return known
    const slot: Slot = { acts: [], open: 0 }
    slots.set(due, slot)
    push(heap, due)
    return slot
  }
  return {
    add(due, act) {
      const slot = slotOf(due)
      const at = slot.acts.push(act) - 1
      slot.open++
      return () => {
        if (slot.acts[at] === undefined) return
        slot.acts[at] = undefined
        slot.open--
      }
    },
    nextDue() {
      while (heap.length > 0 && slots.get(heap[0]!)!.open === 0) slots.delete(pop(heap))
      return heap[0]
    },
    *takeDue(due) {
      if (heap[0] !== due) return
      const { acts } = slots.get(due)!
      slots.delete(pop(heap))
      for (let at = 0; at < acts.length; at++) {
        const act = acts[at]
        acts[at] = undefined
        if (act) yield act
      }
    },
  }
}

function push(heap: Ms[], due: Ms): void {
  let at = heap.push(due) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    if (due >= heap[above]!) break
    heap[at] = heap[above]!
    at = above
  }
  heap[at] = due
}

/** Not for an empty one. */
function pop(heap: Ms[]): Ms {
  const first = heap[0]!
  const last = heap.pop()!
  if (heap.length === 0) return first
  let at = 0
  for (let below = 1; below < heap.length; below = 2 * at + 1) {
    if (below + 1 < heap.length && heap[below + 1]! < heap[below]!) below++
    if (heap[below]! >= last) break
    heap[at] = heap[below]!
    at = below
  }
  heap[at] = last
  return first
}
