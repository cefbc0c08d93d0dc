import { isIP } from 'node:net'
import { type AddressKind, addressKind, isInNetwork, type Network, networkOf, writtenNetwork } from './address-kind.ts'

/** What a run may send to. Plain JSON: it goes to the workers, who check every address before they connect to it. */
export interface AllowedTargets {
  /** Hosts that are written in a profile which somebody has reviewed. */
  readonly written: readonly string[]
  /** What an allow list names besides. */
  readonly listed: readonly ListedTarget[]
}

export type ListedTarget =
  /** `host` may begin with `*.`, each of which stands for one label. Any port where none is named. */
  | { readonly host: string; readonly port: number | undefined }
  | { readonly network: Network; readonly port: number | undefined }

/** Where a URL leads. */
export interface Place {
  /** As `hostOf` has it. */
  readonly host: string
  readonly port: number
}

/** Why something may not be sent to, for the end of a sentence. */
export type Refusal = string

/** What to do about it. */
export const HOW_TO_ALLOW =
  'Where it is meant, name the host in `allow-targets` (`--allow-targets`); an address of the cloud by itself. docs/targets.md has the rules.'

/** One way to write each host: as the URL standard resolves it, without the brackets and the dot at the end. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

export function placeOf(url: URL): Place {
  return { host: hostOf(url), port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) }
}

/** The machine itself, by its names (RFC 6761) and addresses. */
export function isLoopbackHost(host: string): boolean {
  return /^(?:.+\.)?localhost$/.test(host) || (isIP(host) !== 0 && addressKind(host) === 'loopback')
}

/** Before any name is resolved: undefined also where only the address can tell. */
export function refuseHost(allowed: AllowedTargets, place: Place): Refusal | undefined {
  const { host, port } = place
  if (isIP(host)) return refuseAddress(allowed, place, host)
  const open = allowed.listed.some((one) => 'network' in one && fits(one.port, port))
  if (isLoopbackHost(host) || isNamed(allowed, place) || open) return undefined
  return `${host} is not allowed`
}

/** For the address that a connection goes to, whatever name has led there. */
export function refuseAddress(allowed: AllowedTargets, place: Place, address: string): Refusal | undefined {
  const { host } = place
  const kind = addressKind(address)
  if (isInListedNetwork(allowed, place, address)) return undefined
  if (isLoopbackHost(host)) return kind === 'loopback' ? undefined : leads(place, address, kind)
  if (NEVER_BY_NAME.has(kind)) return leads(place, address, kind)
  if (isListed(allowed, place)) return undefined
  if (!allowed.written.includes(host))
    return isIP(host) ? `${host} is not allowed` : `${host} is not allowed (${address})`
  return isIP(host) || kind === 'public' ? undefined : leads(place, address, kind)
}

/** The rule for all that goes to the target; without a list, only the host that it names. */
export function refusesFor(target: URL, allowed?: AllowedTargets): (address: string) => Refusal | undefined {
  const place = placeOf(target)
  const rule = allowed ?? { written: [place.host], listed: [] }
  return (address) => refuseAddress(rule, place, address)
}

/** Nobody means these, so that they must be named by their address. */
const NEVER_BY_NAME: ReadonlySet<AddressKind> = new Set<AddressKind>(['metadata', 'link-local'])

const CALLED: Readonly<Record<AddressKind, string>> = {
  public: 'an address of another machine',
  loopback: 'this machine itself',
  private: 'a private address',
  'link-local': 'a link-local address',
  metadata: "an address of the cloud's own services",
  reserved: 'an address of no machine',
}

function leads({ host }: Place, address: string, kind: AddressKind): Refusal {
  return host === address ? `${host} is ${CALLED[kind]}` : `${host} leads to ${address}, ${CALLED[kind]}`
}

function isNamed(allowed: AllowedTargets, place: Place): boolean {
  return allowed.written.includes(place.host) || isListed(allowed, place)
}

function isListed({ listed }: AllowedTargets, { host, port }: Place): boolean {
  return listed.some((one) => 'host' in one && fits(one.port, port) && isCalled(one.host, host))
}

function isInListedNetwork({ listed }: AllowedTargets, { port }: Place, address: string): boolean {
  return listed.some((one) => 'network' in one && fits(one.port, port) && isInNetwork(one.network, address))
}

function fits(listed: number | undefined, port: number): boolean {
  return listed === undefined || listed === port
}

function isCalled(pattern: string, host: string): boolean {
  const [labels, wanted] = [host.split('.'), pattern.split('.')]
  return labels.length === wanted.length && wanted.every((label, at) => label === '*' || label === labels[at])
}

/** `shop.example`, `shop.example:8443`, `*.preview.example`, `10.0.0.5`, `10.0.0.0/8`, `[fd00::1]:8080`; undefined for anything else. */
export function readListedTarget(text: string): ListedTarget | undefined {
  const bare = networkOf(text)
  if (bare) return { network: bare, port: undefined }
  const [, bracketed, name, digits] = /^(?:\[([^[\]]+)\]|([^:[\]]+))(?::([1-9]\d{0,4}))?$/.exec(text) ?? []
  const port = digits === undefined ? undefined : Number(digits)
  if (port !== undefined && port > 65_535) return undefined
  if (bracketed !== undefined) {
    const network = isIP(bracketed) === 6 ? networkOf(bracketed) : undefined
    return network && { network, port }
  }
  return name === undefined ? undefined : listedName(name, port)
}

/** The same as it is read. */
export function writtenTarget(target: ListedTarget): string {
  const { port } = target
  const place = 'host' in target ? target.host : writtenNetwork(target.network, port !== undefined)
  return port === undefined ? place : `${place}:${port}`
}

function listedName(name: string, port: number | undefined): ListedTarget | undefined {
  const [, stars = '', rest = ''] = /^((?:\*\.)*)(.+)$/.exec(name) ?? []
  if (/[\s/\\?#@%*:]/.test(rest)) return undefined
  const url = URL.parse(`http://${rest}`)
  if (url === null || url.hostname === '') return undefined
  const host = hostOf(url)
  const network = networkOf(host)
  // A star for all names below a top-level domain would be for everybody's.
  if (stars !== '') return network === undefined && host.includes('.') ? { host: stars + host, port } : undefined
  return network ? { network, port } : { host, port }
}
