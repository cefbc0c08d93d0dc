import type { Side } from '../plan/plan.ts'
import type { ServiceSpec } from '../profile/profile.ts'

/** A version of the service under test. */
export interface Version {
  readonly side: Side
  /** The commit it was checked out at; undefined for the head, which is the workspace as it is, and for a deployed version. */
  readonly commit: string | undefined
  /** The directory of the profile in this version's files; undefined where it is deployed already. */
  readonly directory: string | undefined
  /** Undefined where it is deployed already. */
  readonly service: ServiceSpec | undefined
  /** Address without a trailing slash: of the profile, or where the version is deployed. */
  readonly target: string
}

/** "base version (1a2b3c4)", for a sentence. */
export function nameOf({ side, commit }: Pick<Version, 'side' | 'commit'>): string {
  return commit === undefined ? `${side} version` : `${side} version (${commit.slice(0, 7)})`
}
