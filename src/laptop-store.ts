import { keyOf, pathOf, type WindowOf } from './baseline/window-key.ts'
import { CHOICES } from './choices.ts'

/** Where a laptop keeps the runs of a profile, unless it is told otherwise: a file has one window. */
export function laptopStore(of: WindowOf): string {
  const { onLaptop } = CHOICES.baseline
  return pathOf(of) === CHOICES.profile.default ? onLaptop : onLaptop.replace('baseline', keyOf(of))
}
