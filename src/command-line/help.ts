import { CHOICES } from '../inputs.ts'

interface Shown {
  readonly about: string
  readonly default: string
  readonly onLaptop?: string
  readonly flag?: string
}

const flags = Object.values<Shown>(CHOICES)
  .filter(({ flag }) => flag !== undefined)
  .map(({ flag, about, default: inJob, onLaptop: usual = inJob }) => {
    const otherwise = usual ? ` Default: ${usual}.` : ''
    return `  --${flag}`.padEnd(22) + about.replaceAll('`', '') + otherwise
  })

export const HELP = `Loadgate sends the load of a profile, compares the result with a baseline, and says pass or fail.

  loadgate run [PROFILE]                  the gate: load, comparison, report, verdict
  loadgate check [PROFILE]                reads the profile and shows every mistake; sends nothing
  loadgate plan [PROFILE]                 draws the load, says what it amounts to and whether this machine can send
                                          it; asks no one but a stand-in of its own
  loadgate compare RESULT BASELINE...     judges an earlier result (report.json) by the budgets of --profile;
                                          BASELINE is file:PATH of a store, or one or more results
  loadgate aa [PROFILE]                   compares this version with itself, side by side, --runs times (10): the gate's
                                          own false alarms, and the smallest change it can tell from noise; kept
                                          beside the profile (loadgate.sharpness.json) for the reports, or at --json PATH
  loadgate baseline show [PROFILE]        the stored runs, which of them count here, and how they went over time;
                                          --json PATH writes all of it
  loadgate baseline seed [PROFILE]        the load --runs times (5), each run added to the baseline
  loadgate baseline verify [PROFILE]      reads the whole store as a run would, and says what is wrong with it
  loadgate baseline accept [PROFILE]      adds an accepted regression to loadgate-accept.yml beside the profile:
                                          --metric, --of, --limit, --reason, --expires
  loadgate help, loadgate version

PROFILE is ${CHOICES.profile.default} unless named.

${flags.join('\n')}

Exit codes: 0 pass, 1 fail, 2 mistake in the profile or the command, 3 inconclusive (0 unless asked to fail),
4 invalid (the evidence is broken, or the ground it stands on), 129, 130 or 143 stopped by a signal.`
