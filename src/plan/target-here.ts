import { hostOf, isLoopbackHost } from '../allowed-targets.ts'
import type { LoadProfile } from '../profile/profile.ts'

/** Whether the target takes its share of the machine that sends: Loadgate starts it here, or its address leads here. */
export function targetIsHere({ service, target }: Pick<LoadProfile, 'service' | 'target'>): boolean {
  return service !== undefined || isLoopback(target)
}

/** Its own machine, which no link leads to. */
export function isLoopback(target: string): boolean {
  const url = URL.parse(target)
  return url !== null && isLoopbackHost(hostOf(url))
}
