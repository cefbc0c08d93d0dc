import { show } from '../profile/show.ts'
import { CsvRecords, columnsIn } from './csv.ts'
import { amountIn, damaged, WHOLE_FILE } from './damaged.ts'
import { causeOfSample, statusOf, sumIn } from './jmeter-cause.ts'
import { labelled } from './label.ts'
import { NOTHING_BESIDE, type PassOver, type Sample, type SampleFormat } from './sample.ts'

// JTL as CSV, with the header that JMeter writes by default (jmeter.save.saveservice.print_field_names). Which columns there
// are is up to the user; these are needed.
const NEEDED = ['timeStamp', 'elapsed', 'label', 'success'] as const

export const JMETER_CSV: SampleFormat = {
  kind: 'samples',
  tool: 'JMeter',
  form: 'JTL as CSV',
  untold: ['intended-start'],
  grain: 1,
  remarks: [],
  passOver,
}

export function isJtlHeader(line: string): boolean {
  return columnsIn(line.split(separatorOf(line)), NEEDED) !== undefined
}

/** Of `jmeter.save.saveservice.default_delimiter`. */
function separatorOf(header: string): string {
  return [',', ';', '\t', '|'].find((separator) => header.includes(separator)) ?? ','
}

function passOver(file: string, take: (sample: Sample) => void): PassOver {
  let rows: CsvRecords | undefined
  const begin = (header: string) => {
    const separator = separatorOf(header)
    const names = header.split(separator)
    return new CsvRecords(file, rowReader(file, names, take), separator)
  }
  return {
    line: (text, number) => {
      if (rows === undefined) rows = begin(text)
      else rows.line(text, number)
    },
    end: () => {
      rows?.end()
      return NOTHING_BESIDE
    },
  }
}

function rowReader(file: string, header: readonly string[], take: (sample: Sample) => void) {
  const at = columnsIn(header, NEEDED)!
  const [code, message, bytes, sentBytes, users] = [
    'responseCode',
    'responseMessage',
    'bytes',
    'sentBytes',
    'allThreads',
  ].map((name) => header.indexOf(name)) as [number, number, number, number, number]
  return (fields: readonly string[], line: number) => {
    if (fields.length < header.length)
      throw damaged(
        file,
        line,
        `the line has ${fields.length} of ${header.length} columns`,
        `${WHOLE_FILE} A run that was killed leaves a last line that is cut off: take it out to judge the others.`,
      )
    // Several runs written into one file, one after the other, repeat the header.
    if (fields[at.timeStamp] === 'timeStamp')
      throw damaged(
        file,
        line,
        'the header stands here once more: another run begins',
        'Give each run a file of its own.',
      )
    const start = momentIn(fields[at.timeStamp]!, file, line)
    const elapsed = amountIn(fields[at.elapsed], { file, line, column: 'elapsed' })
    const [codeText, messageText] = [fields[code] ?? '', fields[message] ?? '']
    const sumOf = sumIn(messageText)
    take({
      scenario: 'JMeter',
      step: labelled(fields[at.label]!, 'without a label'),
      end: start + elapsed,
      elapsed,
      cause: succeeded(fields[at.success]!, file, line) ? undefined : causeOfSample(codeText, messageText),
      status: statusOf(codeText),
      received: amountOr0(fields[bytes]),
      sent: amountOr0(fields[sentBytes]),
      users: amountOr0(fields[users]),
      ...(sumOf === undefined ? {} : { sumOf }),
    })
  }
}

function momentIn(text: string, file: string, line: number): number {
  if (/^\d{10,14}$/.test(text)) return Number(text)
  throw damaged(
    file,
    line,
    `timeStamp is ${show(text)}, and not a number of milliseconds since 1970`,
    'Run JMeter with -Jjmeter.save.saveservice.timestamp_format=ms.',
  )
}

function succeeded(text: string, file: string, line: number): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw damaged(file, line, `success is ${show(text)}, and neither true nor false`, WHOLE_FILE)
}

/** Nobody is judged by these. */
function amountOr0(text: string | undefined): number {
  const value = Number(text)
  return Number.isSafeInteger(value) && value >= 0 ? value : 0
}
