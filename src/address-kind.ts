import { isIP } from 'node:net'

/** What stands behind an IP address. `reserved`: nobody that a load is meant for. */
export type AddressKind = 'public' | 'loopback' | 'private' | 'link-local' | 'metadata' | 'reserved'

type Octets = readonly number[]

export interface Network {
  /** Of its first address: 4 of IPv4, 16 of IPv6. */
  readonly octets: Octets
  /** Bits that all its addresses share. */
  readonly bits: number
}

// The first that fits counts. From the special-purpose registries of IANA (RFC 6890 and later); addresses at which clouds
// hand out credentials from their own documentation.
const KINDS: readonly (readonly [network: string, kind: AddressKind])[] = [
  ['169.254.169.254/32', 'metadata'], // AWS, Azure, Google Cloud, Oracle, DigitalOcean, Hetzner …
  ['169.254.170.0/24', 'metadata'], // ECS tasks' credentials (.2), EKS pod identity (.23)
  ['100.100.100.200/32', 'metadata'], // Alibaba Cloud
  ['168.63.129.16/32', 'metadata'], // Azure's host
  ['192.0.0.192/32', 'metadata'], // Oracle Cloud, classic
  ['fd00:ec2::/32', 'metadata'], // AWS
  ['fd20:ce::254/128', 'metadata'], // Google Cloud
  ['fd00:42::42/128', 'metadata'], // Scaleway
  ['127.0.0.0/8', 'loopback'],
  ['::1/128', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['fe80::/10', 'link-local'],
  ['10.0.0.0/8', 'private'],
  ['172.16.0.0/12', 'private'],
  ['192.168.0.0/16', 'private'],
  ['100.64.0.0/10', 'private'], // behind a carrier's NAT
  ['fc00::/7', 'private'],
  ['fec0::/10', 'private'], // site-local, deprecated
  ['64:ff9b:1::/48', 'private'], // NAT64 of a network's own
  ['0.0.0.0/8', 'reserved'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'reserved'],
  ['198.18.0.0/15', 'reserved'],
  ['198.51.100.0/24', 'reserved'],
  ['203.0.113.0/24', 'reserved'],
  ['224.0.0.0/3', 'reserved'], // multicast, and all above
  ['::/96', 'reserved'], // unspecified; IPv4-compatible, deprecated
  ['100::/64', 'reserved'],
  ['2001::/23', 'reserved'], // Teredo among them, which hides an IPv4 address
  ['2001:db8::/32', 'reserved'],
  ['2002::/16', 'reserved'], // 6to4, the same
  ['3fff::/20', 'reserved'],
  ['5f00::/16', 'reserved'],
  ['ff00::/8', 'reserved'],
]

const MAPPED = networkOf('::ffff:0:0/96', false)!
const TABLE = KINDS.map(([network, kind]) => ({ network: networkOf(network)!, kind }))
const NAT64 = networkOf('64:ff9b::/96')!

/** `reserved` for what is no address. */
export function addressKind(address: string): AddressKind {
  const octets = octetsOf(address)
  return octets === undefined ? 'reserved' : kindOf(octets)
}

function kindOf(octets: Octets): AddressKind {
  if (holds(NAT64, octets)) {
    // Whoever translates has a loopback of its own.
    const kind = kindOf(octets.slice(12))
    return kind === 'loopback' ? 'reserved' : kind
  }
  return TABLE.find(({ network }) => holds(network, octets))?.kind ?? 'public'
}

/** An address, or one with `/` and how many bits of it count; undefined for anything else, and where further bits are set. */
export function networkOf(text: string, unmapped = true): Network | undefined {
  const [address = '', length, ...more] = text.split('/')
  const octets = unmapped ? octetsOf(address) : ipv6(address)
  if (octets === undefined || address.includes('%') || more.length > 0) return undefined
  const most = 8 * octets.length
  if (length !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(length)) return undefined
  const bits = length === undefined ? most : Number(length)
  const network = { octets, bits }
  return bits <= most && octets.every((octet, at) => (octet & ~mask(bits, at) & 0xff) === 0) ? network : undefined
}

/** As `networkOf` reads it; an address in brackets where a port follows. */
export function writtenNetwork({ octets, bits }: Network, bracketed = false): string {
  const whole = bits === 8 * octets.length
  const address = octets.length === 4 ? octets.join('.') : writtenIpv6(octets)
  const place = bracketed && octets.length > 4 ? `[${address}]` : address
  return whole ? place : `${place}/${bits}`
}

function writtenIpv6(octets: Octets): string {
  const groups = octets.flatMap((octet, at) => (at % 2 === 0 ? [((octet << 8) | octets[at + 1]!).toString(16)] : []))
  // The shortest way to write it is the URL standard's.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

export function isInNetwork(network: Network, address: string): boolean {
  const octets = octetsOf(address)
  return octets !== undefined && holds(network, octets)
}

function holds({ octets: first, bits }: Network, octets: Octets): boolean {
  return first.length === octets.length && first.every((octet, at) => ((octet ^ octets[at]!) & mask(bits, at)) === 0)
}

/** Which bits of the octet at `at` are among the first `bits`. */
function mask(bits: number, at: number): number {
  return (0xff00 >> Math.min(8, Math.max(0, bits - 8 * at))) & 0xff
}

/** An IPv4 address that is written as IPv6 (::ffff:10.0.0.1) is that IPv4 address; a zone (%eth0) names no other. */
function octetsOf(address: string): Octets | undefined {
  const plain = address.replace(/%.*$/s, '')
  if (isIP(plain) === 4) return plain.split('.').map(Number)
  const octets = ipv6(plain)
  return octets && holds(MAPPED, octets) ? octets.slice(12) : octets
}

function ipv6(address: string): Octets | undefined {
  if (isIP(address) !== 6) return undefined
  const groups = (part: string) =>
    part.split(':').flatMap((group) => {
      if (group.includes('.')) return group.split('.').map(Number)
      const value = Number.parseInt(group, 16)
      return group === '' ? [] : [value >> 8, value & 0xff]
    })
  const [before = '', after = ''] = address.split('::')
  const [first, last] = [groups(before), groups(after)]
  return [...first, ...Array<number>(16 - first.length - last.length).fill(0), ...last]
}
