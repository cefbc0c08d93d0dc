import { createOutput, type Output } from '../../src/output/output.ts'

/** An output that keeps what it is told. */
export function collectedOutput(): Output & { readonly lines: string[]; readonly warnings: string[] } {
  const [lines, warnings]: [string[], string[]] = [[], []]
  const stream = { write: () => true }
  return {
    ...createOutput({ stdout: stream, stderr: stream, github: false }),
    lines,
    warnings,
    info: (text) => void lines.push(text),
    warning: (text) => void warnings.push(text),
  }
}
