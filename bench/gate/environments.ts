import type { Ms, Share } from '../../src/units.ts'

/**
 * How a machine and the processes on it vary. A standard deviation is one of the logarithm of the response time: 0.05 is some
 * 5 %. The presets are assumptions, set by what is published of hosted runners; bench/README.md has what follows from them.
 */
export interface Environment {
  /** Between machines of one model, for a whole job. */
  readonly machine: number
  /** Processors a job may get: how often, and by how much slower, as a logarithm. */
  readonly models: readonly { readonly share: Share; readonly slower: number }[]
  /** Between processes of the same code, for their whole life. */
  readonly process: number
  /** How far a random walk of the machine gets within a minute. */
  readonly drift: number
  /** What the machine's speed swings by, and how long it remembers. */
  readonly swing: { readonly sd: number; readonly memory: Ms }
  /** Of each process alone, for a second. */
  readonly own: number
  /** Neighbours that take the machine's time now and then. */
  readonly bursts: { readonly perMinute: number; readonly slower: number }
}

export const ENVIRONMENTS = {
  quiet: {
    machine: 0.015,
    models: [{ share: 1, slower: 0 }],
    process: 0.004,
    drift: 0.005,
    swing: { sd: 0.01, memory: 6_000 },
    own: 0.01,
    bursts: { perMinute: 0.05, slower: 1.2 },
  },
  typical: {
    machine: 0.05,
    models: [
      { share: 0.75, slower: 0 },
      { share: 0.25, slower: 0.15 },
    ],
    process: 0.01,
    drift: 0.02,
    swing: { sd: 0.04, memory: 8_000 },
    own: 0.03,
    bursts: { perMinute: 0.5, slower: 1.5 },
  },
  hostile: {
    machine: 0.12,
    models: [
      { share: 0.5, slower: 0 },
      { share: 0.3, slower: 0.2 },
      { share: 0.2, slower: 0.45 },
    ],
    process: 0.02,
    drift: 0.06,
    swing: { sd: 0.1, memory: 10_000 },
    own: 0.06,
    bursts: { perMinute: 1.5, slower: 1.9 },
  },
} as const satisfies Readonly<Record<string, Environment>>

export type EnvironmentName = keyof typeof ENVIRONMENTS

/** The same on machines of one model only. */
export function oneModel(environment: Environment): Environment {
  return { ...environment, models: [{ share: 1, slower: 0 }] }
}
