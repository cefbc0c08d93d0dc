import type { Secrets } from '../secrets.ts'
import { literal } from '../text.ts'
import { constantOf, resolve, type Variables } from './variables.ts'

/** Thrown by what makes a request, and caught where it is made: what it needs and a profile has not. */
export class Missing extends Error {}

export interface Filling {
  readonly variables: Variables
  readonly secrets: Secrets
}

/** Text of the plan as a template; `write` is how what stands between its variables is written. */
export function filled(
  text: string,
  { variables }: Pick<Filling, 'variables'>,
  write?: (text: string) => string,
): string {
  const resolved = resolve(text, variables, write ? (part) => write(literal(part)) : literal)
  if ('unknown' in resolved) throw new Missing(`in need of ${resolved.unknown}, which a profile has not`)
  return resolved.text
}

/** As it is where anything is filled in; else perhaps as a variable of the environment. */
export function hidden(name: string, text: string, filling: Filling): string {
  return text.includes('${') ? filled(text, filling) : filling.secrets.hide(name, text)
}

export function constant(text: string, what: string, { variables }: Pick<Filling, 'variables'>): string {
  const found = constantOf(text, variables)
  if (found === undefined) throw new Missing(`with ${what} that is no constant`)
  return found
}
