/** Of a worker, in the units of ECS. */
export interface TaskSize {
  /** 1,024 are a vCPU. */
  readonly cpu: number
  /** MiB. */
  readonly memory: number
}

interface Memories {
  readonly from: number
  readonly to: number
  readonly step: number
}

const GIB = 1_024

// "Task CPU and memory", Amazon ECS developer guide, fargate-tasks-services.html. Of Linux, platform 1.4.0 and later.
const MEMORIES: ReadonlyMap<number, Memories> = new Map([
  [256, { from: 512, to: 2 * GIB, step: 512 }],
  [512, { from: GIB, to: 4 * GIB, step: GIB }],
  [1_024, { from: 2 * GIB, to: 8 * GIB, step: GIB }],
  [2_048, { from: 4 * GIB, to: 16 * GIB, step: GIB }],
  [4_096, { from: 8 * GIB, to: 30 * GIB, step: GIB }],
  [8_192, { from: 16 * GIB, to: 60 * GIB, step: 4 * GIB }],
  [16_384, { from: 32 * GIB, to: 120 * GIB, step: 8 * GIB }],
])

/** In vCPUs, as people say them. */
export const VCPUS: readonly number[] = [...MEMORIES.keys()].map((cpu) => cpu / GIB)

/** All memories there are for so much CPU; none where Fargate has no such CPU. */
export function memoriesFor(cpu: number): readonly number[] {
  const range = MEMORIES.get(cpu)
  if (range === undefined) return []
  const { from, to, step } = range
  const all = Array.from({ length: (to - from) / step + 1 }, (_, n) => from + n * step)
  // A quarter of a vCPU has no 1.5 GB.
  return cpu === 256 ? all.filter((memory) => memory % GIB === 0 || memory === 512) : all
}

/** Of a worker whose memory nobody chose: the least there is, which is 2 GB for each vCPU or more. */
export function leastMemory(cpu: number): number {
  return memoriesFor(cpu)[0] ?? 0
}

/** "1 vCPU and 2 GB". */
export function formatSize({ cpu, memory }: TaskSize): string {
  return `${cpu / GIB} vCPU and ${memory / GIB} GB`
}
