import { damaged, WHOLE_FILE } from './damaged.ts'

/** The object that a line is; its members are still to be checked. */
export function jsonLine<T extends object>(text: string, file: string, line: number): T {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as T
  } catch {
    // The engine's own words quote the file.
  }
  throw damaged(file, line, 'the line is no whole object of JSON', WHOLE_FILE)
}
