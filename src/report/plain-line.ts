import { visibleOnly } from '../visible-only.ts'

const MARKS_PILED_UP = /(\p{M}{2})\p{M}+/gu

/**
 * Text from outside (names, addresses, errors) as one line of visible characters, cut to `max` of them; "(empty)" when
 * nothing is left. Everything that a report shows of it has come through here.
 */
export function plainLine(text: string, max = 120): string {
  const line = visibleOnly(text.slice(0, 20 * max).replace(/[\s\u0085]+/g, ' '))
    .normalize('NFC')
    .replace(MARKS_PILED_UP, '$1')
    .trim()
  const characters = Array.from(line)
  if (characters.length > max || text.length > 20 * max) return `${characters.slice(0, max - 1).join('')}…`
  return line || '(empty)'
}
