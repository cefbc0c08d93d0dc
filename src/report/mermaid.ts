export interface Chart {
  /** Words of ours, as the unit and the places are: nothing in Mermaid's source is escaped, so that no name from outside may stand in it. */
  readonly title: string
  /** The same in a sentence, for who has it read aloud. */
  readonly says: string
  readonly unit: string
  readonly places: readonly string[]
  /** At most two lines, each with a number for every place: the first is blue, the second orange. */
  readonly lines: readonly (readonly number[])[]
}

// Blue and orange, in the order of the rows: a pair that colour-blind readers tell apart, and each stands out by 3 : 1 from a
// white page, GitHub's dark one and Mermaid's dark ground. Mermaid's own first colour is a lavender that nobody sees on white.
export const CHART_COLOURS = ['#3b82f6', '#d97706'] as const
const SAFE = /^[\w +\-%.,:()/]*$/

/**
 * A chart that GitHub draws itself, from zero upwards; always beside a table, for who cannot see it. Undefined where there is
 * nothing to draw. `xychart-beta` is the name that the versions of Mermaid since 10.5 know.
 */
export function mermaidChart({ title, says, unit, places, lines }: Chart): string | undefined {
  const words = [title, says, unit, ...places]
  if (places.length < 2 || !words.every((word) => SAFE.test(word))) return undefined
  if (!lines.every((line) => line.length === places.length && line.every(Number.isFinite))) return undefined
  const top = Math.max(...lines.flat())
  const theme = { xyChart: { plotColorPalette: CHART_COLOURS.join(', ') } }
  const config = { xyChart: { width: 720, height: 280 }, themeVariables: theme }
  return [
    '```mermaid',
    `%%{init: ${JSON.stringify(config)}}%%`,
    'xychart-beta',
    `  title "${title}"`,
    `  accTitle: ${title}`,
    `  accDescr: ${says}`,
    `  x-axis [${places.map((place) => `"${place}"`).join(', ')}]`,
    `  y-axis "${unit}" 0 --> ${number(Math.max(top * 1.1, 0.001))}`,
    ...lines.map((line) => `  line [${line.map(number).join(', ')}]`),
    '```',
  ].join('\n')
}

/** Four digits, and never an exponent, which the grammar does not have. */
function number(value: number): string {
  const short = String(Number(value.toPrecision(4)))
  return short.includes('e') ? value.toFixed(value < 1 ? 6 : 0) : short
}
