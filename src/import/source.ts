import { LoadgateError, messageOf } from '../errors.ts'

/** What an importer is given. */
export interface Source {
  readonly text: string
  /** As shown in messages; its name without directory and ending is that of the profile. */
  readonly file: string
  /** Base address that was asked for instead of the one the source suggests. */
  readonly target: string | undefined
  /** What the head of the profile says of where it comes from; left out: the file. */
  readonly origin?: string
  /** What is in a file that the source names; undefined where there is none that may be read. */
  readonly neighbour?: (name: string) => Buffer | undefined
}

export function brokenSource(
  file: string,
  problem: string,
  hint: string,
  place = { line: 1, column: 1 },
): LoadgateError {
  const at = `${file}:${place.line}:${place.column}`
  const mistakes = [{ place: { file, ...place }, message: `${problem}. ${hint}` }]
  return new LoadgateError('usage', `${at}: ${problem}`, { hint, mistakes })
}

export function parseJsonSource({ text, file }: Source, what: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (cause) {
    const said = messageOf(cause)
    const position = Number(/at position (\d+)/.exec(said)?.[1] ?? 0)
    const before = text.slice(0, position).split('\n')
    const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
    const problem = `this is not JSON: ${said.replace(/,? \.{0,3}"[\s\S]*/, '').replace(/ in JSON at position.*/s, '')}`
    throw brokenSource(file, problem, `Export ${what} again, or name the file it is in.`, place)
  }
}

export type Fields = Readonly<Record<string, unknown>>

/** A value from outside as a map; an empty one where it is none. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Text, or a plain value as text; undefined for all else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** `exports/shop.har` is `shop`. */
export function stemOf(file: string): string {
  const name = file.split(/[/\\]/).at(-1) ?? ''
  return name.replace(/(?<=.)\.[^.]*$/, '')
}
