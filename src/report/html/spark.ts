import { type Html, html } from './markup.ts'

const WIDTH = 84
const HEIGHT = 18

/** A small line without axes, from the least to the most of its values; undefined for less than three. */
export function spark(values: readonly number[]): Html | undefined {
  if (values.length < 3) return undefined
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const x = (at: number) => digits(1 + (WIDTH - 4) * (at / (values.length - 1)))
  const y = (value: number) =>
    digits(HEIGHT - 2 - (HEIGHT - 4) * (most > least ? (value - least) / (most - least) : 0.5))
  const points = values.map((value, at) => `${x(at)},${y(value)}`).join(' ')
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true"><polyline points="${points}"/></svg>`
}

function digits(value: number): number {
  return Math.round(value * 10) / 10
}
