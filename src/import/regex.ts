import { compilePattern } from '../pattern.ts'

/** Characters of a capture's pattern (src/profile/read-pattern.ts). */
const LONGEST = 1_000

/** Text as a regular expression that fits it alone, for a profile: `RegExp.escape` writes what nobody reads. */
export function escapedPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** The regular expression with this group of it as its only one; with 0, which is all of it, none. Undefined where it has not so many. */
export function withOneGroup(regex: string, group: number): string | undefined {
  let groups = 0
  // Characters behind a backslash and those of a class are no brackets of the expression.
  const written = regex.replace(/\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\((?!\?)/g, (part) => {
    if (part !== '(') return part
    groups++
    return groups === group ? '(' : '(?:'
  })
  return groups >= group ? written : undefined
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
