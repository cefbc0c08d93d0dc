// One round runs every figure once, in turn, so that what else the machine does meets all of them. What is compared is
// therefore compared within its round: the ratios of the rounds, their median and their range.

export async function inTurn<T>(
  names: readonly string[],
  rounds: number,
  run: (name: string) => Promise<T>,
): Promise<Readonly<Record<string, readonly T[]>>> {
  const taken: Record<string, T[]> = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) for (const name of names) taken[name]!.push(await run(name))
  return taken
}

export interface Spread {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return {
    median: (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2,
    lowest: sorted[0]!,
    highest: sorted.at(-1)!,
  }
}

/** Round by round. */
export function ratios(above: readonly number[], below: readonly number[]): Spread {
  return spread(above.map((value, round) => value / below[round]!))
}
