import { LoadgateError } from '../errors.ts'
import { show } from '../profile/show.ts'

/** Something in a file of another generator that cannot be, with its place; the first line is 1. */
export function damaged(file: string, line: number | undefined, why: string, hint: string): LoadgateError {
  return new LoadgateError('usage', `${file}${line === undefined ? '' : `:${line}`}: ${why}`, { hint })
}

/** What a column holds, as a finite number from 0 on. */
export function amountIn(
  text: string | undefined,
  { file, line, column }: { readonly file: string; readonly line: number; readonly column: string },
): number {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  if (value >= 0 && value < Number.POSITIVE_INFINITY) return value
  const found = text === undefined ? 'is missing: the line is cut off' : `is ${show(text)}, and not a number from 0 on`
  throw damaged(file, line, `${column} ${found}`, WHOLE_FILE)
}

export const WHOLE_FILE = 'Read it as the generator wrote it, and only once the generator has ended.'
