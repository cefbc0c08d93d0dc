import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type BaselineRun, WINDOW } from '../../src/baseline/baseline.ts'
import { encodeRuns } from '../../src/baseline/file-format.ts'
import { storeNotes } from '../../src/baseline/store-notes.ts'
import { digestOf, type MadeArtifact, type MadeRun, REPOSITORY_ID } from '../support/github-actions.ts'
import { evilZips, zipOf } from '../support/zips.ts'
import { ArtifactBench, COMMITS, NAME, packed, zipped } from './artifact-bench.ts'
import { NOW } from './made-run.ts'
import { hurried, refusal, small } from './store-laws.ts'

const { first, second, third, fourth, aside } = COMMITS
const gone = 'f'.repeat(40)
const FORK = 999

let bench: ArtifactBench
beforeAll(async () => {
  bench = await ArtifactBench.start()
})
beforeEach(() => bench.reset())
afterAll(async () => {
  expect(bench.actions.leaked).toBe(0)
  await bench.close()
})

const trusted = () => bench.addArtifact(bench.addRun(), { zip: zipped([small('trusted', 1, second)]) })
const idsOf = (runs: readonly BaselineRun[]) => runs.map(({ id }) => id)

/** Newer than the trusted one in everything, and one step away from being trusted. */
const near = (run: Partial<MadeRun>, artifact: Partial<MadeArtifact> = {}) =>
  bench.addArtifact(bench.addRun({ commit: third, ...run }), { zip: zipped([small('near', 2, third)]), ...artifact })

const EVENTS = [
  'pull_request',
  'pull_request_target',
  'workflow_run',
  'merge_group',
  'repository_dispatch',
  'issue_comment',
  'release',
]
const CONCLUSIONS = [
  null,
  'failure',
  'cancelled',
  'skipped',
  'neutral',
  'timed_out',
  'action_required',
  'stale',
  'startup_failure',
]

const NEAR_MISSES: readonly (readonly [string, () => unknown, RegExp])[] = [
  ["a fork's main", () => near({ headRepository: FORK, event: 'pull_request' }), /from a fork/],
  ["a fork's main that calls itself a push", () => near({ headRepository: FORK }), /from a fork/],
  [
    'a fork that the list hides',
    () => near({ headRepository: FORK }, { listedRun: { headRepository: REPOSITORY_ID } }),
    /of a fork/,
  ],
  ['a fork that is deleted', () => near({ headRepository: null }), /from a fork/],
  ['another repository', () => near({ repository: 1 }), /another repository/],
  [
    'another repository that the list hides',
    () => near({ repository: 1 }, { listedRun: { repository: REPOSITORY_ID } }),
    /another repository/,
  ],
  ...EVENTS.map((event) => [`${event} on main`, () => near({ event }), /started by/] as const),
  ...CONCLUSIONS.map(
    (conclusion) => [`a run that is ${conclusion}`, () => near({ conclusion }), /not succeeded/] as const,
  ),
  [
    'another workflow of the same name',
    () => near({ workflow: 78, path: '.github/workflows/other.yml' }),
    /another workflow/,
  ],
  ['another workflow at the same path', () => near({ workflow: 78 }), /another workflow/],
  [
    'the same workflow at another path',
    () => near({ path: '.github/workflows/performance.yml.bak' }),
    /another workflow/,
  ],
  ['another branch', () => near({ branch: 'feature' }), /another branch/],
  ['a branch called Main', () => near({ branch: 'Main' }), /another branch/],
  ['a branch called refs/heads/main', () => near({ branch: 'refs/heads/main' }), /another branch/],
  ['a branch that is deleted', () => near({ branch: null }), /another branch/],
  ['a branch that the list hides', () => near({ branch: 'feature' }, { listedRun: { branch: 'main' } }), /another one/],
  ['a rewritten branch', () => near({ commit: aside }), /not in the history/],
  ['a commit that is gone', () => near({ commit: gone }), /not in the history/],
  ['a commit that the list hides', () => near({ commit: aside }, { listedRun: { commit: third } }), /another one/],
  ['an earlier attempt of its run', () => near({ attempt: 2, startedAt: '2026-01-02T00:00:00Z' }), /earlier attempt/],
  ['a run that is not known', () => near({}, { listedRun: null }), /not known/],
  ['a missing digest', () => near({}, { digest: null }), /no digest/],
  ['an old kind of digest', () => near({}, { digest: `sha1:${'0'.repeat(40)}` }), /no digest/],
  ['a wrong digest', () => near({}, { digest: digestOf(Buffer.from('other')) }), /digest is not the one/],
  [
    'another artifact behind its id',
    () => near({}, { zip: zipped([]), digest: digestOf(zipped([small('near', 2)])) }),
    /digest is not/,
  ],
  ['an expired one', () => near({}, { expired: true }), /has expired/],
  ['one whose storage has lost it', () => near({}, { storage: 'gone' }), /has expired/],
  ['an endless one', () => near({}, { storage: 'endless' }), /more than 64000000 bytes/],
  ['a longer name', () => looselyListed({ name: `${NAME}x` }), /Nothing is stored/],
  ['a name of other letters', () => looselyListed({ name: NAME.toUpperCase() }), /Nothing is stored/],
  [
    'a damaged window',
    () => near({}, tampered(encodeRuns([small('near', 2, third)]).replace('near', 'neat'))),
    /checksum does not agree/,
  ],
  ['no window at all', () => near({}, tampered('{"verdict":"pass"}')), /not a baseline/],
  ...evilZips(packed(encodeRuns([small('near', 2, third)])), 64_000_001).map(
    ([what, zip]) => [`a zip with ${what}`, () => near({}, { zip, digest: digestOf(zip) }), /is damaged/] as const,
  ),
]

function looselyListed(artifact: Partial<MadeArtifact>): void {
  bench.actions.listsLoosely = true
  near({}, artifact)
}

function tampered(text: string): Partial<MadeArtifact> {
  const zip = zipOf([packed(text)])
  return { zip, digest: digestOf(zip) }
}

// Before all others: what a reading that is refused has still asked for may come later.
test('all requests of one reading have one end, and so has a cancelled one', async () => {
  const run = bench.addRun({ conclusion: null })
  let asked = 0
  // Three minutes have gone by once the first request is to be made.
  const late = { ...hurried, now: () => hurried.now() + (asked++ === 0 ? 0 : 180_000) }
  expect((await refusal(bench.open(run, 'reader', late).read())).message).toMatch(/could not be reached/)
  expect((await refusal(bench.open(run).read({ signal: AbortSignal.abort() }))).message).toMatch(/could not be reached/)
  expect(bench.actions.contract.requests).toEqual([])
})

test('there are many near misses, and the artifact next to them all is trusted', async () => {
  expect(NEAR_MISSES.length).toBeGreaterThan(50)
  trusted()
  near({})
  expect(await bench.open().read()).toMatchObject({ runs: [{ id: 'trusted' }, { id: 'near' }], notes: [] })
})

test.each(NEAR_MISSES)(
  '%s: exactly the trusted one is chosen, and alone it is refused in words',
  async (_, add, words) => {
    trusted()
    add()
    expect(idsOf((await bench.open().read()).runs)).toEqual(['trusted'])
    bench.actions.artifacts.splice(0, 1)
    const told = await bench
      .open()
      .read()
      .then((baseline) => [...idsOf(baseline.runs), ...storeNotes(baseline)].join('\n'), String)
    expect(told).toMatch(words)
    expect(told).not.toMatch(/^near/m)
    expect(bench.actions.contract.violations).toEqual([])
  },
)

test('all near misses at once change nothing', async () => {
  trusted()
  for (const [name, add] of NEAR_MISSES) if (name !== 'an endless one') add()
  expect(idsOf((await bench.open().read()).runs)).toEqual(['trusted'])
}, 60_000)

test('what is stored before anything is: nothing, and how it begins', async () => {
  const baseline = await bench.open().read()
  expect(baseline).toMatchObject({ store: 'artifact', runs: [] })
  expect(storeNotes(baseline)).toEqual([expect.stringContaining('Nothing is stored in artifact yet')])
})

test('expired is not the same as empty', async () => {
  near({}, { expired: true })
  expect((await bench.open().read()).notes).toEqual([
    expect.stringMatching(/has expired.*2026-01-01.*begins a new one/),
  ])
})

test('what is damaged is left out loudly while something whole is there, and is an error without it', async () => {
  trusted()
  near({}, { digest: digestOf(Buffer.from('other')) })
  expect(await bench.open().read()).toMatchObject({
    runs: [{ id: 'trusted' }],
    notes: [expect.stringMatching(/^Left out: .*is damaged/)],
  })
  bench.actions.artifacts.splice(0, 1)
  expect(await refusal(bench.open().read())).toMatchObject({
    kind: 'infrastructure',
    hint: expect.stringContaining('take it away'),
  })
  expect((await refusal(bench.open().append(small('c')))).message).toMatch(/is damaged/)
})

test('what a newer version wrote is neither read nor left out, whatever else is there', async () => {
  trusted()
  near({}, tampered(encodeRuns([]).replace('"schema":1', '"schema":9')))
  for (const act of [bench.open().read(), bench.open().append(small('c'))])
    expect(await refusal(act)).toMatchObject({
      kind: 'infrastructure',
      message: expect.stringContaining('schema 9, newer than the 1'),
      hint: 'Use a newer Loadgate.',
    })
})

test('without the permission it is no empty store', async () => {
  trusted()
  for (const token of ['blind', 'unknown'])
    expect(await refusal(bench.open(undefined, token).read())).toMatchObject({
      kind: 'infrastructure',
      message: expect.stringMatching(/no permission.*artifacts of octo-org\/shop.*40[13]/),
      hint: expect.stringContaining('actions: read'),
    })
})

test('a pull request is never saved, since nothing would trust it', async () => {
  const error = await refusal(bench.open().checkAppend())
  expect([error.kind, error.message]).toEqual(['usage', expect.stringContaining('pull_request')])
})

test.each([
  ['a broken connection', 'repos/get', 'reset'],
  ['half an answer', 'actions/list-artifacts-for-repo', 'truncated'],
  ['a page of a proxy', 'actions/get-workflow-run', 'html'],
  ['a torn answer', 'repos/compare-commits-with-basehead', 'torn'],
  ['a gateway that is down', 'actions/download-artifact', 'status'],
] as const)('%s passes', async (_, call, kind) => {
  trusted()
  bench.actions.contract.inject({ call, times: 2, kind, status: 502 })
  expect(idsOf((await bench.open().read()).runs)).toEqual(['trusted'])
})

test.each(['torn', 'broken'] as const)('a storage that is %s is no empty store', async (storage) => {
  near({}, { storage })
  const { message } = await refusal(bench.open().read())
  expect(message).toMatch(/could not be downloaded/)
  expect(message).not.toContain('secret')
})

test('what is appended is read back, through the real client and its zip', async () => {
  await bench.save(small('a', 1, first))
  await bench.save(small('b', 2, second))
  const { runs, asOf } = await bench.open().read()
  expect(runs).toEqual([small('a', 1, first), small('b', 2, second)])
  expect(asOf).toEqual({ commit: 'main', nearest: { commit: second, distance: 2, startedAt: 2 }, leftOut: 0 })
  expect(bench.actions.contract.violations).toEqual([])
})

test('the newest window says which others it holds, and they are not downloaded again', async () => {
  for (const [n, commit] of [first, second, third, fourth].entries()) await bench.save(small(`run-${n}`, n, commit))
  bench.actions.contract.requests.length = 0
  expect(idsOf((await bench.open().read()).runs)).toEqual(['run-0', 'run-1', 'run-2', 'run-3'])
  expect(bench.actions.contract.calls('actions/download-artifact')).toBe(1)
})

test('what was refused for good is not asked about by those who come after', async () => {
  for (let n = 0; n < 5; n++) near({ conclusion: 'failure' })
  near({ conclusion: null })
  await bench.save(small('a', 1, second))
  bench.actions.contract.requests.length = 0
  expect(idsOf((await bench.open().read()).runs)).toEqual(['a'])
  // Its own run, that of the artifact it takes, and the one that has not ended yet.
  expect(bench.actions.contract.calls('actions/get-workflow-run')).toBe(3)
})

test('an artifact whose run is deleted is left out', async () => {
  trusted()
  bench.actions.runs.delete(near({}).run.id)
  expect(idsOf((await bench.open().read()).runs)).toEqual(['trusted'])
})

test('a run is not trusted before it has succeeded, but by itself', async () => {
  const made = bench.addRun({ conclusion: null })
  await bench.open(made).append(small('a', 1, second))
  expect(idsOf((await bench.open().read()).runs)).toEqual([])
  expect(idsOf((await bench.open(made).read()).runs)).toEqual(['a'])
})

test('as of a commit, later runs are left out', async () => {
  for (const [n, commit] of [first, second, third].entries()) await bench.save(small(`run-${n}`, n, commit))
  expect(await bench.open().read({ asOf: second })).toMatchObject({
    runs: [{ id: 'run-0' }, { id: 'run-1' }],
    asOf: { commit: second, nearest: { commit: second, distance: 0 } },
  })
})

test('a tag is compared with the nights before it, of the same workflow', async () => {
  for (const [n, commit] of [first, second, fourth].entries())
    await bench.save(small(`night-${n}`, n, commit), { event: 'schedule' })
  const tag = bench.addRun({ event: 'push', branch: 'v1.0.0', commit: third, conclusion: null })
  const { runs, asOf } = await bench.open(tag).read()
  expect([idsOf(runs), asOf?.nearest?.commit]).toEqual([['night-0', 'night-1'], second])
  const elsewhere = { ...tag, workflow: 78, path: '.github/workflows/release.yml' }
  bench.actions.runs.set(tag.id, elsewhere)
  expect(await bench.open(elsewhere).read()).toMatchObject({
    runs: [],
    notes: [expect.stringContaining('another workflow')],
  })
})

test('a history that was rewritten takes its runs out of the window', async () => {
  await bench.save(small('kept', 1, first))
  await bench.save(small('dropped', 2, second))
  bench.actions.parents.set(third, [first])
  await bench.save(small('after', 3, third))
  expect(idsOf((await bench.open().read()).runs)).toEqual(['kept', 'after'])
})

test('two jobs of one run, and two attempts, keep an artifact each', async () => {
  const run = bench.addRun({ conclusion: null })
  for (const id of ['a', 'b', 'c']) await bench.open(run).append(small(id, 1, second))
  expect(bench.actions.artifacts.map(({ name }) => name)).toEqual([NAME, `${NAME}-2`, `${NAME}-3`])
  bench.actions.runs.set(run.id, { ...run, conclusion: 'success' })
  expect(idsOf((await bench.open().read()).runs)).toEqual(['a', 'b', 'c'])
})

test('a try that broke off after it took the name is made up for by the next name', async () => {
  bench.uploads.inject({ call: 'FinalizeArtifact', times: 1, kind: 'reset' })
  await bench.save(small('a', 1, second))
  expect(bench.actions.artifacts.map(({ name }) => name)).toEqual([`${NAME}-2`])
  expect(idsOf((await bench.open().read()).runs)).toEqual(['a'])
})

test('writers at once see nothing of each other, and readers find them all', async () => {
  const all: BaselineRun[] = []
  for (let round = 0; round < 3; round++) {
    const runs = Array.from({ length: 12 }, (_, n) =>
      small(`r${round}-${n}`, NOW + round * 1000 + ((n * 7) % 12), second),
    )
    await Promise.all(runs.map((run) => bench.save(run)))
    all.push(...runs)
    const newest = [...all].sort((a, b) => a.startedAt - b.startedAt).slice(-WINDOW)
    expect((await bench.open().read()).runs).toEqual(newest)
  }
}, 120_000)

test('every flipped bit and truncation of what lies in the storage is seen', async () => {
  const whole = trusted()
  const step = Math.max(1, Math.floor(whole.zip.length / 60))
  for (let at = 0; at < whole.zip.length; at += step)
    for (const zip of [flipped(whole.zip, at), whole.zip.subarray(0, at)]) {
      bench.actions.artifacts.splice(0, 1, { ...whole, zip })
      expect((await refusal(bench.open().read())).message).toMatch(/is damaged/)
    }
}, 60_000)

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 4
  return copy
}
