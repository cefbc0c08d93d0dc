// What Fargate costs. AWS publishes its prices on https://aws.amazon.com/fargate/pricing/ and in its price lists; this table
// was compared with public copies of those, at the dates it names, and is shown with them. It is for estimates: bills are
// AWS's own.

/** US dollars. */
export type Dollars = number & { readonly unit?: 'USD' }

export type Architecture = 'X86_64' | 'ARM64'

export interface Rates {
  /** For an hour of one vCPU. */
  readonly vcpu: Dollars
  /** For an hour of one GB. */
  readonly memory: Dollars
}

export interface RegionPrices {
  readonly prices: Readonly<Record<Architecture, Rates>>
  /** When a public copy of AWS's prices had these figures: a day, or words where the copy has no date. */
  readonly asOf: string
  /** The region is not in the table, and has the prices of its dearest one. */
  readonly guessed: boolean
}

const VIRGINIA = {
  X86_64: { vcpu: 0.04048, memory: 0.004445 },
  ARM64: { vcpu: 0.03238, memory: 0.00356 },
}
const FRANKFURT = {
  X86_64: { vcpu: 0.04656, memory: 0.00511 },
  ARM64: { vcpu: 0.03725, memory: 0.00409 },
}
const SAO_PAULO = {
  X86_64: { vcpu: 0.0696, memory: 0.0076 },
  ARM64: { vcpu: 0.0557, memory: 0.00612 },
}

// The first four are one row of AWS's page; the date is that of a copy of us-east-1's.
const TABLE: Readonly<Record<string, { readonly prices: RegionPrices['prices']; readonly asOf: string }>> = {
  'us-east-1': { prices: VIRGINIA, asOf: '2026-04-01' },
  'us-east-2': { prices: VIRGINIA, asOf: '2026-04-01' },
  'us-west-2': { prices: VIRGINIA, asOf: '2026-04-01' },
  'eu-west-1': { prices: VIRGINIA, asOf: '2026-04-01' },
  'eu-central-1': { prices: FRANKFURT, asOf: '2026-07-07' },
  'ap-northeast-2': { prices: FRANKFURT, asOf: '2026-10-01' },
  'sa-east-1': { prices: SAO_PAULO, asOf: 'an unknown day' },
}

/** Of any region: one that is not in the table is taken for the dearest. */
export function pricesIn(region: string): RegionPrices {
  const row = Object.hasOwn(TABLE, region) ? TABLE[region] : undefined
  return row ? { ...row, guessed: false } : { ...TABLE['sa-east-1']!, guessed: true }
}

// "Up to 70 % off"; the price moves with the spare capacity. Published ones were 30 to 34 % of the full price: this errs on
// the dear side.
export const SPOT_SHARE = 0.4

/** For an hour of one public IPv4 address, in every region (Amazon VPC pricing, since February 2024). */
export const PUBLIC_ADDRESS: Dollars = 0.005

/** For one request (Amazon S3 pricing, S3 Standard, us-east-1; other regions take up to 40 % more). PUT is LIST as well. */
export const S3_REQUEST: Readonly<Record<'get' | 'put', Dollars>> = { get: 0.0004 / 1_000, put: 0.005 / 1_000 }

/** "$0.004", "$0.10", "$12.40", "$1,240". */
export function formatDollars(dollars: Dollars): string {
  if (dollars >= 1_000) return `$${Math.round(dollars).toLocaleString('en-US')}`
  if (dollars >= 0.01) return `$${dollars.toFixed(2)}`
  return `$${Number(dollars.toPrecision(1))}`
}
