import { CHECKS } from './checks.ts'
import type { PreflightFacts } from './facts.ts'
import type { Finding } from './finding.ts'

/** What speaks against a run, or is good to know before it; the worst first. */
export function preflight(facts: PreflightFacts): readonly Finding[] {
  const findings = CHECKS.flatMap((check) => check(facts))
  const rank = { stop: 0, warning: 1, note: 2 }
  return findings.sort((a, b) => rank[a.level] - rank[b.level])
}

export function stops(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === 'stop')
}
