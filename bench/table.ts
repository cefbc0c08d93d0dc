// The figures in bench/README.md are written here, between markers, and by nobody's hand.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, release } from 'node:os'
import { markdownTable } from 'markdown-table'
import { canPin, goFirst } from './pinned.ts'
import type { Spread } from './rounds.ts'

const README = new URL('README.md', import.meta.url)
/** The README of the project. */
export const FIRST_PAGE = new URL('../README.md', import.meta.url)

// Before anything is run, so that the load is that of others.
const LOAD_BEFORE = loadavg()[0]!

type Block = 'engine' | 'fitness' | 'gate' | 'gate-real' | 'memory' | 'peers' | 'workers'

/** First row the names of the columns; all columns but the first are figures. */
export function table(rows: readonly (readonly string[])[]): string {
  const align = rows[0]!.map((_, column) => (column === 0 ? 'l' : 'r'))
  return markdownTable(
    rows.map((row) => [...row]),
    { align },
  )
}

export function shown({ median, lowest, highest }: Spread, digits: number): string {
  return `${median.toFixed(digits)} [${lowest.toFixed(digits)}–${highest.toFixed(digits)}]`
}

export function writeFigures(block: Block, sections: readonly string[], page = README): void {
  const text = readFileSync(page, 'utf8')
  const [begin, end] = [`<!-- ${block}: figures -->`, `<!-- ${block}: end of figures -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${page.pathname} has no ${begin} … ${end}`)
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${sections.join('\n\n')}\n\n${text.slice(to)}`)
}

/** Of the machine; asked once programs were started, so that it is known how. */
export function circumstances(): string {
  if (process.platform !== 'linux') throw new Error('The bench reads /proc: it needs Linux')
  const pinned = canPin() ? 'client and server pinned to a core each' : 'NOTHING PINNED: one core only, or no taskset'
  const before = goFirst() ? ', before all else that runs' : ''
  return `${ground()}, ${pinned}${before}, ${loadBefore()}`
}

/** The same where nothing is pinned: asking whether it can be would pin this process, and all that it starts. */
export function unpinned(): string {
  return `${ground()}, ${loadBefore()}`
}

function ground(): string {
  const date = new Date().toISOString().slice(0, 10)
  const cores = cpus()
  return `${date}, ${cores.length} × ${cores[0]?.model.trim() ?? 'unknown processor'}, Linux ${release()}, Node ${process.version}`
}

function loadBefore(): string {
  return `load of the machine before: ${LOAD_BEFORE.toFixed(2)}`
}
