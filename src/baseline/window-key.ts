import { createHash } from 'node:crypto'
import { relative, resolve, sep } from 'node:path'

/** Whose window it is, where a store keeps several. */
export interface WindowOf {
  readonly cwd: string
  /** Path of the load profile. */
  readonly profile: string
}

/** `perf-checkout-1f2e3d4c` of `perf/checkout.yml`: readable, and no two profiles have the same. */
export function keyOf(of: WindowOf): string {
  const path = pathOf(of)
  const plain = path
    .toLowerCase()
    .replace(/\.ya?ml$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60)
  return `${plain}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`
}

/** From the working directory, with slashes. */
export function pathOf({ cwd, profile }: WindowOf): string {
  return relative(cwd, resolve(cwd, profile)).split(sep).join('/')
}
