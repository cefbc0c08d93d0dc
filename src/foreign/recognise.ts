import { artillery, isArtillery } from './artillery.ts'
import { damaged } from './damaged.ts'
import { isJtlHeader, JMETER_CSV } from './jmeter-csv.ts'
import { isJtl, JMETER_XML } from './jmeter-xml.ts'
import { JsonFile } from './json-file.ts'
import { isK6Header, K6_CSV } from './k6-csv.ts'
import { isK6Line, K6_JSON } from './k6-json.ts'
import { isK6Summary, k6Summary } from './k6-summary.ts'
import { isLocustHeader, LOCUST } from './locust.ts'
import type { SampleFormat } from './sample.ts'
import type { Summary, SummaryFormat } from './summary.ts'
import { isVegetaReport, vegetaReport } from './vegeta-report.ts'
import { isVegetaLine, isVegetaRow, VEGETA_CSV, VEGETA_JSON } from './vegeta-stream.ts'
import { isWrk, WRK } from './wrk.ts'

/** Files that lie beside those that are read. */
const BESIDE: readonly (readonly [header: string, what: string])[] = [
  ['Timestamp,User Count,Type,Name,', "the history of Locust's run"],
  ['Method,Name,Error,Occurrences', "the failures of Locust's run"],
  ['Count,Message,Traceback,Nodes', "the exceptions of Locust's run"],
]

export const KNOWN =
  'Read are: JMeter (JTL as CSV or XML), k6 (--summary-export, handleSummary, --out csv or json), Locust (_stats.csv), wrk, vegeta (report -type=json, encode -to json or csv), Artillery (--output).'

/** What the beginning of a file is, whatever its name; undefined where it is a file of Loadgate's own. */
export function recognise(file: string, head: string): SampleFormat | SummaryFormat | undefined {
  const [line = ''] = head.trimStart().split(/\r?\n/, 1)
  if (line.startsWith('{') || line.startsWith('[')) return ofJson(head.trimStart(), line)
  if (isJtl(head)) return JMETER_XML
  if (isWrk(line)) return WRK
  if (isLocustHeader(line)) return LOCUST
  if (isJtlHeader(line)) return JMETER_CSV
  if (isK6Header(line)) return K6_CSV
  if (isVegetaRow(line)) return VEGETA_CSV
  const beside = BESIDE.find(([header]) => line.startsWith(header))
  if (beside)
    throw damaged(file, undefined, `it is ${beside[1]}`, 'Name the statistics: the file that ends in _stats.csv.')
  if (head.startsWith('\u001f')) throw damaged(file, undefined, 'it is compressed', 'Unpack it first, as with gunzip.')
  throw unknown(file)
}

export function unknown(file: string): Error {
  return damaged(file, undefined, 'it is neither a result of Loadgate nor of a generator that is known here', KNOWN)
}

function ofJson(head: string, line: string): SampleFormat | SummaryFormat | undefined {
  // Also of a file that is cut off: whose it was shows in its first words.
  if (/"kind"\s*:\s*"loadgate-/.test(head)) return undefined
  const first = parsed(line)
  if (isK6Line(first)) return K6_JSON
  if (isVegetaLine(first)) return VEGETA_JSON
  return WHOLE
}

/** Only the whole of it shows which. */
const WHOLE: SummaryFormat = { kind: 'summary', read: readWhole }

const SUMMARIES: readonly (readonly [(json: JsonFile) => boolean, (file: string, json: JsonFile) => Summary])[] = [
  [isVegetaReport, vegetaReport],
  [isArtillery, artillery],
  [isK6Summary, k6Summary],
]

function readWhole(file: string, text: string): Summary {
  const json = new JsonFile(file, text)
  const fit = SUMMARIES.filter(([is]) => is(json))
  if (fit.length > 1) throw damaged(file, undefined, 'it could be of more than one generator', KNOWN)
  const [only] = fit
  if (only === undefined) throw unknown(file)
  return only[1](file, json)
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
