import { open } from 'node:fs/promises'
import type { Bytes } from '../units.ts'

const TAIL: Bytes = 32_768
const LINES = 6
const LONGEST = 300

/** What JMeter wrote into its log last, of its errors and warnings where there are any; '' where there is no log. */
export async function lastLogLines(path: string): Promise<string> {
  const text = await tailOf(path).catch(() => '')
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const troubles = lines.filter((line) => /\b(?:ERROR|WARN|FATAL)\b/.test(line))
  return (troubles.length > 0 ? troubles : lines)
    .slice(-LINES)
    .map((line) => line.slice(0, LONGEST))
    .join('\n')
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
