import { RE2JS } from 're2js'
import { messageOf } from './errors.ts'

/**
 * A regular expression of RE2's syntax, which is looked for in a time that grows with the text alone, whatever the text is:
 * what an answer holds is for somebody else to choose. https://github.com/google/re2/wiki/Syntax
 */
export interface Pattern {
  /** Of the first place where it fits: its first group, or all of it where it has none. Undefined where it fits nowhere. */
  find(text: string): string | undefined
  /** Whether it fits anywhere. */
  fits(text: string): boolean
}

/** Throws what is wrong with it, in one line. */
export function compilePattern(source: string): Pattern {
  const pattern = compiled(source)
  const group = pattern.groupCount() > 0 ? 1 : 0
  return {
    find(text) {
      const matcher = pattern.matcher(text)
      return matcher.find() ? (matcher.group(group) ?? undefined) : undefined
    },
    fits: (text) => pattern.matcher(text).find(),
  }
}

function compiled(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (cause) {
    throw new Error(messageOf(cause).split('\n')[0], { cause })
  }
}
