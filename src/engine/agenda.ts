import type { Ms } from '../units.ts'
import type { Clock } from './clock.ts'

/** Something that is to happen at a moment: an arrival, the end of a pause, a report. At most once in an agenda. */
export interface Appointment {
  /** On the engine's clock; not to be changed while it stands in the agenda. */
  readonly due: Ms
  /** At `due` or as soon after it as the event loop allows. */
  onDue(now: Ms): void
  /** Instead of `onDue`, when the run is stopped before. */
  onStop(): void
}

/** What is to happen and when: a binary heap, earliest first, and the clock's one alarm set to its top. */
export class Agenda {
  readonly #clock: Clock
  readonly #heap: Appointment[] = []
  #alarm: Ms = Number.POSITIVE_INFINITY
  #running = false

  constructor(clock: Clock) {
    this.#clock = clock
    clock.onAlarm = () => this.#run()
  }

  add(appointment: Appointment): void {
    this.#siftUp(appointment)
    if (!this.#running) this.#setAlarm()
  }

  /** Ends everything that still stands here. What it adds meanwhile is ended, too. */
  stop(): void {
    while (this.#heap.length > 0) this.#pop().onStop()
  }

  // Only what was due when the turn began: answers and aborts get their turn however late everything is, and what
  // comes back at once cannot keep the loop for ever.
  #run(): void {
    this.#alarm = Number.POSITIVE_INFINITY
    this.#running = true
    const turn = this.#clock.now()
    for (let left = this.#heap.length; left > 0 && (this.#heap[0]?.due ?? turn + 1) <= turn; left--)
      this.#pop().onDue(this.#clock.now())
    this.#running = false
    this.#setAlarm()
  }

  #setAlarm(): void {
    const due = this.#heap[0]?.due
    if (due === undefined || due >= this.#alarm) return
    this.#alarm = due
    this.#clock.setAlarm(due)
  }

  #siftUp(appointment: Appointment): void {
    const heap = this.#heap
    let at = heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent]!.due <= appointment.due) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = appointment
  }

  #pop(): Appointment {
    const heap = this.#heap
    const first = heap[0]!
    const last = heap.pop()!
    const size = heap.length
    if (size === 0) return first
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heap[child + 1]!.due < heap[child]!.due) child++
      if (heap[child]!.due >= last.due) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
}
