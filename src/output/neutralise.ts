// The runner reads commands from stdout and stderr alike (actions/runner, ActionCommand.cs): `::name k=v::data` at the
// start of a line, after .NET's TrimStart, which trims more than JavaScript's, and the older `##[name k=v;]data` anywhere
// in a line. Both searches are made by .NET with the rules of a culture, which pass over characters that have no weight:
// a zero-width space between two colons does not part them. So everything weightless goes first, but for combining marks,
// which people need and see; and then the two marks are broken wherever they stand, with or without such in between.

import { visibleOnly } from '../visible-only.ts'

const ESC = '\u001b'
/** Longer lines are cut: no reader follows them, and a terminal or a browser chokes on them. */
export const MAX_LINE = 10_000

// The runner splits at CR and LF. The others look like line ends to some terminals and editors.
const LINE_END = /\r\n|[\r\n\u0085\u2028\u2029]/
// Control sequences (colours, cursor), operating system commands (titles, links), and the two-character ones.
const ANSI = new RegExp(
  `${ESC}\\[[0-?]*[ -/]*[@-~]|${ESC}\\][^\u0007${ESC}]*(?:\u0007|${ESC}\\\\)?|${ESC}[ -/]*[0-~]`,
  'g',
)

/** Text from anywhere as lines of plain text in which the runner finds no command. Lines end with `\n`. */
export function neutralise(text: string): string {
  return text.split(LINE_END).map(neutraliseLine).join('\n')
}

function neutraliseLine(line: string): string {
  // Cut first, generously, so that no work is done on what nobody will see.
  const visible = visibleOnly(
    line
      .slice(0, 4 * MAX_LINE)
      .replace(ANSI, '')
      .replaceAll('\t', '  '),
  )
  const broken = visible.replace(/:(?=\p{M}*:)/gu, ': ').replace(/#(?=\p{M}*#\p{M}*\[)/gu, '# ')
  return line.length <= 4 * MAX_LINE && broken.length <= MAX_LINE
    ? broken
    : `${broken.slice(0, MAX_LINE).toWellFormed()}…`
}
