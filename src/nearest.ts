import { distance } from 'fastest-levenshtein'

/** The known word that was probably meant, or undefined when none is near: at most a third of its letters differ. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const near = known
    .map((word) => ({ word, far: distance(given.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, far }) => far <= Math.max(1, Math.ceil(word.length / 3)))
  return near.sort((a, b) => a.far - b.far)[0]?.word
}
