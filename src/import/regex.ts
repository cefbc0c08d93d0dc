import { compilePattern } from '../pattern.ts'

/** Characters of a capture's pattern (src/profile/read-pattern.ts). */
const LONGEST = 1_000

/** Text as a regular expression that fits it alone. */
export function escapedPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Whether a profile can have it: other tools have more than RE2, such as looking ahead. */
export function isPattern(regex: string): boolean {
  return regex !== '' && regex.length <= LONGEST && found(regex, '') !== 'broken'
}

/** Whether it finds this value in the text. */
export function finds(regex: string, text: string, value: string): boolean {
  const at = found(regex, text)
  return at !== 'broken' && at.value === value
}

function found(regex: string, text: string): { readonly value: string | undefined } | 'broken' {
  try {
    return { value: compilePattern(regex).find(text) }
  } catch {
    return 'broken'
  }
}
