// Characters that a terminal shows two columns wide: East Asian scripts, their punctuation and full-width forms, emoji.
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u
const NO_WIDTH = /\p{M}/u

/** Columns that a text of visible characters takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) columns += widthOf(character)
  return columns
}

/** The text on exactly `width` columns: filled with spaces, or cut with "…". */
export function toColumns(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const fitting = columnsOf(text) <= width ? text : `${startOf(text, width - 1)}…`
  const space = ' '.repeat(Math.max(0, width - columnsOf(fitting)))
  return side === 'left' ? fitting + space : space + fitting
}

/** Words on lines of at most `width` columns; a word that is longer stands alone, and a number keeps its per cent. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/ (?!%)/)) {
    if (line !== '' && columnsOf(line) + 1 + columnsOf(word) > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function startOf(text: string, width: number): string {
  let columns = 0
  let start = ''
  for (const character of text) {
    columns += widthOf(character)
    if (columns > width) break
    start += character
  }
  return start
}

function widthOf(character: string): number {
  if (NO_WIDTH.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
