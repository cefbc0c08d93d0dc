// Controls (but the tab), format characters such as bidi overrides, lone surrogates, private use and what Unicode has not
// assigned: they would hide or rearrange what a reader sees.
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu

/** The text with every invisible character written as its number. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code === 9 ? ' ' : `\\u{${code.toString(16)}}`
  })
}

const LONGEST = 60

/** A value from the profile inside a message: on one line, in quotes when it is text, cut when it is long. */
export function show(value: string | number | boolean): string {
  const text = String(value)
  const cut = visible(text.length > LONGEST ? `${text.slice(0, LONGEST - 1).toWellFormed()}…` : text)
  return typeof value === 'string' ? `"${cut}"` : cut
}
