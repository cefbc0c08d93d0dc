// Shorter texts would blank out half of every log: "1" or "abc" are in everything.
const SHORTEST = 4

/** What of a secret must not be shown: the whole, and each of its lines, since a log shows lines. */
export function secretParts(secret: string): readonly string[] {
  const parts = [secret, secret.trim(), ...secret.split(/[\r\n]+/).map((line) => line.trim())]
  return [...new Set(parts)].filter(isWorthHiding)
}

export function isWorthHiding(text: string): boolean {
  return text.length >= SHORTEST
}
