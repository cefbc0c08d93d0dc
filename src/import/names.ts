import { LONGEST_NAME } from '../profile/scalars.ts'
import { SEPARATOR } from '../profile/step-label.ts'
import { visibleOnly } from '../visible-only.ts'

/** A name of the source as one in a profile, which is not empty. */
export function cleanName(text: string, otherwise: string): string {
  const plain = visibleOnly(text.replace(/\s+/g, ' '))
    .normalize('NFC')
    .replaceAll(SEPARATOR, ' > ')
    .replaceAll('${', '{')
    .trim()
  return shortened(plain, LONGEST_NAME).trim() || otherwise
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1).toWellFormed()}…` : text
}

/** The name, with a number behind it where it is taken; it is taken from then on. */
export function unique(name: string, taken: Set<string>, suffix = (number: number) => ` (${number})`): string {
  for (let number = 1; ; number++) {
    const end = number === 1 ? '' : suffix(number)
    const candidate = shortened(name, LONGEST_NAME - end.length) + end
    if (taken.has(candidate)) continue
    taken.add(candidate)
    return candidate
  }
}

/** `A, B, B_2 to B_20`: three and more that are numbered on are named by the first and the last. */
export function variableList(names: readonly string[]): string {
  const runs: string[][] = []
  for (const name of names) {
    const run = runs.at(-1)
    if (run && name === `${run[0]}_${run.length + 1}`) run.push(name)
    else runs.push([name])
  }
  return runs.flatMap((run) => (run.length > 3 ? [run[0], `${run[1]} to ${run.at(-1)}`] : run)).join(', ')
}

/** `order-id`, `order id` and `X-Order-ID` as a name inside `${ }`: `orderId`, `xOrderId`. */
export function identifierOf(text: string, otherwise: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const camel = words.map((word, index) => (index === 0 ? lowered(word) : raised(word)))
  const name = camel.join('').replace(/^\d+/, '').slice(0, 40)
  return name === '' || RESERVED.has(name) ? otherwise : name
}

/** `ID` and `CSRFToken` begin small as a whole or in their first letter. */
function lowered(word: string): string {
  return /^[A-Z0-9]+$/.test(word) ? word.toLowerCase() : word[0]!.toLowerCase() + word.slice(1)
}

function raised(word: string): string {
  return word[0]!.toUpperCase() + (/^[A-Z0-9]{3,}$/.test(word) ? word.slice(1).toLowerCase() : word.slice(1))
}

const RESERVED = new Set(['env', 'constructor', 'prototype'])

/** The next free one: `token`, `token2`. */
export function uniqueIdentifier(name: string, taken: Set<string>): string {
  return unique(name, taken, String)
}

/** `apiKey` and `x-api-key` as a variable of the environment: `API_KEY`, `X_API_KEY`. */
export function variableName(text: string, otherwise: string): string {
  const words = text.replace(/([a-z0-9])([A-Z])/g, '$1_$2').split(/[^A-Za-z0-9]+/)
  const name = words
    .filter((word) => word !== '')
    .join('_')
    .toUpperCase()
    .replace(/^\d+_?/, '')
    .slice(0, 40)
  return name || otherwise
}
