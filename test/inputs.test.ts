import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { CHOICES, optionsFromAction, optionsFromCommandLine, readFlags } from '../src/inputs.ts'
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

test('the version is that of package.json', () => {
  expect(JSON.parse(read('package.json')).version).toBe(VERSION)
})

test('an action without inputs has the defaults', () => {
  expect(optionsFromAction(() => '')).toMatchObject({
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
    comment: true,
  })
})

test.each([
  [[], { profile: 'loadgate.yml', reportDir: undefined, comment: false, githubToken: undefined, json: undefined }],
  [['--compare', 'side-by-side', '--rounds', '4'], { compare: 'side-by-side', rounds: 4 }],
  [['--base-target', 'http://127.0.0.1:8081/shop/'], { baseTarget: 'http://127.0.0.1:8081/shop' }],
  [['shop.yml', '--save-baseline'], { profile: 'shop.yml', saveBaseline: 'true' }],
  [
    ['--save-baseline=false', '--require-baseline', 'shop.yml'],
    { saveBaseline: 'false', requireBaseline: true, profile: 'shop.yml' },
  ],
  [['--threads', '2', '--json', 'out.json', '--report', 'r'], { threads: 2, json: 'out.json', reportDir: 'r' }],
  [['--save-baseline', 'false', 'shop.yml'], { saveBaseline: 'false', profile: 'shop.yml' }],
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
  [['--rounds', '1'], '`--rounds` is "1"', 'Write a number from 2 to 10, or auto.'],
  [['--rounds', '11'], '`--rounds` is "11"', 'Write a number from 2 to 10, or auto.'],
  [['--base-target', 'ftp://x'], '`--base-target` is "ftp://x"', 'Write an address such as https://base.example.'],
  [
    ['--base-target', 'http://127.0.0.1:1', '--compare', 'none'],
    '`--base-target` is set, but `--compare` is "none"',
    'Leave one of them out.',
  ],
  [['--threads', '0'], '`--threads` is "0"', 'Write a number from 1 to 99, or auto.'],
  [['--threads', '1.5'], '`--threads` is "1.5"', 'Write a number from 1 to 99, or auto.'],
  [['--on-inconclusive', 'maybe'], '`--on-inconclusive` is "maybe"', 'Write one of: warn, fail.'],
  [['--save-baseline=yes'], '`--save-baseline` is "yes"', 'Write one of: auto, true, false.'],
])('run %j is refused', (argv, message, hint) => {
  expect(() => optionsFromCommandLine(argv)).toThrow(expect.objectContaining({ kind: 'usage', message, hint }))
})

test('an input with a wrong value is named', () => {
  expect(() => optionsFromAction((name) => (name === 'comment' ? 'yes' : ''))).toThrow('input `comment` is "yes"')
})

test('a flag of another command is refused', () => {
  expect(() => readFlags(['--threads', '2'], { flags: ['profile'], most: 9 })).toThrow(
    'This command has no flag --threads',
  )
})
