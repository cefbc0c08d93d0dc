import { parseArgs } from 'node:util'
import { CHOICES, type Choice } from './choices.ts'
import { LoadgateError } from './errors.ts'
import { nearest } from './nearest.ts'

const WITH_FLAG = Object.values<Choice>(CHOICES).flatMap(({ flag, bare, values, form }) =>
  flag ? [{ flag, bare, values, form }] : [],
)
export const FLAGS = WITH_FLAG.map(({ flag }) => flag)
const BARE = new Map(
  WITH_FLAG.flatMap(({ flag, bare, values = [], form }) =>
    bare ? [[`--${flag}`, (word: string) => values.includes(word) || form?.test(word) === true]] : [],
  ),
)

/**
 * Flags and positionals of a command line. A mistyped flag is named with the one that was probably meant.
 * @param flags those the command takes; each has a value, unless it stands for a choice that may be bare
 * @param many those of which the command takes several, given one by one; the others count as they were given last
 * @param most how many positionals the command takes
 */
export function readFlags(
  argv: readonly string[],
  {
    flags: single,
    many = [],
    most,
  }: { readonly flags: readonly string[]; readonly many?: readonly string[]; readonly most: number },
): {
  values: Partial<Record<string, string>>
  lists: Readonly<Record<string, readonly string[]>>
  positionals: readonly string[]
} {
  const flags = [...single, ...many]
  const { tokens } = parseArgs({
    args: withValues(argv),
    options: Object.fromEntries(flags.map((flag) => [flag, { type: 'string' as const }])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const values: Partial<Record<string, string>> = {}
  const lists = Object.fromEntries(many.map((flag): [string, string[]] => [flag, []]))
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    if (!flags.includes(token.name)) throw unknownFlag(token.rawName, flags)
    if (!token.value)
      throw new LoadgateError('usage', `${token.rawName} needs a value`, { hint: 'See `loadgate help`.' })
    if (many.includes(token.name)) lists[token.name]!.push(token.value)
    else values[token.name] = token.value
  }
  if (positionals.length > most)
    throw new LoadgateError('usage', `"${positionals[most]}" is one argument too many`, {
      hint: 'See `loadgate help`.',
    })
  return { values, lists, positionals }
}

/** A bare flag gets its value: the word behind it where that is one, else `true`. */
function withValues(argv: readonly string[]): string[] {
  const args: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const arg = argv[at]!
    const isValue = BARE.get(arg)
    if (isValue === undefined) args.push(arg)
    else args.push(`${arg}=${isValue(argv[at + 1] ?? '') ? argv[++at] : 'true'}`)
  }
  return args
}

function unknownFlag(given: string, flags: readonly string[]): LoadgateError {
  const meant = nearest(
    given,
    flags.map((flag) => `--${flag}`),
  )
  return new LoadgateError('usage', `This command has no flag ${given}`, {
    hint: meant ? `Did you mean ${meant}?` : 'See `loadgate help`.',
  })
}
