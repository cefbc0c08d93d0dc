import { parseArgs } from 'node:util'
import { MOST_ROUNDS } from './compare/look-levels.ts'
import { LoadgateError } from './errors.ts'
import { nearest } from './nearest.ts'

/** Everything a person can choose for one run, read once and frozen. Paths are as given. */
export interface GateOptions {
  readonly profile: string
  readonly compare: 'auto' | 'baseline' | 'side-by-side' | 'none'
  /** Where the base version is deployed, without a trailing slash. */
  readonly baseTarget: string | undefined
  /** Side by side: at most so many. */
  readonly rounds: number | 'auto'
  /** `artifact`, `branch:NAME`, `s3://BUCKET/PREFIX`, `file:PATH` or `none`. */
  readonly baseline: string
  readonly saveBaseline: 'auto' | 'true' | 'false'
  readonly requireBaseline: boolean
  readonly onInconclusive: 'warn' | 'fail'
  /** Of a pull request; undefined where none accepts anything. */
  readonly acceptLabel: string | undefined
  readonly reportDir: string | undefined
  readonly json: string | undefined
  readonly threads: number | 'auto'
  readonly comment: boolean
  /** Never printed; masked before anything else happens. */
  readonly githubToken: string | undefined
}

/** One choice: an input of the action, a flag of the command line, or both. The README's tables are this table. */
interface Choice {
  readonly about: string
  readonly default: string
  /** What a laptop does instead of the default; "" for nothing. */
  readonly onLaptop?: string
  readonly values?: readonly string[]
  /** Absent: the action alone has it. */
  readonly flag?: string
  /** A flag without a value means `true`. */
  readonly bare?: true
  /** Absent from action.yml: the command line alone has it. */
  readonly commandLineOnly?: true
}

export const CHOICES = {
  profile: { about: 'Path of the load profile.', default: 'loadgate.yml' },
  compare: {
    about:
      'What the run is compared with: `side-by-side` (the base version, measured at the same time), `baseline` (stored runs), `none`, or `auto`: on a pull request side by side where the profile has a `service`, else stored runs.',
    default: 'auto',
    values: ['auto', 'baseline', 'side-by-side', 'none'],
    flag: 'compare',
  },
  'base-target': {
    about: 'Address where the base version is already deployed, to be measured side by side with the `target`.',
    default: '',
    flag: 'base-target',
  },
  rounds: {
    about:
      'Rounds side by side, each the whole load with freshly started processes: at most so many (2 to 10), or `auto` (as many as five minutes of load hold).',
    default: 'auto',
    flag: 'rounds',
  },
  baseline: {
    about:
      'Where recent runs are kept: `artifact` (those of this workflow), `branch:NAME`, `s3://BUCKET/PREFIX`, `file:PATH`, or `none`.',
    default: 'artifact',
    onLaptop: 'file:.loadgate/baseline.json',
    flag: 'baseline',
  },
  'save-baseline': {
    about: 'Add this run to the baseline: `auto` on pushes to the default branch and on schedules, `true`, `false`.',
    default: 'auto',
    values: ['auto', 'true', 'false'],
    flag: 'save-baseline',
    bare: true,
  },
  'require-baseline': {
    about: 'Refuse to start when there is no comparable baseline for the relative budgets.',
    default: 'false',
    values: ['true', 'false'],
    flag: 'require-baseline',
    bare: true,
  },
  'accept-label': {
    about:
      'Label of a pull request that accepts its changes: the head is then judged by its own profile, budgets and `loadgate-accept.yml`.',
    default: 'loadgate-accepted',
    onLaptop: '',
  },
  'on-inconclusive': {
    about: '`warn` keeps the check green when noise hides the answer, `fail` turns it red.',
    default: 'warn',
    values: ['warn', 'fail'],
    flag: 'on-inconclusive',
  },
  threads: {
    about: 'Worker threads that send the load: a number, or `auto` (from the plan and the machine).',
    default: 'auto',
    flag: 'threads',
  },
  'report-dir': {
    about: 'Directory for `report.md` and `report.json`.',
    default: 'loadgate-report',
    onLaptop: '',
    flag: 'report',
  },
  json: {
    about: 'Path for the machine-readable result and comparison.',
    default: '',
    flag: 'json',
    commandLineOnly: true,
  },
  comment: {
    about: 'Keep one comment on the pull request up to date.',
    default: 'true',
    onLaptop: 'false',
    values: ['true', 'false'],
  },
  'github-token': {
    about: 'Token for the comment; needs `pull-requests: write`. Without the permission the job summary has it all.',
    default: '${{ github.token }}',
    onLaptop: '',
  },
} as const satisfies Record<string, Choice>

export type ChoiceName = keyof typeof CHOICES

const WITH_FLAG = Object.values<Choice>(CHOICES).flatMap(({ flag, bare, values }) =>
  flag ? [{ flag, bare, values }] : [],
)
const FLAGS = WITH_FLAG.map(({ flag }) => flag)
const BARE = new Map(WITH_FLAG.flatMap(({ flag, bare, values = [] }) => (bare ? [[`--${flag}`, values]] : [])))

/** Reads the action's inputs; an empty one is the default, which the runner has already filled in from action.yml. */
export function optionsFromAction(read: (input: string) => string): GateOptions {
  return optionsFrom(
    (name) => read(name).trim() || CHOICES[name].default,
    (name) => `input \`${name}\``,
  )
}

/** Reads the flags of `loadgate run`. */
export function optionsFromCommandLine(argv: readonly string[]): GateOptions {
  const { values, positionals } = readFlags(argv, { flags: FLAGS, most: 1 })
  return optionsFrom(
    (name) => {
      if (name === 'profile') return positionals[0] ?? CHOICES.profile.default
      const choice: Choice = CHOICES[name]
      return (choice.flag && values[choice.flag]) || (choice.onLaptop ?? choice.default)
    },
    (name) => `\`--${(CHOICES[name] as Choice).flag ?? name}\``,
  )
}

function optionsFrom(value: (name: ChoiceName) => string, label: (name: ChoiceName) => string): GateOptions {
  const oneOf = <T extends string>(name: ChoiceName): T => {
    const given = value(name)
    const allowed = (CHOICES[name] as Choice).values ?? []
    if (allowed.includes(given)) return given as T
    throw new LoadgateError('usage', `${label(name)} is "${given}"`, { hint: `Write one of: ${allowed.join(', ')}.` })
  }
  const compare = oneOf<GateOptions['compare']>('compare')
  const saveBaseline = oneOf<GateOptions['saveBaseline']>('save-baseline')
  if (value('baseline') === 'none' && (compare === 'baseline' || saveBaseline === 'true'))
    throw new LoadgateError(
      'usage',
      `${label('baseline')} is "none", but ${label(compare === 'baseline' ? 'compare' : 'save-baseline')} asks for one`,
      { hint: 'Name a store, as in file:.loadgate/baseline.json.' },
    )
  const baseTarget = baseTargetFrom(value('base-target'), label('base-target'))
  if (baseTarget !== undefined && (compare === 'baseline' || compare === 'none'))
    throw new LoadgateError('usage', `${label('base-target')} is set, but ${label('compare')} is "${compare}"`, {
      hint: 'Leave one of them out.',
    })
  return Object.freeze({
    profile: value('profile'),
    compare,
    baseTarget,
    rounds: numberOrAuto(value('rounds'), label('rounds'), { least: 2, most: MOST_ROUNDS }),
    baseline: value('baseline'),
    saveBaseline,
    requireBaseline: oneOf('require-baseline') === 'true',
    acceptLabel: value('accept-label') || undefined,
    onInconclusive: oneOf<GateOptions['onInconclusive']>('on-inconclusive'),
    reportDir: value('report-dir') || undefined,
    json: value('json') || undefined,
    threads: numberOrAuto(value('threads'), label('threads'), { least: 1, most: 99 }),
    comment: oneOf('comment') === 'true',
    githubToken: value('github-token') || undefined,
  })
}

function numberOrAuto(
  text: string,
  label: string,
  { least, most }: { readonly least: number; readonly most: number },
): number | 'auto' {
  if (text === 'auto') return text
  if (/^[1-9]\d?$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text)
  throw new LoadgateError('usage', `${label} is "${text}"`, {
    hint: `Write a number from ${least} to ${most}, or auto.`,
  })
}

function baseTargetFrom(text: string, label: string): string | undefined {
  if (text === '') return undefined
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash) return text.replace(/\/+$/, '')
  throw new LoadgateError('usage', `${label} is "${text}"`, { hint: 'Write an address such as https://base.example.' })
}

/**
 * Flags and positionals of a command line. A mistyped flag is named with the one that was probably meant.
 * @param flags those the command takes; each has a value, unless it stands for a choice that may be bare
 * @param most how many positionals the command takes
 */
export function readFlags(
  argv: readonly string[],
  { flags, most }: { readonly flags: readonly string[]; readonly most: number },
): { values: Partial<Record<string, string>>; positionals: readonly string[] } {
  const { tokens } = parseArgs({
    args: withValues(argv),
    options: Object.fromEntries(flags.map((flag) => [flag, { type: 'string' as const }])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  })
  const values: Partial<Record<string, string>> = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    if (!flags.includes(token.name)) throw unknownFlag(token.rawName, flags)
    if (!token.value)
      throw new LoadgateError('usage', `${token.rawName} needs a value`, { hint: 'See `loadgate help`.' })
    values[token.name] = token.value
  }
  if (positionals.length > most)
    throw new LoadgateError('usage', `"${positionals[most]}" is one argument too many`, {
      hint: 'See `loadgate help`.',
    })
  return { values, positionals }
}

/** A bare flag gets its value: the word behind it where that is one, else `true`. */
function withValues(argv: readonly string[]): string[] {
  const args: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const arg = argv[at]!
    const values = BARE.get(arg)
    if (values === undefined) args.push(arg)
    else args.push(`${arg}=${values.includes(argv[at + 1] ?? '') ? argv[++at] : 'true'}`)
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
