import { amountIn, damaged, WHOLE_FILE } from './damaged.ts'
import { causeOfSample, statusOf, sumIn } from './jmeter-cause.ts'
import { labelled } from './label.ts'
import { NOTHING_BESIDE, type PassOver, type Sample, type SampleFormat } from './sample.ts'
import { type Tag, XmlTags } from './xml-tags.ts'

// JTL as XML (jmeter.save.saveservice.output_format=xml): <httpSample> and <sample>, with their figures as attributes. Those
// within a transaction are its requests; those within a request are the redirects and embedded files that it waited for.
export const JMETER_XML: SampleFormat = {
  kind: 'samples',
  tool: 'JMeter',
  form: 'JTL as XML',
  untold: ['intended-start'],
  grain: 1,
  remarks: [],
  passOver,
}

const ROOT = 'testResults'
const SAMPLES: ReadonlySet<string> = new Set(['httpSample', 'sample'])
const DEEPEST = 100

export function isJtl(head: string): boolean {
  return /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*)*<testResults[\s>]/.test(head)
}

function passOver(file: string, take: (sample: Sample) => void): PassOver {
  /** Of each sample that is open, whether those within it count. */
  const within: boolean[] = []
  let closed = false
  const tags = new XmlTags(file, (tag, line) => {
    if (tag.name === ROOT && tag.kind === 'end') closed = true
    if (!SAMPLES.has(tag.name)) return
    if (tag.kind === 'end') {
      within.pop()
      return
    }
    const counts = within.at(-1) ?? true
    const sample = sampleOf(tag, file, line)
    if (counts) take(sample)
    if (tag.kind === 'start') within.push(counts && sample.sumOf !== undefined)
    if (within.length > DEEPEST) throw damaged(file, line, 'samples lie too deep in each other', WHOLE_FILE)
  })
  return {
    line: (text, number) => tags.line(text, number),
    end: () => {
      if (!closed || within.length > 0 || !tags.isWhole)
        throw damaged(
          file,
          undefined,
          'it ends before </testResults>',
          `${WHOLE_FILE} A run that was killed leaves it so: close what is open by hand to judge what is there.`,
        )
      return NOTHING_BESIDE
    },
  }
}

function sampleOf({ attributes }: Tag, file: string, line: number): Sample {
  const all = attributes()
  const amount = (column: string) => amountIn(all.get(column), { file, line, column })
  const optional = (column: string) => (all.has(column) ? amount(column) : 0)
  const [elapsed, start, success] = [amount('t'), amount('ts'), all.get('s')]
  if (success !== 'true' && success !== 'false')
    throw damaged(file, line, 'the sample does not say whether it is a success: no s', WHOLE_FILE)
  const [code, message] = [all.get('rc') ?? '', all.get('rm') ?? '']
  const sumOf = sumIn(message)
  return {
    scenario: 'JMeter',
    step: labelled(all.get('lb') ?? '', 'without a label'),
    end: start + elapsed,
    elapsed,
    cause: success === 'true' ? undefined : causeOfSample(code, message),
    status: statusOf(code),
    received: optional('by'),
    sent: optional('sby'),
    users: optional('na'),
    ...(sumOf === undefined ? {} : { sumOf }),
  }
}
