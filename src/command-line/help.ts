import { CHOICES } from '../choices.ts'

interface Shown {
  readonly about: string
  readonly default: string
  readonly onLaptop?: string
  readonly flag?: string
}

/** The longest flag's, and a space behind it. */
const WIDTH = Math.max(...Object.values<Shown>(CHOICES).map(({ flag = '' }) => flag.length)) + 5

const flags = Object.values<Shown>(CHOICES)
  .filter(({ flag }) => flag !== undefined)
  .map(({ flag, about, default: inJob, onLaptop: usual = inJob }) => {
    const otherwise = usual ? ` Default: ${usual}.` : ''
    return `  --${flag}`.padEnd(WIDTH) + about.replaceAll('`', '') + otherwise
  })

/** Flags that are no choice of a run, but of the commands that are named. */
const OWN_FLAGS = [
  ['runs', 'aa, baseline seed: how often.'],
  ['profile', 'compare: whose budgets judge.'],
  ['budget', 'compare: a budget to judge by instead, such as "p95 < 250 ms"; as many as there are.'],
  ['name', "compare: what another generator's load is called; those of other names are not compared."],
  ['metric', 'baseline accept: what is worse, as in a budget: p95, errors, throughput.'],
  ['of', 'baseline accept: of which scenario or step; left out, of the whole run.'],
  ['limit', 'baseline accept: what is accepted, such as "+ 15 %".'],
  ['reason', 'baseline accept: why, in a sentence.'],
  ['output', 'import, record: where the profile is written instead of standard output; other files beside it.'],
  ['force', 'import, record: overwrites what is there.'],
  ['target', 'record: address of the service; import: base address, where it is not the one that the file suggests.'],
  ['port', 'record: where it listens on this machine; left out, any port that is free.'],
  ['expires', 'baseline accept: the last day on which it counts, such as 2026-12-31.'],
].map(([flag, about]) => `  --${flag}`.padEnd(22) + about)

/** Where workers run. */
const OF_FARGATE = Object.entries<Shown>(CHOICES).flatMap(([name, { flag }]) =>
  flag !== undefined && name.startsWith('fargate-') ? [flag] : [],
)

/** Of the commands that do not take all that a run takes. */
const FLAGS_OF: Readonly<Record<string, readonly string[]>> = {
  check: [],
  plan: ['run-on', ...OF_FARGATE, 'max-cost', 'threads'],
  sweep: OF_FARGATE,
  compare: ['profile', 'budget', 'name', 'save-baseline', 'on-inconclusive', 'report', 'format', 'json', 'log'],
  report: ['report', 'format'],
  aa: ['runs', 'json', 'allow-targets'],
  import: ['output', 'force', 'target'],
  record: ['target', 'port', 'output', 'force'],
  'baseline show': ['baseline', 'json'],
  'baseline seed': ['baseline', 'runs', 'threads', 'allow-targets'],
  'baseline verify': ['baseline'],
  'baseline accept': ['metric', 'of', 'limit', 'reason', 'expires'],
}

export const HELP = `Loadgate sends the load of a profile, compares the result with a baseline, and says pass or fail.

  loadgate run [PROFILE]                  the gate: load, comparison, report, verdict
  loadgate check [PROFILE]                reads the profile and shows every mistake; sends nothing
  loadgate plan [PROFILE]                 draws the load, says what it amounts to and whether this machine can send
                                          it; asks no one but a stand-in of its own. With --run-on fargate also how many
                                          workers it takes, what they cost and what is missing; starts nothing
  loadgate calibrate [PROFILE]            measures on this machine what one worker on Fargate sends of the profile, and prints
                                          the line for --fargate-worker-rate; asks no one but a stand-in of its own
  loadgate compare RESULT BASELINE...     judges an earlier result (report.json) by the budgets of --profile, or one of
                                          JMeter, k6, Locust, wrk, vegeta or Artillery by those of --budget;
                                          BASELINE is file:PATH of a store, or one or more results
  loadgate report RESULT...               what a run showed, again from its report.json; --format markdown, html, json,
                                          junit, openmetrics or benchmark writes it to stdout, and --report DIR all of
                                          them into a directory (csv too, which is two files), to the byte as the run did
  loadgate import FORMAT FILE             a profile from what another tool wrote: har (a browser's recording), openapi,
                                          postman or jmx (JMeter); lists what is not in it; --output FILE writes it there
  loadgate record --target URL            a profile of what a browser does, which comes to the service by way of a proxy on
                                          this machine until Ctrl-C; as import, it lists what is not in it
  loadgate aa [PROFILE]                   compares this version with itself, side by side, --runs times (10): the gate's
                                          own false alarms, and the smallest change it can tell from noise; kept
                                          beside the profile (loadgate.sharpness.json) for the reports, or at --json PATH
  loadgate baseline show [PROFILE]        the stored runs, which of them count here, and how they went over time;
                                          --json PATH writes all of it
  loadgate baseline seed [PROFILE]        the load --runs times (5), each run added to the baseline
  loadgate baseline verify [PROFILE]      reads the whole store as a run would, and says what is wrong with it
  loadgate baseline accept [PROFILE]      adds an accepted regression to loadgate-accept.yml beside the profile:
                                          --metric, --of, --limit, --reason, --expires
  loadgate collect RUN [PROFILE]          the verdict of a run that was started with --detach, from any machine
  loadgate sweep [RUN...]                 ends what runs on Fargate have left that nobody watches over any more, or
                                          those that are named; takes the --fargate-... flags
  loadgate help, loadgate version

PROFILE is ${CHOICES.profile.default} unless named.

${flags.join('\n')}

Of single commands:

${OWN_FLAGS.join('\n')}

Exit codes: 0 pass, 1 fail, 2 mistake in the profile or the command, 3 inconclusive (0 unless asked to fail),
4 invalid (the evidence is broken, or the ground it stands on), 129, 130 or 143 stopped by a signal.`

/** The same of one command: what it does and the flags it takes. Of a word that is no command all of it. */
export function helpFor(words: readonly string[]): string {
  const [first = '', second = ''] = words
  const two = `${first} ${second}`
  const name = Object.hasOwn(FLAGS_OF, two) ? two : first
  const lines = HELP.split('\n')
  const own = lines.flatMap((line, at) => (line.startsWith(`  loadgate ${name} `) ? entryAt(lines, at) : []))
  if (own.length === 0) return HELP
  const taken = FLAGS_OF[name]
  const shown = name === 'baseline' ? [] : taken ? [...flags, ...OWN_FLAGS].filter((line) => takes(taken, line)) : flags
  return [...own, ...(shown.length > 0 ? ['', ...shown] : [])].join('\n')
}

/** A command's line, and those that go on with it. */
function entryAt(lines: readonly string[], at: number): readonly string[] {
  const end = lines.findIndex((line, n) => n > at && !line.startsWith('   '))
  return lines.slice(at, end)
}

function takes(taken: readonly string[], line: string): boolean {
  return taken.some((flag) => line.startsWith(`  --${flag} `))
}
