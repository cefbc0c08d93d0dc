import { plainLine } from './plain-line.ts'

const MOST_LINES = 30
const MOST_CHARACTERS = 200

/** What a service wrote last, line by line, each made harmless; empty where there is nothing. */
export function lastLines(output: string | undefined): readonly string[] {
  const lines = (output ?? '').split(/\r?\n/).filter((line) => line.trim() !== '')
  return lines.slice(-MOST_LINES).map((line) => plainLine(line, MOST_CHARACTERS))
}
