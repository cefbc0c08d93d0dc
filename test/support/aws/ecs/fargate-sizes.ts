// Pairs of CPU units and MiB that Fargate knows (platform 1.4.0, Linux).
const GIB = 1024
const steps = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step)

const SIZES: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, GIB, 2 * GIB]],
  [512, steps(GIB, 4 * GIB, GIB)],
  [1024, steps(2 * GIB, 8 * GIB, GIB)],
  [2048, steps(4 * GIB, 16 * GIB, GIB)],
  [4096, steps(8 * GIB, 30 * GIB, GIB)],
  [8192, steps(16 * GIB, 60 * GIB, 4 * GIB)],
  [16_384, steps(32 * GIB, 120 * GIB, 8 * GIB)],
])

/** What is wrong with the pair, in the words of ECS. */
export function sizeFault(cpu: string, memory: string): string | undefined {
  const units = /^\d+$/.test(cpu) ? Number(cpu) : vcpus(cpu)
  const mib = /^\d+$/.test(memory) ? Number(memory) : gigabytes(memory)
  const known = SIZES.get(units)
  if (!known) return "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section."
  return known.includes(mib) ? undefined : 'No Fargate configuration exists for given values.'
}

const vcpus = (text: string) => Number(/^([\d.]+) ?vCPU$/i.exec(text)?.[1]) * 1024
const gigabytes = (text: string) => Number(/^([\d.]+) ?GB$/i.exec(text)?.[1]) * GIB
