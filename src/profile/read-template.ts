import type { CallPlace, FunctionCall } from './functions.ts'
import type { Reference, Template, TemplatePart } from './profile.ts'
import { environmentArgument, fill, type Reading, type Secrecy, slotSpan } from './reading.ts'
import type { Wrong } from './scalars.ts'
import { show } from './show.ts'
import { referenceOf, type Scope } from './template.ts'
import { nodeAt, type Path, type Span } from './tree.ts'

export interface TemplateUse {
  readonly scope: Scope
  readonly encode: Reference['encode']
  /** Of literal text, the environment's values among it, as it must be written where it stands. */
  readonly write?: (literal: string) => string
  /** What is wrong with the text; references count as nothing. `leading`: it begins with one. */
  readonly check?: (literal: string, leading: boolean) => Wrong | undefined
  /** Values of the environment are secrets here whatever their names, unless said otherwise. */
  readonly secrecy?: Secrecy
}

/** The template at a place of the profile; undefined when something is wrong with it, which is then in the log. */
export function readTemplate(reading: Reading, path: Path, use: TemplateUse): Template | undefined {
  const node = nodeAt(reading.root, path)
  if (node?.kind !== 'scalar' || node.value === null) return undefined
  const { parts, problems } = fill(reading, node, use.secrecy ?? 'always')
  let whole = problems.length === 0
  const template = parts.map((part): TemplatePart => {
    if (typeof part === 'string') return use.write ? use.write(part) : part
    const value = referenceOf(part, use.scope, (name) => environmentArgument(reading, name))
    const span = slotSpan(reading, node, part)
    if ('kind' in value) {
      if (value.kind === 'function') use.scope.calls?.push(placeOf(reading, value, span))
      return { encode: use.encode, value }
    }
    whole = false
    reading.log.add(value.code, span, value.message)
    return ''
  })
  const literal = parts.map((part) => (typeof part === 'string' ? part : '')).join('')
  const wrong = whole ? use.check?.(literal, typeof parts[0] === 'object') : undefined
  if (!wrong) return whole ? template : undefined
  reading.log.add(
    wrong.code,
    node.span,
    wrong.message.replace('{}', () => show(node.written)),
  )
  return undefined
}

function placeOf({ log }: Reading, { name, given, written }: FunctionCall, { start }: Span): CallPlace {
  return { name, given: given.length, written, place: log.place(start) }
}
