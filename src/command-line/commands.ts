import type { Outcome } from '../compare/verdict.ts'
import { EXIT, exitCodeOfVerdict, LoadgateError } from '../errors.ts'
import { gate } from '../gate.ts'
import { inGitHub } from '../github/variables.ts'
import { hideSecrets } from '../hide-secrets.ts'
import { CHOICES, type GateOptions, optionsFromCommandLine, readFlags } from '../inputs.ts'
import { nearest } from '../nearest.ts'
import { createOutput, type Output } from '../output/output.ts'
import { drawCurve } from '../plan/draw-curve.ts'
import { workerThreads } from '../plan/split-plan.ts'
import { summarisePlan } from '../plan/summarise-plan.ts'
import { type LoadedProfile, loadProfile } from '../profile-file.ts'
import { renderPlan } from '../report/plan.ts'
import { renderSizing, renderUnsized } from '../report/sizing.ts'
import { renderTerminal } from '../report/terminal.ts'
import { runEntry } from '../run-entry.ts'
import { machineHere } from '../sizing/machine-here.ts'
import { measureCost } from '../sizing/measure-cost.ts'
import { sizeLoad } from '../sizing/size-load.ts'
import { counted } from '../units.ts'
import { VERSION } from '../version.ts'
import { baselineCommand } from './baseline/baseline.ts'
import { commitIn } from './commit.ts'
import { compareFiles } from './compare-files.ts'
import { HELP } from './help.ts'
import { compareWithItself } from './self-comparisons.ts'

type Command = (argv: readonly string[], output: Output, signal: AbortSignal) => Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  run: async (argv, output, signal) => {
    const options = optionsFromCommandLine(argv)
    return exitCodeOfVerdict(await runOnce(options, output, signal), options.onInconclusive)
  },

  check: async (argv, output) => {
    const path = profileIn(argv)
    const { scenarios, budgets } = (await planned(path, output)).plan
    output.info(`${path} is sound: ${counted(scenarios.length, 'scenario')}, ${counted(budgets.length, 'budget')}.`)
    return EXIT.pass
  },

  plan: async (argv, output, signal) => {
    const { plan, profile } = await planned(profileIn(argv), output)
    output.info(renderPlan(summarisePlan(plan), drawCurve(plan, { width: Math.min(output.width, 100), height: 8 })))
    output.info('\nSizing: measuring for two seconds what these requests cost this machine, without the target …')
    const cost = await measureCost(plan, signal)
    if (signal.aborted) return EXIT.invalid
    const machine = machineHere(profile)
    output.info(
      'unmeasured' in cost
        ? renderUnsized(workerThreads(plan, machine), cost.unmeasured)
        : renderSizing(sizeLoad(plan, machine, cost)),
    )
    return EXIT.pass
  },

  compare: async (argv, output) => {
    const report = await compareFiles(argv, output)
    output.styled(renderTerminal(report, { colour: output.colour, width: output.width }))
    return exitCodeOfVerdict(report.verdict.outcome, 'warn')
  },

  baseline: (argv, output, signal) =>
    baselineCommand(argv, { output, signal, runOnce: (options) => runOnce(options, output, signal) }),

  aa: compareWithItself,

  help: async (_, output) => {
    output.info(HELP)
    return EXIT.pass
  },

  version: async (_, output) => {
    output.info(VERSION)
    return EXIT.pass
  },
}

async function runOnce(options: GateOptions, output: Output, signal: AbortSignal): Promise<Outcome> {
  const { env } = process
  const commit = await commitIn({ directory: process.cwd(), env, signal })
  const { verdict } = await gate(options, {
    output,
    env,
    signal,
    mask: output.mask,
    publisher: undefined,
    savesByItself: false,
    commit,
    url: undefined,
    pullRequest: undefined,
    accepted: false,
  })
  return verdict.outcome
}

const OTHER_NAMES = new Map([
  ['--help', 'help'],
  ['-h', 'help'],
  ['--version', 'version'],
])

/** Runs `loadgate NAME …` and answers with its exit code. */
export function runCommand([given = 'help', ...argv]: readonly string[]): Promise<number> {
  const output = createOutput({ stdout: process.stdout, stderr: process.stderr, github: inGitHub(process.env) })
  const name = argv.some((arg) => OTHER_NAMES.get(arg) === 'help') ? 'help' : (OTHER_NAMES.get(given) ?? given)
  return runEntry(output, (signal) => commandNamed(name)(argv, output, signal))
}

function commandNamed(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command) return command
  const meant = nearest(name, Object.keys(COMMANDS))
  throw new LoadgateError('usage', `There is no command "${name}"`, {
    hint: meant ? `Did you mean \`loadgate ${meant}\`?` : 'See `loadgate help`.',
  })
}

/** The profile, and its plan as it may be shown. */
async function planned(path: string, { mask, redact }: Output): Promise<Pick<LoadedProfile, 'plan' | 'profile'>> {
  const { plan, profile, secrets } = await loadProfile(path, process.env)
  secrets.forEach(mask)
  return { plan: hideSecrets(plan, redact), profile }
}

function profileIn(argv: readonly string[]): string {
  return readFlags(argv, { flags: [], most: 1 }).positionals[0] ?? CHOICES.profile.default
}
