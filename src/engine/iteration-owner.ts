import type { EpochMs, Ms } from '../units.ts'
import { CookieJar } from './cookies.ts'
import type { Captured } from './iteration-values.ts'
import type { CompiledScenario } from './scenario.ts'

/** Whose pass it is. */
export interface IterationOwner {
  /** The user's; undefined until an answer sets a cookie. */
  jar: CookieJar | undefined
  /** What the steps that are done once in its life have captured, by the scenario; undefined until some are done. */
  lives: Map<CompiledScenario, Captured> | undefined
  /** `at` is when the next iteration of the same user may begin. */
  onIterationEnd(at: Ms): void
}

/** Keeps the cookies that an answer to `path` sets. */
export function keepCookies(
  owner: IterationOwner,
  lines: string | readonly string[],
  { target, path, now }: { readonly target: URL; readonly path: string; readonly now: EpochMs },
): void {
  owner.jar ??= new CookieJar(target)
  owner.jar.store(lines, path, now)
}
