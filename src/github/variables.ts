import { LoadgateError } from '../errors.ts'

export type Variables = Readonly<Record<string, string | undefined>>

export function inGitHub(env: Variables): boolean {
  return env.GITHUB_ACTIONS === 'true'
}

/** A variable that the runner sets for every step. */
export function variable(env: Variables, name: string): string {
  const value = env[name]
  if (value) return value
  throw notOfRunner(`${name} is not set`)
}

/** What the runner should have provided, and did not. */
export function notOfRunner(message: string, cause?: unknown): LoadgateError {
  return new LoadgateError('infrastructure', message, {
    hint: 'The runner sets it; on a laptop use the command line instead of the action.',
    cause,
  })
}
