import { distance } from 'fastest-levenshtein'

/** The known word that was probably meant, or undefined: at most a third of its letters differ, or two stand swapped. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const near = known
    .map((word) => ({ word, far: far(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, far }) => far <= Math.max(1, Math.ceil(word.length / 3)))
  return near.sort((a, b) => a.far - b.far)[0]?.word
}

/** Swapped letters are one slip, which Levenshtein counts as two. */
function far(a: string, b: string): number {
  const letters = (word: string) => Array.from(word).sort().join('')
  return distance(a, b) - (letters(a) === letters(b) && a !== b ? 1 : 0)
}
