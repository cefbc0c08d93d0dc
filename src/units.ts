/**
 * Numbers that carry their unit. A plain number may become any of them; one unit cannot be passed where another is
 * expected, so a microsecond never stands in for a millisecond.
 */
export type Ms = number & { readonly unit?: 'ms' }
export type Us = number & { readonly unit?: 'us' }
export type PerSecond = number & { readonly unit?: '/s' }
export type Bytes = number & { readonly unit?: 'B' }
/** A share between 0 and 1: 0.05 is shown as "5 %". */
export type Share = number & { readonly unit?: 'share' }
/** Milliseconds since 1970, as Date.now() gives them. */
export type EpochMs = number & { readonly unit?: 'epoch-ms' }

const DURATION = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const
const RATE = { s: 1, m: 1 / 60, h: 1 / 3600 } as const

/** "250 ms", "30s", "1.5m", "1m 30s", "2h" in milliseconds; undefined when the text is not a duration. */
export function parseDuration(text: string): Ms | undefined {
  const parts = text.trim().match(/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h)\s*)+$/)
  if (!parts) return undefined
  let total = 0
  for (const [, value, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h)/g))
    total += Number(value) * DURATION[unit as keyof typeof DURATION]
  return total
}

/** "200/s", "12 / m", "3000/h" per second; undefined when the text is not a rate. */
export function parseRate(text: string): PerSecond | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*\/\s*(s|m|h)$/.exec(text.trim())
  return match ? Number(match[1]) * RATE[match[2] as keyof typeof RATE] : undefined
}

/** "0.42 ms", "12.3 ms", "250 ms", "1.24 s". */
export function formatMs(ms: Ms): string {
  return Math.abs(ms) < 9_999.5 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`
}

/** "10 s", "1 min 30 s", "2 h": the length of a run or of a wait. */
export function formatDuration(ms: Ms): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = Math.round(ms / 1000)
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const
  return parts
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}

/** "0.42 %", "12.3 %". */
export function formatShare(share: Share): string {
  return `${digits(share * 100)} %`
}

/** A ratio as a change: 1.084 is "+8.4 %", 0.9 is "-10 %", 1 is "±0 %". */
export function formatChange(ratio: number): string {
  const percent = (ratio - 1) * 100
  if (Math.abs(percent) < 0.05) return '±0 %'
  return `${percent > 0 ? '+' : '-'}${digits(Math.abs(percent))} %`
}

/** "198/s", "0.5/s". */
export function formatRate(rate: PerSecond): string {
  return `${digits(rate)}/s`
}

/** "12,345". */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US')
}

/** "1 run", "12,345 runs". */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

/** "512 B", "12.3 kB", "4.1 MB". */
export function formatBytes(bytes: Bytes): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${digits(bytes / 1_000)} kB`
  return `${digits(bytes / 1_000_000)} MB`
}

/** Three significant digits, never an exponent, no trailing zeros behind the point. */
function digits(value: number): string {
  if (value === 0) return '0'
  const places = Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))))
  const text = value.toFixed(places)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
