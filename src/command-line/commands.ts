import { fstatSync } from 'node:fs'
import { CHOICES } from '../choices.ts'
import type { Outcome } from '../compare/verdict.ts'
import { detachRun } from '../detach-run.ts'
import { EXIT, exitCodeOfVerdict, LoadgateError } from '../errors.ts'
import { isRunId } from '../fargate/run-id.ts'
import { readFlags } from '../flags.ts'
import { gate } from '../gate.ts'
import { inGitHub } from '../github/variables.ts'
import { type GateOptions, optionsFromCommandLine } from '../inputs.ts'
import { serveLiveHtml } from '../live-html.ts'
import { nearest } from '../nearest.ts'
import { createOutput, type Output } from '../output/output.ts'
import { sentBy } from '../report/plan.ts'
import { runEntry } from '../run-entry.ts'
import { counted } from '../units.ts'
import { VERSION } from '../version.ts'
import { changeOf } from '../versions/change.ts'
import { BASELINE_COMMANDS, baselineCommand } from './baseline/baseline.ts'
import { calibrateCommand } from './calibrate.ts'
import { commitIn, isChanged } from './commit.ts'
import { compareCommand } from './compare-files.ts'
import { HELP, helpFor } from './help.ts'
import { importCommand } from './import.ts'
import { openRunNote } from './left-behind.ts'
import { planCommand, plannedAt } from './plan.ts'
import { RECORDED, recordCommand } from './record.ts'
import { reportCommand } from './report.ts'
import { compareWithItself } from './self-comparisons.ts'
import { sweepCommand } from './sweep.ts'

type Command = (argv: readonly string[], output: Output, signal: AbortSignal) => Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  run: async (argv, output, signal) => {
    const options = optionsFromCommandLine(argv)
    if (options.detach) return detachHere(options, output, signal)
    return exitCodeOfVerdict(await runOnce(options, output, signal), options.onInconclusive)
  },

  collect: async ([runId = '', ...argv], output, signal) => {
    if (!isRunId(runId))
      throw new LoadgateError('usage', `"${runId}" is not the name of a run`, {
        hint: '`loadgate run --detach` names it: loadgate collect RUN [PROFILE].',
      })
    const options = { ...optionsFromCommandLine(argv), collect: runId }
    return exitCodeOfVerdict(await runOnce(options, output, signal), options.onInconclusive)
  },

  check: async (argv, output) => {
    const path = profileIn(argv)
    const { plan } = await plannedAt(path, output)
    const { budgets } = plan
    const load = sentBy(plan) ?? counted(plan.scenarios.length, 'scenario')
    output.info(`${path} is sound: ${load}, ${counted(budgets.length, 'budget')}.`)
    return EXIT.pass
  },

  plan: planCommand,

  calibrate: (argv, output, signal) => calibrateCommand(argv, output, signal),

  compare: compareCommand,

  report: reportCommand,

  import: importCommand,

  record: recordCommand,

  baseline: (argv, output, signal) =>
    baselineCommand(argv, { output, signal, runOnce: (options) => runOnce(options, output, signal) }),

  aa: compareWithItself,

  sweep: sweepCommand,

  help: async (_, output) => {
    output.info(HELP)
    return EXIT.pass
  },

  version: async (_, output) => {
    output.info(VERSION)
    return EXIT.pass
  },
}

async function detachHere(options: GateOptions, output: Output, signal: AbortSignal): Promise<number> {
  const { env } = process
  const commit = await commitIn({ directory: process.cwd(), env, signal })
  return detachRun(options, { output, env, signal, mask: output.mask, commit })
}

async function runOnce(options: GateOptions, output: Output, signal: AbortSignal): Promise<Outcome> {
  const { env } = process
  const here = { directory: process.cwd(), env, signal }
  const commit = await commitIn(here)
  const changed = commit !== undefined && (await isChanged(here, writtenBy(options)))
  if (changed && options.saveBaseline === 'true')
    output.warning(`Files differ from commit ${commit.slice(0, 7)}, so the run is kept under no commit.`)
  using note = await openRunNote(output)
  await using live = await servedLive(options, output)
  const { verdict } = await gate(options, {
    output,
    env,
    signal,
    mask: output.mask,
    publisher: undefined,
    savesByItself: false,
    commit: changed ? undefined : commit,
    changedFrom: changed ? commit : undefined,
    change: await changeOf(here, 'HEAD'),
    url: undefined,
    pullRequest: undefined,
    accepted: options.accepted,
    live: live?.page,
    onService: note.onService,
    onCheckout: note.onCheckout,
  })
  return verdict.outcome
}

/** Served from before the load until the report is seen, and no longer than the command runs. */
async function servedLive({ liveHtml, profile }: GateOptions, output: Output) {
  if (liveHtml === undefined) return undefined
  const page = await serveLiveHtml(liveHtml, { profile: output.redact(profile) })
  output.info(`The run is shown at ${page.address}`)
  return { page, [Symbol.asyncDispose]: page.close }
}

function writtenBy({ baseline, reportDir, json, runLog }: GateOptions): readonly string[] {
  const store = baseline.startsWith('file:') ? baseline.slice('file:'.length) : undefined
  return [store, reportDir, json, runLog].filter((path) => path !== undefined)
}

const OTHER_NAMES = new Map([
  ['--help', 'help'],
  ['-h', 'help'],
  ['--version', 'version'],
])

/** Runs `loadgate NAME …` and answers with its exit code. */
export function runCommand([given = 'help', ...argv]: readonly string[]): Promise<number> {
  const { stdout, stderr, env } = process
  const output = createOutput({ stdout, stderr, github: inGitHub(env), toFile: isFile(stdout.fd) })
  const asksHelp = argv.some((arg) => OTHER_NAMES.get(arg) === 'help')
  const name = OTHER_NAMES.get(given) ?? given
  const finishing = name === 'record' ? RECORDED : undefined
  return runEntry(
    output,
    async (signal) => {
      const command = commandNamed(name)
      if (!asksHelp) return command(argv, output, signal)
      output.info(helpFor([name, ...argv]))
      return EXIT.pass
    },
    { finishing },
  )
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile()
  } catch {
    // Closed.
    return false
  }
}

function commandNamed(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command) return command
  const meant = meantBy(name)
  throw new LoadgateError('usage', `There is no command "${name}"`, {
    hint: meant ? `Did you mean \`loadgate ${meant}\`?` : 'See `loadgate help`.',
  })
}

function meantBy(name: string): string | undefined {
  if (name === 'history') return 'baseline show'
  if (BASELINE_COMMANDS.includes(name)) return `baseline ${name}`
  return nearest(name, Object.keys(COMMANDS))
}

function profileIn(argv: readonly string[]): string {
  return readFlags(argv, { flags: [], most: 1 }).positionals[0] ?? CHOICES.profile.default
}
