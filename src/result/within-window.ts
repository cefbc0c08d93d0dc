import type { Ms } from '../units.ts'

/** Whether what ended in a second ended within the measured window: the engine keeps no second with both sides of its end. */
export function withinWindow(
  { second }: { readonly second: number },
  { measured }: { readonly measured: Ms },
): boolean {
  return second < measured / 1000
}
