import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { CHOICES } from '../src/choices.ts'
import { HELP } from '../src/command-line/help.ts'
import { readFlags } from '../src/flags.ts'
import { optionsFromAction, optionsFromCommandLine } from '../src/inputs.ts'
import { VERSION } from '../src/version.ts'

const root = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

interface Shown {
  readonly about: string
  readonly default: string
  readonly flag?: string
  readonly commandLineOnly?: true
}
const choices = Object.entries<Shown>(CHOICES)

test('action.yml declares exactly the inputs that are read, with their defaults and words', () => {
  const declared = Object.entries<{ description: string; default: string }>(parse(read('action.yml')).inputs)
  const wanted = choices
    .filter(([, { commandLineOnly }]) => !commandLineOnly)
    .map(([name, { about, default: usual }]) => [name, { description: about, default: usual }])
  expect(declared).toEqual(wanted)
})

test('the table of inputs in the README is the one that is read', () => {
  for (const [name, { about, default: usual, flag, commandLineOnly }] of choices) {
    const input = commandLineOnly ? '' : `\`${name}\``
    const shown = flag ? `\`--${flag}\`` : ''
    expect(read('README.md')).toContain(`| ${input} | ${shown} | ${usual ? `\`${usual}\`` : ''} | ${about} |`)
  }
})

test('the help has every flag, apart from its words', () => {
  for (const [, { flag, about }] of choices)
    if (flag) expect(HELP).toMatch(new RegExp(`^  --${flag} +${RegExp.escape(about.replaceAll('`', ''))}`, 'm'))
})

test('the version is that of package.json', () => {
  expect(JSON.parse(read('package.json')).version).toBe(VERSION)
})

/** What the runner sets: what the workflow gives, even if it is empty, and the default of what it does not name. */
const asRunner = (given: Readonly<Record<string, string>>) => (name: string) =>
  given[name] ?? choices.find(([other]) => other === name)?.[1].default ?? ''

test('an action without inputs has the defaults', () => {
  expect(optionsFromAction(asRunner({}))).toMatchObject({
    profile: 'loadgate.yml',
    compare: 'auto',
    baseTarget: undefined,
    rounds: 'auto',
    baseline: 'artifact',
    saveBaseline: 'auto',
    requireBaseline: false,
    onInconclusive: 'warn',
    threads: 'auto',
    reportDir: 'loadgate-report',
    acceptLabel: 'loadgate-accepted',
    comment: true,
  })
})

test('an input that is given as nothing is none, where that means something, and else the default', () => {
  const nothing = Object.fromEntries(choices.map(([name]) => [name, ' ']))
  expect(optionsFromAction(asRunner(nothing))).toMatchObject({
    ...{ acceptLabel: undefined, githubToken: undefined, reportDir: undefined },
    ...{ profile: 'loadgate.yml', compare: 'auto', baseline: 'artifact', comment: true },
  })
})

test.each([
  [[], { profile: 'loadgate.yml', reportDir: undefined, comment: false, githubToken: undefined, json: undefined }],
  [['--compare', 'side-by-side', '--rounds', '4'], { compare: 'side-by-side', rounds: 4 }],
  [['--base-target', 'http://127.0.0.1:8081/shop/'], { baseTarget: 'http://127.0.0.1:8081/shop' }],
  [['--base-target', 'HTTP://Base.Example:80/'], { baseTarget: 'http://base.example' }],
  [[], { allowTargets: [] }],
  [
    ['--allow-targets', ' shop.example:8443, *.preview.example\n10.0.0.0/8 '],
    {
      allowTargets: [
        { host: 'shop.example', port: 8443 },
        { host: '*.preview.example', port: undefined },
        { network: { octets: [10, 0, 0, 0], bits: 8 }, port: undefined },
      ],
    },
  ],
  [['shop.yml', '--save-baseline'], { profile: 'shop.yml', saveBaseline: 'true' }],
  [
    ['--save-baseline=false', '--require-baseline', 'shop.yml'],
    { saveBaseline: 'false', requireBaseline: true, profile: 'shop.yml' },
  ],
  [['--threads', '2', '--json', 'out.json', '--report', 'r'], { threads: 2, json: 'out.json', reportDir: 'r' }],
  [['--save-baseline', 'false', 'shop.yml'], { saveBaseline: 'false', profile: 'shop.yml' }],
  [['--live-html', 'shop.yml'], { liveHtml: 0, profile: 'shop.yml' }],
  [['--live-html', '8000', 'shop.yml'], { liveHtml: 8_000, profile: 'shop.yml' }],
  [['shop.yml'], { liveHtml: undefined }],
  [['--require-baseline', 'true.yml'], { requireBaseline: true, profile: 'true.yml' }],
  [['--baseline=none', '--on-inconclusive', 'fail'], { baseline: 'none', onInconclusive: 'fail' }],
])('run %j', (argv, options) => {
  expect(optionsFromCommandLine(argv)).toMatchObject(options)
})

test.each([
  [['--baselin', 'none'], 'This command has no flag --baselin', 'Did you mean --baseline?'],
  [['--wibble'], 'This command has no flag --wibble', 'See `loadgate help`.'],
  [['--json'], '--json needs a value', 'See `loadgate help`.'],
  [['--json='], '--json needs a value', 'See `loadgate help`.'],
  [
    ['--baseline', 'none', '--compare', 'baseline'],
    '`--baseline` is "none", but `--compare` asks for one',
    'Name a store, as in file:.loadgate/baseline.json.',
  ],
  [
    ['--baseline', 'none', '--save-baseline'],
    '`--baseline` is "none", but `--save-baseline` asks for one',
    'Name a store, as in file:.loadgate/baseline.json.',
  ],
  [['a.yml', 'b.yml'], '"b.yml" is one argument too many', 'See `loadgate help`.'],
  [['--live-html', '70000'], '`--live-html` is "70000"', 'Write a port, such as 8000, or none.'],
  [['--rounds', '1'], '`--rounds` is "1"', 'Write a number from 2 to 10, or auto.'],
  [['--rounds', '11'], '`--rounds` is "11"', 'Write a number from 2 to 10, or auto.'],
  [
    ['--base-target', 'ftp://x'],
    '`--base-target`: "ftp://x" is not an absolute address; write one such as http://127.0.0.1:8080',
    'Write an address such as https://base.example.',
  ],
  [
    ['--base-target', 'https://ada:secret@base.example'],
    '`--base-target`: target holds a user name or password; send them as a header, from ${env.NAME}',
    'Write an address such as https://base.example.',
  ],
  [
    ['--base-target', 'https://ada:secret@base example'],
    '`--base-target`: "https://***@base example" is not an absolute address; write one such as http://127.0.0.1:8080',
    'Write an address such as https://base.example.',
  ],
  [
    ['--base-target', 'http://127.0.0.1:1', '--compare', 'none'],
    '`--base-target` is set, but `--compare` is "none"',
    'Leave one of them out.',
  ],
  [
    ['--allow-targets', 'shop.example, http://other.example *'],
    '`--allow-targets` names "http://other.example", "*"',
    'Write hosts (shop.example, *.preview.example, shop.example:8443), addresses (10.0.0.5, [fd00::1]:8080) or networks (10.0.0.0/8).',
  ],
  [['--threads', '0'], '`--threads` is "0"', 'Write a number from 1 to 99, or auto.'],
  [['--threads', '1.5'], '`--threads` is "1.5"', 'Write a number from 1 to 99, or auto.'],
  [['--on-inconclusive', 'maybe'], '`--on-inconclusive` is "maybe"', 'Write one of: warn, fail.'],
  [['--save-baseline=yes'], '`--save-baseline` is "yes"', 'Write one of: auto, true, false.'],
])('run %j is refused', (argv, message, hint) => {
  expect(() => optionsFromCommandLine(argv)).toThrow(expect.objectContaining({ kind: 'usage', message, hint }))
})

test.each([
  [['--report', 'r', '--format', 'junit, csv,,junit'], { reportFormats: ['junit', 'csv'] }],
  [['--report', 'r'], { reportFormats: [] }],
  [['--log', 'runs.csv'], { runLog: 'runs.csv', reportDir: undefined }],
])('run %j writes these files', (argv, options) => {
  expect(optionsFromCommandLine(argv)).toMatchObject(options)
})

test.each([
  [
    ['--report', 'r', '--format', 'xml'],
    '`--format` names "xml"',
    'Write one or more of: junit, csv, openmetrics, benchmark.',
  ],
  [['--report', 'r', '--format', 'markdown'], '`--format` names "markdown"', /junit/],
  [['--report', 'r', '--format', 'constructor'], '`--format` names "constructor"', /junit/],
  [['--format', 'junit'], '`--format` is set, but `--report` is not', 'Name the directory for these files.'],
])('run %j is refused: %s', (argv, message, hint) => {
  const expected = typeof hint === 'string' ? hint : expect.stringMatching(hint)
  expect(() => optionsFromCommandLine(argv)).toThrow(
    expect.objectContaining({ kind: 'usage', message, hint: expected }),
  )
})

test.each([
  [{ comment: 'later' }, { comment: false, commentLater: true }],
  [{ comment: 'true' }, { comment: true, commentLater: false }],
  [{ 'publish-from-run': ' 12345 ' }, { publishFromRun: 12345 }],
  [{ 'publish-from-run': '' }, { publishFromRun: undefined }],
  [
    { issue: 'true', 'check-run': 'true' },
    { issue: true, checkRun: true },
  ],
  [{}, { issue: false, checkRun: false, reportFormats: [], runLog: undefined }],
])('the inputs %j', (given, options) => {
  expect(optionsFromAction(asRunner(given as Record<string, string>))).toMatchObject(options)
})

test.each(['0', '-1', '1.5', '1e3', '12345678901234567', '${{ github.event.workflow_run.id }}', '7 || true'])(
  '%j is the id of no run',
  (id) => {
    expect(() => optionsFromAction(asRunner({ 'publish-from-run': id }))).toThrow('input `publish-from-run` is ')
  },
)

test('an input with a wrong value is named', () => {
  expect(() => optionsFromAction((name) => (name === 'comment' ? 'yes' : ''))).toThrow('input `comment` is "yes"')
})

test('a flag of another command is refused', () => {
  expect(() => readFlags(['--threads', '2'], { flags: ['profile'], most: 9 })).toThrow(
    'This command has no flag --threads',
  )
})
