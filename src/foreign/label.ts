import { SEPARATOR } from '../profile/step-label.ts'
import type { Sample } from './sample.ts'

const LONGEST = 200
/** Parts scenario and step; `labelled` leaves none in a name. */
const BETWEEN = '\n'

/** The place of all labels beyond the most frequent. */
export const OTHERS = `others${BETWEEN}other labels`

/** A name of a scenario or a step, from a text of the generator's: on one line, without a password of an address in it. */
export function labelled(text: string, otherwise: string): string {
  const clean = text
    .replace(/\/\/[^/?#\s]*@/g, '//***@')
    .replaceAll(SEPARATOR, ' > ')
    .replace(/\s+/g, ' ')
    .trim()
  if (clean === '') return otherwise
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST - 1).toWellFormed()}…` : clean
}

export function placeOf({ scenario, step }: Pick<Sample, 'scenario' | 'step'>): string {
  return scenario + BETWEEN + step
}

export function namesAt(place: string): { readonly scenario: string; readonly step: string } {
  const at = place.indexOf(BETWEEN)
  return { scenario: place.slice(0, at), step: place.slice(at + 1) }
}
