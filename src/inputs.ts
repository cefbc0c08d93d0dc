import { type ListedTarget, readListedTarget } from './allowed-targets.ts'
import { CHOICES, type Choice, type ChoiceName } from './choices.ts'
import { MOST_ROUNDS } from './compare/look-levels.ts'
import { LoadgateError } from './errors.ts'
import { FARGATE_CHOICES, type FargateChoice, fargateFrom } from './fargate/setup/choices.ts'
import type { GivenFargate } from './fargate/setup/settings.ts'
import { FLAGS, readFlags } from './flags.ts'
import { laptopStore } from './laptop-store.ts'
import { readTarget } from './profile/scalars.ts'
import { EXTRA_FORMS, type ExtraForm } from './report/forms.ts'

/** Everything a person can choose for one run, read once and frozen. Paths are as given. */
export interface GateOptions {
  readonly profile: string
  readonly compare: 'auto' | 'baseline' | 'side-by-side' | 'none'
  /** Where the base version is deployed, without a trailing slash. */
  readonly baseTarget: string | undefined
  /** What load may be sent to besides what the reviewed profile names. */
  readonly allowTargets: readonly ListedTarget[]
  /** Side by side: at most so many. */
  readonly rounds: number | 'auto'
  /** `artifact`, `branch:NAME`, `s3://BUCKET/PREFIX`, `file:PATH` or `none`. */
  readonly baseline: string
  readonly saveBaseline: 'auto' | 'true' | 'false'
  readonly requireBaseline: boolean
  readonly onInconclusive: 'warn' | 'fail'
  /** Of a pull request; undefined where none accepts anything. */
  readonly acceptLabel: string | undefined
  /** Whether to judge as if the pull request carried it. */
  readonly accepted: boolean
  readonly reportDir: string | undefined
  /** For other programs, beside the usual files of the report directory. */
  readonly reportFormats: readonly ExtraForm[]
  /** A CSV file to which the run is added as a line. */
  readonly runLog: string | undefined
  /** Port of the report that is served meanwhile, 0 for any; undefined where none is. */
  readonly liveHtml: number | undefined
  readonly json: string | undefined
  readonly threads: number | 'auto'
  readonly runOn: 'runner' | 'fargate' | 'auto'
  readonly fargate: GivenFargate
  /** Whether to leave the workers to themselves once they send. */
  readonly detach: boolean
  /** A run on Fargate that was detached, whose results are taken instead of sending a load. */
  readonly collect?: string | undefined
  readonly comment: boolean
  /** Whether the report is stored for a workflow that may comment. */
  readonly commentLater: boolean
  /** Whether a schedule keeps an issue for as long as a budget is broken. */
  readonly issue: boolean
  /** Whether a check run of its own is open while this one measures. */
  readonly checkRun: boolean
  /** A workflow run whose stored reports are commented with; nothing is measured then. */
  readonly publishFromRun: number | undefined
  /** Never printed; masked before anything else happens. */
  readonly githubToken: string | undefined
}

/**
 * Reads the action's inputs. The runner fills the defaults of action.yml in where an input is left out, so one that is empty
 * was given so, perhaps by a secret that is not there: none where that has a meaning, else the default.
 */
export function optionsFromAction(read: (input: string) => string): GateOptions {
  return optionsFrom(
    (name) => {
      const choice: Choice = CHOICES[name]
      return read(name).trim() || (choice.mayBeEmpty ? '' : choice.default)
    },
    (name) => `input \`${name}\``,
  )
}

/** Reads the flags of `loadgate run`. */
export function optionsFromCommandLine(argv: readonly string[]): GateOptions {
  const { values, positionals } = readFlags(argv, { flags: FLAGS, most: 1 })
  const profile = positionals[0] ?? CHOICES.profile.default
  return optionsFrom(
    (name) => {
      if (name === 'profile') return profile
      const choice: Choice = CHOICES[name]
      const given = choice.flag && values[choice.flag]
      if (!given && name === 'baseline') return laptopStore({ cwd: process.cwd(), profile })
      return given || (choice.onLaptop ?? choice.default)
    },
    (name) => `\`--${(CHOICES[name] as Choice).flag ?? name}\``,
  )
}

const FARGATE_FLAGS = Object.values<Choice>(FARGATE_CHOICES).flatMap(({ flag }) => flag ?? [])

/** For commands that speak of Fargate alone. */
export function fargateFromFlags(
  argv: readonly string[],
  { most }: { readonly most: number },
): { readonly given: GivenFargate; readonly positionals: readonly string[] } {
  const { values, positionals } = readFlags(argv, { flags: FARGATE_FLAGS, most })
  const choice = (name: FargateChoice): Choice => FARGATE_CHOICES[name]
  const value = (name: FargateChoice) => ((values[choice(name).flag ?? ''] || choice(name).default) ?? '').trim()
  return { given: fargateFrom(value, (name) => `\`--${choice(name).flag ?? name}\``), positionals }
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
  const reportDir = value('report-dir') || undefined
  const reportFormats = extraForms(value('report-formats'), label('report-formats'))
  if (reportFormats.length > 0 && reportDir === undefined)
    throw new LoadgateError('usage', `${label('report-formats')} is set, but ${label('report-dir')} is not`, {
      hint: 'Name the directory for these files.',
    })
  const baseTarget = baseTargetFrom(value('base-target'), label('base-target'))
  if (baseTarget !== undefined && (compare === 'baseline' || compare === 'none'))
    throw new LoadgateError('usage', `${label('base-target')} is set, but ${label('compare')} is "${compare}"`, {
      hint: 'Leave one of them out.',
    })
  if (value('rounds') !== 'auto' && (compare === 'baseline' || compare === 'none'))
    throw new LoadgateError('usage', `${label('rounds')} is set, but ${label('compare')} is "${compare}"`, {
      hint: 'Rounds are of a comparison side by side; leave one of them out.',
    })
  return Object.freeze({
    profile: value('profile'),
    compare,
    baseTarget,
    allowTargets: allowTargetsFrom(value('allow-targets'), label('allow-targets')),
    rounds: numberOrAuto(value('rounds'), label('rounds'), { least: 2, most: MOST_ROUNDS }),
    baseline: value('baseline'),
    saveBaseline,
    requireBaseline: oneOf('require-baseline') === 'true',
    acceptLabel: value('accept-label') || undefined,
    accepted: oneOf('accepted') === 'true',
    onInconclusive: oneOf<GateOptions['onInconclusive']>('on-inconclusive'),
    reportDir,
    reportFormats,
    runLog: value('run-log') || undefined,
    liveHtml: portFrom(value('live-html'), label('live-html')),
    json: value('json') || undefined,
    threads: numberOrAuto(value('threads'), label('threads'), { least: 1, most: 99 }),
    runOn: oneOf<GateOptions['runOn']>('run-on'),
    fargate: fargateFrom(
      (name: FargateChoice) => value(name).trim(),
      (name: FargateChoice) => label(name),
    ),
    detach: oneOf('detach') === 'true',
    comment: oneOf('comment') === 'true',
    issue: oneOf('issue') === 'true',
    checkRun: oneOf('check-run') === 'true',
    commentLater: oneOf('comment') === 'later',
    publishFromRun: runIdFrom(value('publish-from-run'), label('publish-from-run')),
    githubToken: value('github-token') || undefined,
  })
}

function extraForms(text: string, label: string): readonly ExtraForm[] {
  const names = listed(text)
  for (const name of names)
    if (!isExtraForm(name))
      throw new LoadgateError('usage', `${label} names "${name}"`, {
        hint: `Write one or more of: ${Object.keys(EXTRA_FORMS).join(', ')}.`,
      })
  return names.filter(isExtraForm)
}

/** Hosts, addresses and networks. */
export function allowTargetsFrom(text: string, label: string): readonly ListedTarget[] {
  const read = text.split(/[\s,]+/).flatMap((word) => (word === '' ? [] : [{ word, target: readListedTarget(word) }]))
  const wrong = read.flatMap(({ word, target }) => (target === undefined ? [`"${word}"`] : []))
  if (wrong.length > 0)
    throw new LoadgateError('usage', `${label} names ${wrong.join(', ')}`, {
      hint: 'Write hosts (shop.example, *.preview.example, shop.example:8443), addresses (10.0.0.5, [fd00::1]:8080) or networks (10.0.0.0/8).',
    })
  return read.flatMap(({ target }) => (target === undefined ? [] : [target]))
}

/** "junit, csv", each once. */
export function listed(text: string): readonly string[] {
  return [...new Set(text.split(',').flatMap((name) => name.trim() || []))]
}

const isExtraForm = (name: string): name is ExtraForm => Object.hasOwn(EXTRA_FORMS, name)

function runIdFrom(text: string, label: string): number | undefined {
  if (text === '') return undefined
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new LoadgateError('usage', `${label} is "${text}"`, {
    hint: 'Write the id of a workflow run: ${{ github.event.workflow_run.id }}.',
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

const HIGHEST_PORT = 65_535

function portFrom(text: string, label: string): number | undefined {
  if (text === '') return undefined
  if (text === 'true') return 0
  if (/^\d{1,5}$/.test(text) && Number(text) <= HIGHEST_PORT) return Number(text)
  throw new LoadgateError('usage', `${label} is "${text}"`, { hint: 'Write a port, such as 8000, or none.' })
}

/** Held to what `target` is held to, and written in the same one way: the two are compared with each other. */
function baseTargetFrom(text: string, label: string): string | undefined {
  if (text === '') return undefined
  const found = readTarget(text)
  if ('value' in found) return found.value
  // What cannot be read may still have a password in it.
  const shown = text.replace(/\/\/.*@/s, '//***@')
  const why = found.message.replace('{}', () => `"${shown}"`)
  throw new LoadgateError('usage', `${label}: ${why}`, { hint: 'Write an address such as https://base.example.' })
}
