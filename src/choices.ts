import { FARGATE_CHOICES } from './fargate/setup/choices.ts'

/** One choice: an input of the action, a flag of the command line, or both. The README's tables are this table. */
export interface Choice {
  readonly about: string
  readonly default: string
  /** What a laptop does instead of the default; "" for nothing. */
  readonly onLaptop?: string
  readonly values?: readonly string[]
  /** Absent: the action alone has it. */
  readonly flag?: string
  /** A flag without a value means `true`. */
  readonly bare?: true
  /** How a value of such a flag looks where it is none of `values`. */
  readonly form?: RegExp
  /** Absent from action.yml: the command line alone has it. */
  readonly commandLineOnly?: true
  /** An input that is given as "" means none, and not the default. */
  readonly mayBeEmpty?: true
}

export const CHOICES = {
  profile: {
    about:
      'Path of the load profile; one with `engine` runs a script of JMeter, or judges results that a step before has written.',
    default: 'loadgate.yml',
  },
  compare: {
    about:
      'What the run is compared with: `side-by-side` (the base version, measured at the same time), `baseline` (stored runs), `none`, or `auto`: on a pull request side by side where the profile has a `service` and a load of its own, else stored runs.',
    default: 'auto',
    values: ['auto', 'baseline', 'side-by-side', 'none'],
    flag: 'compare',
  },
  'base-target': {
    about: 'Address where the base version is already deployed, to be measured side by side with the `target`.',
    default: '',
    flag: 'base-target',
  },
  'allow-targets': {
    about:
      'What else load may be sent to than this machine and the hosts that the reviewed profile has in it: hosts, also `*.preview.example` and with a port, addresses, and networks such as `10.0.0.0/8`, separated by commas or blanks.',
    default: '',
    flag: 'allow-targets',
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
    mayBeEmpty: true,
  },
  accepted: {
    about: 'Judge a side-by-side run as the pull request would be judged with the label that accepts its changes.',
    default: 'false',
    values: ['true', 'false'],
    flag: 'accepted',
    bare: true,
    commandLineOnly: true,
  },
  'on-inconclusive': {
    about: '`warn` keeps the check green when noise hides the answer, `fail` turns it red.',
    default: 'warn',
    values: ['warn', 'fail'],
    flag: 'on-inconclusive',
  },
  detach: {
    about:
      'Return once the workers on Fargate send, and leave them to themselves: `loadgate collect` has the verdict later.',
    default: 'false',
    values: ['true', 'false'],
    flag: 'detach',
    bare: true,
    commandLineOnly: true,
  },
  threads: {
    about: 'Worker threads that send the load: a number, or `auto` (from the plan and the machine).',
    default: 'auto',
    flag: 'threads',
  },
  'run-on': {
    about:
      'Where the load is sent from: `runner` (this machine), `fargate` (workers on AWS Fargate), or `auto` (Fargate where this machine cannot send it).',
    default: 'runner',
    values: ['runner', 'fargate', 'auto'],
    flag: 'run-on',
  },
  ...FARGATE_CHOICES,
  'report-dir': {
    about: 'Directory for the files of the report: `report.md`, `report.html` and `report.json`.',
    default: 'loadgate-report',
    onLaptop: '',
    flag: 'report',
    mayBeEmpty: true,
  },
  'report-formats': {
    about:
      'Further files in that directory, separated by commas: `junit`, `csv` (per step and per second), `openmetrics`, `benchmark` (for github-action-benchmark).',
    default: '',
    flag: 'format',
  },
  'run-log': {
    about:
      'CSV file to which the run is added as one line: date, commit, change, focus, users, rate, result, notes, links.',
    default: '',
    flag: 'log',
  },
  'live-html': {
    about: 'Serve the report on this machine while the run goes on, at this port or, without one, at any that is free.',
    default: '',
    flag: 'live-html',
    bare: true,
    form: /^\d+$/,
    commandLineOnly: true,
  },
  json: {
    about: 'Path for the machine-readable result and comparison.',
    default: '',
    flag: 'json',
    commandLineOnly: true,
  },
  comment: {
    about:
      'Keep one comment on the pull request up to date: `true`, `false`, or `later` (store the report in an artifact, for a workflow that may comment on the pull requests of forks).',
    default: 'true',
    onLaptop: 'false',
    values: ['true', 'false', 'later'],
  },
  issue: {
    about: 'On a schedule, keep one issue open for as long as the profile breaks a budget; needs `issues: write`.',
    default: 'false',
    values: ['true', 'false'],
  },
  'check-run': {
    about:
      'A check of its own on the commit, open while the load is sent and ended with the verdict, whatever happens; needs `checks: write`.',
    default: 'false',
    values: ['true', 'false'],
  },
  'publish-from-run': {
    about:
      'Measure nothing, and comment with what the workflow run of this id has stored by `comment: later`: `github.event.workflow_run.id`, in a workflow on `workflow_run`.',
    default: '',
    onLaptop: '',
  },
  'github-token': {
    about: 'Token for the comment; needs `pull-requests: write`. Without the permission the job summary has it all.',
    default: '${{ github.token }}',
    onLaptop: '',
    mayBeEmpty: true,
  },
} as const satisfies Record<string, Choice>

export type ChoiceName = keyof typeof CHOICES
