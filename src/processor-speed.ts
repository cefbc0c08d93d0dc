import { setImmediate } from 'node:timers/promises'
import type { Calibration } from './result/result.ts'
import type { Ms } from './units.ts'

// About half a second in all, in pieces that let timers and signals through.
const WARM_UP = 50
const PASSES = 500

/** Larger than the caches next to a core, so that memory counts, too. */
const WORDS = 1 << 20
const STEPS = 3_000
const DOCUMENT = JSON.stringify(
  Array.from({ length: 1_000 }, (_, n) => ({
    id: n,
    name: `article ${n}`,
    price: n * 1.07,
    tags: ['a', 'b', `t${n % 7}`],
  })),
)

/** Runs `between` with the speed of this processor taken before and after. */
export async function withProcessorSpeed<T>(
  between: () => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly found: T; readonly calibration: Calibration | undefined }> {
  const before = await timeLoop(signal)
  const found = await between()
  const after = await timeLoop(signal)
  return { found, calibration: before === undefined || after === undefined ? undefined : { before, after } }
}

/**
 * How long a fixed piece of work takes, in ms: the median of many passes of parsing, writing and garbage, and of a walk
 * through memory. Work of the kind that services do, and the same in every version that says it has this `ENGINE_MAJOR`.
 * Undefined when it was aborted.
 */
async function timeLoop(signal: AbortSignal): Promise<Ms | undefined> {
  const chain = oneCycle()
  const times: Ms[] = []
  let at = 0
  for (let n = 0; n < WARM_UP + PASSES; n++) {
    if (signal.aborted) return undefined
    const begun = performance.now()
    at = work(chain, at)
    if (n >= WARM_UP) times.push(performance.now() - begun)
    await setImmediate()
  }
  return times.sort((a, b) => a - b)[PASSES / 2]
}

function work(chain: Uint32Array, from: number): number {
  if (JSON.stringify(JSON.parse(DOCUMENT)) !== DOCUMENT) throw new Error('JSON has changed')
  let at = from
  for (let n = 0; n < STEPS; n++) at = chain[at]!
  return at
}

/** Each word names the next, through all of them and back (Sattolo 1986): no step can be taken ahead, nor is any near the last. */
function oneCycle(): Uint32Array {
  const chain = Uint32Array.from({ length: WORDS }, (_, n) => n)
  let random = 1
  for (let n = WORDS - 1; n > 0; n--) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((random / 2 ** 32) * n)
    ;[chain[n], chain[other]] = [chain[other]!, chain[n]!]
  }
  return chain
}
