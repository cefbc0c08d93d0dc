// Hostile names through everything that a report is shown by, and what independent readers find in it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Judgement } from '../../src/compare/comparison.ts'
import type { Cause } from '../../src/engine/shard-result.ts'
import { createOutput } from '../../src/output/output.ts'
import { annotate, setOutput } from '../../src/publish/runner.ts'
import { annotationsOf } from '../../src/report/annotations.ts'
import { renderHtml } from '../../src/report/html/page.ts'
import { SCRIPT, STYLE } from '../../src/report/html/page-assets.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { recentRunOf, recentRunsLine } from '../../src/report/recent-runs.ts'
import type { Report } from '../../src/report/report.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import { outlineOf, troubles } from '../support/github-page.ts'
import { hostileStrings } from '../support/hostile-strings.ts'
import { type Tag, tagsOf } from '../support/html-tags.ts'
import { commandsIn } from '../support/runner-commands.ts'
import * as reports from './reports.ts'
import { spread } from './situations.ts'

/** As many as all sinks show: annotations are at most ten. */
const AT_ONCE = 8
const COMMENT = 65_536

/** What took effect that should not have: `sink: what`, of so many strings. */
export function effectsOf(count: number, seed: number): readonly string[] {
  // A name that comes twice would be one part of the load less.
  const strings = [...new Set(hostileStrings(count, seed))]
  const sinks = openSinks()
  try {
    const found: string[] = []
    for (let at = 0; at + AT_ONCE <= strings.length && found.length < 10; at += AT_ONCE) {
      const names = strings.slice(at, at + AT_ONCE)
      for (const effect of effectsAtOnce(names, at / AT_ONCE, sinks))
        found.push(`${effect} of ${JSON.stringify(names)}`)
    }
    return found
  } finally {
    sinks.close()
  }
}

function effectsAtOnce(names: readonly string[], round: number, sinks: Sinks): readonly string[] {
  const report = reportOf(names, round)
  return [
    ...inLog(report, names).map((effect) => `log: ${effect}`),
    ...inMarkdown(report, round).map((effect) => `Markdown: ${effect}`),
    ...inHtml(report, round).map((effect) => `HTML: ${effect}`),
    ...sinks.annotations(report).map((effect) => `annotation: ${effect}`),
    ...sinks.outputs(names).map((effect) => `output: ${effect}`),
  ]
}

/** The names wherever text from outside may stand; rounds take turns in their verdict. */
function reportOf(names: readonly string[], round: number): Report {
  const at = (n: number) => names[n % names.length] ?? ''
  const { comparison, result, run, sharpness } = reports.hostile(names)
  const facts = {
    comparison: {
      ...comparison,
      budgets: names.map((name, n) =>
        reports.budget(name, 'p95', JUDGED[(round + n) % JUDGED.length]!(at(n + 1), at(n + 2)), {
          ...{ of: at(n + 3), value: 412, limit: 275, baseline: 250, resolution: 1.12, line: n + 1 },
        }),
      ),
      defects:
        round % 4 === 3
          ? names.map((name) => ({
              code: 'worker-lost' as const,
              message: `Worker 1 said ${name} and was lost`,
              remedy: `"${name}"`,
            }))
          : [],
    },
    result: {
      ...result,
      examples: [{ ...EXAMPLE, cause: at(8) as Cause, detail: at(9) }],
      steps: names.map((name, id) => reports.step(name, { id, scenario: at(id + 1), response: STEADY })),
    },
    // The runner's own address is linked, so it comes from outside only where it cannot be one.
    run: { ...run, url: round % 2 === 0 ? `https://github.com/"${at(4)}` : reports.PASS.run.url },
    ...(sharpness === undefined ? {} : { sharpness }),
    beside: names.map((name, id) => reports.step(name, { id, scenario: at(id + 1), response: STEADY })),
    policy: {
      load: 'head' as const,
      why: at(0),
      differences: [{ what: `step "${at(1)}"`, before: at(2), after: at(3), effect: 'looser' as const }],
      accepted: [{ budget: at(4), limit: at(5), until: '2026-12-31', reason: at(6) }],
      notes: [{ text: 'Not judged', of: at(7) }],
    },
  }
  return round % 3 === 2
    ? { ...reports.report('fail', `"${at(0)}" ${at(1)}`, { ...facts, also: [at(2), `"${at(3)}"`] }) }
    : reports.judged(facts)
}

const EXAMPLE = { step: 1, at: 1_000, took: 12, status: 503, bytes: 9 }
const STEADY = spread(100)
const JUDGED: readonly ((reason: string, remedy: string) => Judgement)[] = [
  () => reports.exceeded,
  (reason, remedy) => ({ kind: 'undecided', reason, remedy: `Measure "${remedy}" longer.` }),
  () => reports.holds,
  () => reports.noSamples,
]

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const UNSEEN = /[\p{Cf}\p{Cs}\p{Co}\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of our own
const PALETTE = /\u001b\[(?:0|1|2|31|32|33|36)m/g

function inLog(report: Report, names: readonly string[]): readonly string[] {
  let text = ''
  const stream = { isTTY: true, columns: 80, write: (more: string) => (text += more) }
  const output = createOutput({ stdout: stream, stderr: stream, github: true, colour: true })
  output.styled(renderTerminal(report, { colour: true, width: 80 }))
  for (const name of names) {
    output.info(name)
    output.warning(name)
    output.error(`${name}\n${name}`)
  }
  const bare = text.replaceAll(PALETTE, '')
  return [
    ...commandsIn(text).map(({ command }) => command),
    ...commandsIn(bare).map(({ command }) => command),
    ...unseenIn(bare),
  ]
}

function unseenIn(text: string): readonly string[] {
  const [found] = UNSEEN.exec(text) ?? []
  return found === undefined ? [] : [`unseen ${JSON.stringify(found)}`]
}

function inMarkdown(report: Report, round: number): readonly string[] {
  const run = recentRunOf(report, { runId: 2, attempt: 1 })
  const recent = recentRunsLine([{ ...run, runId: 1 }, run])
  const comment = renderMarkdown(report, { limit: COMMENT, recent })
  return [
    ...troubles(comment, [report.run.url ?? '']),
    ...unseenIn(comment),
    ...(comment.length > COMMENT ? ['too long'] : []),
    ...(charts(comment) === harmless(round).charts ? [] : ['a chart']),
    ...(outlineOf(comment).includes('table(') ? [] : ['the tables are gone']),
  ]
}

const charts = (markdown: string) => (markdown.match(/^```mermaid$[\s\S]*?^```$/gm) ?? []).join('\n')

function inHtml(report: Report, round: number): readonly string[] {
  const page = bare(report)
  const tags = tagsOf(page)
  const odd = tags.flatMap(({ attributes }) => attributes).filter(isOdd(report.run.url ?? ''))
  return [
    ...odd.map((attribute) => attribute.join('=')),
    ...(structure(tags) === harmless(round).tags ? [] : ['other tags']),
    ...unseenIn(page),
  ]
}

/** The page without what is the same in all. */
const bare = (report: Report) => renderHtml(report).replace(SCRIPT, '').replace(STYLE, '')
const tagText = ({ name, attributes }: Tag) => [name, ...attributes.map(([attribute]) => attribute)].join(' ')

/** But for what a name is set in: how many there are in a sentence is for its quotation marks to say. */
function structure(tags: readonly Tag[]): string {
  return tags
    .map(tagText)
    .filter((text) => !/^(?:span class|\/span)$/.test(text))
    .join()
}

/** What a page could fetch or run, or where it could lead, but for its own parts and the run it is about. */
function isOdd(url: string): (attribute: readonly [string, string]) => boolean {
  return ([name, value]) =>
    /^on|^(?:src|srcset|style|action|formaction|ping|background|poster|data)$/.test(name) ||
    (name === 'href' && !value.startsWith('#') && value.replace(/#artifacts$/, '') !== url)
}

interface Harmless {
  readonly charts: string
  readonly tags: string
}

/** Of the round of the same kind, with names that are only names. */
function harmless(round: number): Harmless {
  const kind = round % KINDS
  const known = HARMLESS.get(kind)
  if (known !== undefined) return known
  const names = Array.from({ length: AT_ONCE }, (_, n) => `n${n}`)
  const report = reportOf(names, kind)
  const made = {
    charts: charts(renderMarkdown(report, { limit: COMMENT })),
    tags: structure(tagsOf(bare(report))),
  }
  HARMLESS.set(kind, made)
  return made
}

/** After so many rounds the verdicts and the judgements come again. */
const KINDS = 12
const HARMLESS = new Map<number, Harmless>()

type Sinks = ReturnType<typeof openSinks>

/** The runner's own, as far as they are this process's: its stdout and a file. */
function openSinks() {
  const folder = mkdtempSync(join(tmpdir(), 'loadgate-hostile-'))
  const file = join(folder, 'output')
  const before = process.env.GITHUB_OUTPUT
  process.env.GITHUB_OUTPUT = file
  return {
    annotations(report: Report): readonly string[] {
      const all = annotationsOf(report)
      const said = saidBy(() => all.forEach(annotate))
      const commands = commandsIn(said)
      const own = commands.filter(
        ({ command, properties }) => ['error', 'warning'].includes(command) && properties.title?.startsWith('Loadgate'),
      )
      // The reader counts each line twice: as it is, and without what has no weight.
      const isWhole = own.length === 2 * all.length && commands.length === own.length
      return [...(isWhole ? [] : [said]), ...all.flatMap(({ title, message }) => unseenIn(title + message))]
    },
    outputs(values: readonly string[]): readonly string[] {
      writeFileSync(file, '')
      values.forEach((value, at) => void setOutput(`name-${at}`, value))
      const read = pairsIn(readFileSync(file, 'utf8'))
      const right = values.map((value, at) => [`name-${at}`, value.toWellFormed()])
      return JSON.stringify(read) === JSON.stringify(right) ? [] : [JSON.stringify(read)]
    },
    close() {
      if (before === undefined) delete process.env.GITHUB_OUTPUT
      else process.env.GITHUB_OUTPUT = before
      rmSync(folder, { recursive: true })
    },
  }
}

function saidBy(act: () => void): string {
  const { write } = process.stdout
  let said = ''
  process.stdout.write = (chunk: string | Uint8Array) => {
    said += String(chunk)
    return true
  }
  try {
    act()
  } finally {
    process.stdout.write = write
  }
  return said
}

/** The file of outputs as actions/runner reads it: `name=value` lines, and `name<<mark` down to a line that is the mark. */
function pairsIn(file: string): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = []
  const lines = file.split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    const [, name, mark] = /^([^=]*?)<<(.*)$/.exec(line) ?? []
    if (name !== undefined && mark !== undefined) {
      const end = lines.indexOf(mark, at + 1)
      pairs.push([name, lines.slice(at + 1, end).join('\n')])
      at = end < 0 ? lines.length : end
    } else if (line !== '') pairs.push([line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  }
  return pairs
}
