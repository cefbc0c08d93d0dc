import { open } from 'node:fs/promises'
import type { Bytes } from '../units.ts'

const TAIL: Bytes = 32_768
const LINES = 6
const LONGEST = 300
/** How an exception came about tells nobody what to do. */
const TROUBLE = /\b(?:ERROR|WARN|FATAL|Error)\b|Exception\b/
const STACK = /^\s*(?:at [\w.$]|\.\.\. \d+ more)/

/** What JMeter wrote last, into its log and beside it; of its errors and warnings where there are any, '' where it wrote nothing. */
export async function lastLogLines(path: string, printed: string): Promise<string> {
  const logged = await tailOf(path).catch(() => '')
  const lines = `${logged}\n${printed}`.split(/\r?\n/).filter((line) => line.trim() !== '' && !STACK.test(line))
  const troubles = lines.filter((line) => TROUBLE.test(line))
  return (troubles.length > 0 ? troubles : lines).slice(-LINES).map(shortened).join('\n')
}

/** Not within a word: half a secret would not be known for one. */
function shortened(line: string): string {
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST).replace(/\S+$/, '')}…`
}

async function tailOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const length = Math.min(size, TAIL)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    const text = buffer.subarray(0, bytesRead).toString('utf8')
    // The first line is most likely cut.
    return size > TAIL ? text.slice(text.indexOf('\n') + 1) : text
  } finally {
    await file.close()
  }
}
