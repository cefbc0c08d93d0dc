import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { AllowedTargets } from '../allowed-targets.ts'
import { LoadgateError } from '../errors.ts'
import type { LoadProfile, ServiceSpec } from '../profile/profile.ts'
import type { BothVersions, ServiceDoors } from './both-services.ts'
import { type CheckoutDoors, checkOut, type OwnCheckout } from './checkout.ts'
import { freePorts } from './ports.ts'
import { prepare } from './prepare.ts'
import { nameOf, type Version } from './versions.ts'
import { workspaceAt } from './workspace.ts'

/** A commit of the workspace's repository. */
export interface CommitBase {
  readonly kind: 'commit'
  readonly sha: string
  /** How that version is started; as the profile says unless given. */
  readonly service?: ServiceSpec | undefined
  /** Where it is checked out already. */
  readonly checkout?: OwnCheckout | undefined
}

export interface VersionsOptions {
  readonly profile: Pick<LoadProfile, 'target' | 'service' | 'connections'>
  /** What may be connected to: as of the load. */
  readonly allowed?: AllowedTargets | undefined
  /** The profile's directory in the workspace. */
  readonly directory: string
  readonly base:
    | CommitBase
    /** An address where it is deployed, without a trailing slash. */
    | { readonly kind: 'target'; readonly url: string }
    /** The head once more: what the two then differ by is noise. */
    | { readonly kind: 'self' }
  /** Decides which version is started first in which round. */
  readonly seed?: number
}

export type VersionsDoors = CheckoutDoors & ServiceDoors

/** Two versions that are ready to be started. Whoever prepared them calls `remove`, whatever happens in between. */
export interface Versions extends BothVersions {
  /** They cannot serve at once: start one at a time. */
  readonly alone: boolean
  /** Whether every round measures new processes of both. */
  readonly freshProcesses: boolean
  /** Removes the checkout of the base; never rejects, what could not be removed is told in a sentence. */
  remove(): Promise<string | undefined>
}

/** Gets both versions to where their services can be started: checked out, installed, built. */
export function prepareVersions(options: VersionsOptions, doors: VersionsDoors): Promise<Versions> {
  const { base } = options
  if (base.kind === 'target') return besideDeployed(base.url, options, doors)
  return base.kind === 'self' ? besideItself(options, doors) : besideCheckout(base, options, doors)
}

async function besideItself(
  { profile, allowed, directory, seed = 1 }: VersionsOptions,
  doors: VersionsDoors,
): Promise<Versions> {
  const { alone } = serviceOf(profile)
  const head = headOf(profile, directory)
  await prepareVersion(head, doors)
  return {
    base: { ...head, side: 'base' },
    head,
    ports: alone ? undefined : await freePorts(),
    connections: profile.connections,
    allowed,
    seed,
    alone,
    freshProcesses: true,
    remove: async () => undefined,
  }
}

function serviceOf({ service }: VersionsOptions['profile']): ServiceSpec {
  if (service) return service
  throw new LoadgateError('usage', 'Side by side needs a `service` in the profile, to start both versions', {
    hint: 'Describe it under `service`, or name an address where the base version is deployed with `base-target`.',
  })
}

async function besideDeployed(
  url: string,
  { profile, allowed, directory, seed = 1 }: VersionsOptions,
  doors: VersionsDoors,
): Promise<Versions> {
  if (url === profile.target)
    throw new LoadgateError('usage', `base-target is the profile's own target, ${url}`, {
      hint: 'Name the address where the version before the change is deployed.',
    })
  const head = headOf(profile, directory)
  await prepareVersion(head, doors)
  return {
    base: { side: 'base', commit: undefined, directory: undefined, service: undefined, target: url },
    head,
    ports: undefined,
    connections: profile.connections,
    allowed,
    seed,
    alone: false,
    freshProcesses: false,
    remove: async () => undefined,
  }
}

async function besideCheckout(
  { sha, service: own, checkout: there }: CommitBase,
  { profile, allowed, directory, seed = 1 }: VersionsOptions,
  doors: VersionsDoors,
): Promise<Versions> {
  const headService = serviceOf(profile)
  const workspace = await workspaceAt({ ...doors, directory })
  const checkout = there ?? (await checkOut(workspace, sha, doors))
  try {
    const service = own ?? headService
    const base = await baseOf(checkout, { folder: workspace.folder, sha, service, target: profile.target })
    const head = headOf(profile, directory)
    // One after the other: installers lock their caches, and builds take every core.
    for (const version of [base, head]) await prepareVersion(version, doors)
    const alone = headService.alone || service.alone
    return {
      base,
      head,
      ports: alone ? undefined : await freePorts(),
      connections: profile.connections,
      allowed,
      seed,
      alone,
      freshProcesses: true,
      remove: () => checkout.remove(),
    }
  } catch (error) {
    const left = await checkout.remove()
    if (left !== undefined) doors.progress(left)
    throw error
  }
}

function headOf({ service, target }: VersionsOptions['profile'], directory: string): Version {
  return { side: 'head', commit: undefined, directory, service, target }
}

async function baseOf(
  checkout: OwnCheckout,
  { folder, sha, service, target }: { folder: string; sha: string; service: ServiceSpec; target: string },
): Promise<Version> {
  const directory = join(checkout.directory, folder)
  const base: Version = { side: 'base', commit: sha, directory, service, target }
  if ((await stat(directory).catch(() => undefined))?.isDirectory()) return base
  throw new LoadgateError('usage', `The ${nameOf(base)} has no directory ${folder}, where the profile is now`, {
    hint: 'Until it is merged, compare with the stored baseline (`compare: baseline`).',
  })
}

async function prepareVersion(version: Version, { env, signal, progress, onService }: VersionsDoors): Promise<void> {
  const { service, directory } = version
  if (!service || directory === undefined) return
  await prepare(service, { cwd: directory, env, signal, progress, onService, who: `the ${nameOf(version)}` })
}
