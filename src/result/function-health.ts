import type { FunctionHealth } from '../engine/shard-result.ts'

/** Of several workers or rounds: the calls of all, and how the worst of them fared. Nothing where none called any. */
export function mergedFunctions(parts: readonly { readonly functions?: FunctionHealth | undefined }[]): {
  readonly functions?: FunctionHealth
} {
  const known = parts.flatMap(({ functions }) => functions ?? [])
  if (known.length === 0) return {}
  const each = (key: keyof FunctionHealth) => known.map((one) => one[key])
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
  return {
    functions: {
      calls: sum(each('calls')),
      total: sum(each('total')),
      longest: Math.max(...each('longest')),
      share: Math.max(...each('share')),
    },
  }
}
