// Controls, format characters (zero width, bidi) and whatever else is invisible: text that a person does not see may
// still be read by a machine, or turn the order of what is shown.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
const UNKNOWN = /[\p{Cn}\p{Co}\p{Cs}]/gu
const MARKS_PILED_UP = /(\p{M}{2})\p{M}+/gu

/**
 * Text from outside (names, addresses, errors) as one line of visible characters, cut to `max` of them; "(empty)" when
 * nothing is left. Everything that a report shows of it has come through here.
 */
export function plainLine(text: string, max = 120): string {
  const line = text
    .slice(0, 20 * max)
    .replace(/[\s\u0085]+/g, ' ')
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(MARKS_PILED_UP, '$1')
    .replace(UNKNOWN, '\ufffd')
    .trim()
  const characters = Array.from(line)
  if (characters.length > max || text.length > 20 * max) return `${characters.slice(0, max - 1).join('')}…`
  return line || '(empty)'
}
