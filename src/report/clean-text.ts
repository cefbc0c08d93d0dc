import { plainLine } from './plain-line.ts'

/** Names and sentences in machine-readable forms are cut only where no reader would follow them. */
const LONGEST = 2_000

/** Text from outside for a form that other programs read: one line, nothing invisible. */
export const cleanText = (text: string): string => plainLine(text, LONGEST)

/** Without exponent or trailing zeros; empty for what was not measured. */
export function plainNumber(value: number | undefined, places: number): string {
  if (value === undefined || !Number.isFinite(value)) return ''
  const text = value.toFixed(places)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
