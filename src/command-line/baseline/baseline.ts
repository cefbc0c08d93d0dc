import type { Outcome } from '../../compare/verdict.ts'
import { LoadgateError } from '../../errors.ts'
import type { GateOptions } from '../../inputs.ts'
import { nearest } from '../../nearest.ts'
import type { Output } from '../../output/output.ts'
import { acceptRegression } from './accept.ts'
import { seedBaseline } from './seed.ts'
import { showBaseline } from './show.ts'
import { verifyBaseline } from './verify.ts'

/** What the commands on a baseline need of the world. */
export interface BaselineDoors {
  readonly output: Output
  readonly signal: AbortSignal
  /** The gate: one load with its report, and the run kept as the options say. */
  readonly runOnce: (options: GateOptions) => Promise<Outcome>
}

type Command = (argv: readonly string[], doors: BaselineDoors) => Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  show: showBaseline,
  seed: seedBaseline,
  verify: verifyBaseline,
  accept: acceptRegression,
}

export const BASELINE_COMMANDS: readonly string[] = Object.keys(COMMANDS)

/** `loadgate baseline NAME …`; answers with the exit code. */
export function baselineCommand([name, ...argv]: readonly string[], doors: BaselineDoors): Promise<number> {
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command !== undefined) return command(argv, doors)
  const names = BASELINE_COMMANDS.join(', ')
  if (name === undefined)
    throw new LoadgateError('usage', 'baseline takes what to do', { hint: `Write one of: ${names}.` })
  const meant = nearest(name, BASELINE_COMMANDS)
  throw new LoadgateError('usage', `There is no command "baseline ${name}"`, {
    hint: meant ? `Did you mean \`loadgate baseline ${meant}\`?` : `Write one of: ${names}.`,
  })
}
