import { counted } from '../units.ts'
import type { Comparison, Undecided } from './comparison.ts'

/**
 * A head that takes the machine from the generator has the rounds left out in which it does so most, and might pass by the few
 * in which it did not. Undefined where the rounds that count outnumber those left out.
 */
export function doubtOfLeftOut({ baseline }: Pick<Comparison, 'baseline'>): Omit<Undecided, 'kind'> | undefined {
  if (baseline.kind !== 'side-by-side' || baseline.leftOut === 0 || baseline.rounds > baseline.leftOut) return undefined
  const { rounds, leftOut } = baseline
  return {
    reason: `${leftOut} of ${counted(rounds + leftOut, 'round')} were left out, since the generator got too little of the machine; those that count must outnumber them`,
    remedy:
      'Use a larger machine, send less, or allow more `rounds`; where it happens with this change only, look at what the change takes.',
  }
}
