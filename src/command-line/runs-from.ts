import { LoadgateError } from '../errors.ts'

/** The number that `--runs` names. */
export function runsFrom(text: string, most: number): number {
  const runs = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (runs >= 1 && runs <= most) return runs
  throw new LoadgateError('usage', `\`--runs\` is "${text}"`, { hint: `Write a number from 1 to ${most}.` })
}
