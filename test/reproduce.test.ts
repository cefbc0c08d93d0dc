import { expect, test } from '@jest/globals'
import { readListedTarget } from '../src/allowed-targets.ts'
import { reproduce } from '../src/reproduce.ts'

const COMMIT = 'ab'.repeat(20)
const USUAL = {
  profile: 'loadgate.yml',
  compare: 'auto',
  baseTarget: undefined,
  allowTargets: [],
  rounds: 'auto',
  baseline: 'artifact',
  threads: 'auto',
} as const

function listed(...words: readonly string[]) {
  return words.map((word) => readListedTarget(word)!)
}

test.each<[string, Partial<Parameters<typeof reproduce>[0]>, boolean]>([
  ['loadgate run loadgate.yml', {}, false],
  ['loadgate run loadgate.yml', { baseline: 'file:.loadgate/baseline.json' }, false],
  ['loadgate run loadgate.yml --compare none', { compare: 'none' }, false],
  [
    'loadgate run loadgate.yml --baseline s3://bucket/team --threads 2',
    { baseline: 's3://bucket/team', threads: 2 },
    false,
  ],
  ['loadgate run loadgate.yml --compare side-by-side', { baseline: 's3://bucket/team' }, true],
  ['loadgate run loadgate.yml --compare side-by-side --rounds 4', { rounds: 4 }, true],
  [
    "loadgate run 'a b.yml' --base-target 'http://base.example/?a&b'",
    { profile: 'a b.yml', baseTarget: 'http://base.example/?a&b' },
    true,
  ],
  [
    "loadgate run loadgate.yml --allow-targets 'shop.internal,*.preview.example:8443,10.0.0.0/8,[fd00::1]:80' --threads 2",
    { allowTargets: listed('shop.internal', '*.preview.example:8443', '10.0.0.0/8', '[fd00::1]:80'), threads: 2 },
    false,
  ],
  [
    'loadgate run loadgate.yml --compare side-by-side --allow-targets shop.internal',
    { allowTargets: listed('shop.internal') },
    true,
  ],
  ["loadgate run 'it'\\''s.yml'", { profile: "it's.yml" }, false],
])('%s', (command, options, sideBySide) => {
  const chosen = { ...USUAL, ...options }
  expect(reproduce(chosen, { commit: undefined, sideBySide })).toBe(command)
  expect(reproduce(chosen, { commit: COMMIT, sideBySide })).toBe(`git checkout ${COMMIT} && ${command}`)
})
