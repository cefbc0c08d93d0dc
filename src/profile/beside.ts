import type { ConnectionChoices, Scenario, Step } from './profile.ts'

/** What Firefox, Chrome and Safari have open to one host over HTTP/1.1. */
const LIKE_BROWSERS = 6
/** On a connection of HTTP/2 at one time; what Chrome and most servers allow. Where a server allows fewer, the others wait for it. */
export const MOST_STREAMS = 100

/** Whether it is sent beside others, once a page has its answer. */
export function isBeside(step: Step): boolean {
  return step.kind === 'request' && step.also === true
}

/** How many requests beside a page one user has under way at most, however many there are. */
export function parallelOf({ http, parallel }: Pick<ConnectionChoices, 'http' | 'parallel'>): number {
  return parallel ?? (http === '2' ? MOST_STREAMS : LIKE_BROWSERS)
}

/**
 * How many connections a user needs that has its own: those beside a page go over several, or over streams of one; a
 * conversation has one to itself.
 */
export function connectionsEach(
  choices: Pick<ConnectionChoices, 'http' | 'parallel'>,
  scenarios: readonly Pick<Scenario, 'steps'>[],
): number {
  const talking = scenarios.some(({ steps }) => steps.some(isTalk)) ? 1 : 0
  if (choices.http === '2') return 1 + talking
  return talking + Math.max(1, ...scenarios.map(({ steps }) => Math.min(parallelOf(choices), mostBeside(steps))))
}

/** Whether it is a part of a conversation. */
export function isTalk(step: Step): boolean {
  return step.kind === 'request' && step.talk !== undefined
}

/** Of all pages. */
function mostBeside(steps: readonly Step[]): number {
  let [most, beside] = [0, 0]
  for (const step of steps) {
    beside = isBeside(step) ? beside + 1 : 0
    most = Math.max(most, beside)
  }
  return most
}
