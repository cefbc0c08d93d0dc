import { LoadgateError } from '../errors.ts'
import { withEntry } from '../profile/yaml-tree.ts'
import { type Acceptance, regressionOf } from './acceptance.ts'
import { parseAcceptances, type ReadAcceptancesOptions } from './read-acceptances.ts'

/** An acceptance as people write it. */
export interface WrittenAcceptance {
  readonly metric: string
  readonly of: string | undefined
  readonly limit: string
  readonly reason: string
  readonly expires: string
}

const HEAD = `# Regressions that are accepted, until a day. Reviewed like the profile; docs/trust.md says when they count.
`

/**
 * The file with one entry more, and that entry as it will be read. Whatever was there is read the same afterwards.
 * LoadgateError 'usage' where the file or the entry is wrong, or where the file accepts the same already.
 * @param text undefined where there is no file yet
 */
export function addAcceptance(
  text: string | undefined,
  entry: WrittenAcceptance,
  options: ReadAcceptancesOptions,
): { readonly text: string; readonly added: Acceptance } {
  const before = text === undefined ? [] : parseAcceptances(text, options)
  const { of, ...rest } = entry
  const { metric, ...others } = rest
  const values = of === undefined ? rest : { metric, of, ...others }
  const [added] = parseAcceptances(withEntry('', 'accept', values), { ...options, file: 'the entry' })
  if (added === undefined) throw new Error('an entry without a mistake was not read')
  const same = before.find((other) => regressionOf(other) === regressionOf(added))
  if (same !== undefined)
    throw new LoadgateError('usage', `${options.file}:${same.place.line} accepts ${regressionOf(added)} already`, {
      hint: 'Change that entry by hand, or remove it first.',
    })
  const after = withEntry(text ?? HEAD, 'accept', values)
  const read = parseAcceptances(after, options)
  if (JSON.stringify(read.map(contentOf)) !== JSON.stringify([...before, added].map(contentOf)))
    throw new LoadgateError('usage', `${options.file} cannot be written without changing what stands in it`, {
      hint: 'Add the entry by hand.',
    })
  return { text: after, added }
}

function contentOf({ place: _, ...content }: Acceptance): Omit<Acceptance, 'place'> {
  return content
}
