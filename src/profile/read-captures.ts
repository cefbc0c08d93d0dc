import { CAPTURE_KINDS, type CaptureFrom } from './grammar-step.ts'
import type { Capture } from './profile.ts'
import { complain, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { keysAt, type Path } from './tree.ts'

const KINDS: readonly string[] = CAPTURE_KINDS

type Section = Readonly<Record<string, Loose<typeof CaptureFrom> | undefined>>

/** Values kept from an answer; undefined when something is wrong with them, which is then in the log. */
export function readCaptures(
  reading: Reading,
  section: Section | undefined,
  path: Path,
): readonly Capture[] | undefined {
  const captures = Object.entries(section ?? {}).map(([name, from]) => {
    const source = sourceOf(reading, from, [...path, name])
    return source && { name, from: source }
  })
  return captures.every((capture) => capture !== undefined) ? captures : undefined
}

/** @param named whether the attribute is written, and if it is not understood then broken */
function htmlSource(selector: string, attribute: string | undefined, named: boolean): Capture['from'] | undefined {
  if (named && attribute === undefined) return undefined
  return { kind: 'html', selector, attribute: attribute ?? 'value' }
}

function sourceOf(reading: Reading, from: Section[string], path: Path): Capture['from'] | undefined {
  if (!from) return undefined
  const [kind, second] = keysAt(reading.root, path).filter((key) => KINDS.includes(key))
  if (second !== undefined)
    complain(
      reading,
      [...path, second],
      'conflict',
      `a value comes from one place; keep "${kind}" or "${second}"`,
      'head',
    )
  if (kind === undefined)
    complain(
      reading,
      path,
      'missing-key',
      'the place of the value is missing; add "json", "header", "cookie", "regex" or "html"',
      'head',
    )
  const keys = keysAt(reading.root, path)
  if (kind !== undefined && kind !== 'html' && keys.includes('attribute')) {
    const why = `"attribute" is of "html"; remove it, or write that instead of "${kind}"`
    complain(reading, [...path, 'attribute'], 'conflict', why, 'head')
    return undefined
  }
  if (second !== undefined) return undefined
  if (from.json !== undefined) return { kind: 'json', pointer: from.json }
  if (from.header !== undefined) return { kind: 'header', name: from.header.toLowerCase() }
  if (from.regex !== undefined) return { kind: 'regex', pattern: from.regex }
  if (from.html !== undefined) return htmlSource(from.html, from.attribute, keys.includes('attribute'))
  return from.cookie === undefined ? undefined : { kind: 'cookie', name: from.cookie }
}
