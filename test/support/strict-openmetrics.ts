// The text format of OpenMetrics 1.0, read by its grammar and its rules, apart from exemplars and timestamps, which a report has
// none of. https://github.com/OpenObservability/OpenMetrics/blob/main/specification/OpenMetrics.md

export interface MetricSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricFamily {
  readonly name: string
  readonly type: string
  readonly unit: string | undefined
  readonly help: string | undefined
  readonly samples: readonly MetricSample[]
}

const METRIC_NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^\\n"\\\\]|\\\\["\\\\n])*"'
const NUMBER = '[-+]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][-+]?\\d+)?'
const METADATA = new RegExp(`^# (TYPE|UNIT|HELP) (${METRIC_NAME}) (.*)$`, 's')
const SAMPLE = new RegExp(`^(${METRIC_NAME})(?:\\{((?:${LABEL}(?:,${LABEL})*)?)\\})? (${NUMBER})$`, 's')
/** What may follow a family's name, by its type. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  gauge: [''],
  counter: ['_total', '_created'],
  summary: ['', '_count', '_sum', '_created'],
  stateset: [''],
  info: ['_info'],
}

export function parseOpenMetrics(text: string): readonly MetricFamily[] {
  if (!text.endsWith('\n# EOF\n')) throw new Error('it does not end with # EOF and a line feed')
  const families: (MetricFamily & { samples: MetricSample[] })[] = []
  let open: { name: string; type?: string; unit?: string; help?: string; samples: MetricSample[] } | undefined
  const close = () => {
    if (!open) return
    const { name, type = 'unknown', unit, help, samples } = open
    if (families.some((family) => family.name === name)) throw new Error(`${name} comes twice`)
    families.push({ name, type, unit, help, samples })
    checkFamily(families.at(-1)!)
    open = undefined
  }
  for (const line of text.slice(0, -'\n# EOF\n'.length).split('\n')) {
    if (line.startsWith('#')) {
      const [, kind = '', name = '', rest = ''] = METADATA.exec(line) ?? refuse(line)
      if (open?.name !== name) {
        close()
        open = { name, samples: [] }
      }
      if (open.samples.length > 0) throw new Error(`metadata of ${name} behind its samples`)
      const key = kind.toLowerCase() as 'type' | 'unit' | 'help'
      if (open[key] !== undefined) throw new Error(`${kind} of ${name} twice`)
      if (key === 'type' && !Object.hasOwn(SUFFIXES, rest)) throw new Error(`${rest} is no type`)
      if (key === 'help' && /\\(?![\\n"])/.test(rest)) throw new Error(`a bare backslash in the help of ${name}`)
      open[key] = rest
    } else {
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? refuse(line)
      const suffixes = SUFFIXES[open?.type ?? ''] ?? []
      if (!open || !suffixes.some((suffix) => name === open!.name + suffix)) throw new Error(`${name} is of no family`)
      open.samples.push({ name, labels: labelsIn(labels), value: Number(value) })
    }
  }
  close()
  return families
}

function refuse(line: string): never {
  throw new Error(`no line of OpenMetrics: ${line}`)
}

function labelsIn(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const [whole] of text.matchAll(new RegExp(LABEL, 'gs'))) {
    const at = whole.indexOf('=')
    const name = whole.slice(0, at)
    if (Object.hasOwn(labels, name) || name.startsWith('__')) throw new Error(`the label ${name}`)
    labels[name] = whole.slice(at + 2, -1).replace(/\\(.)/gs, (_, character) => (character === 'n' ? '\n' : character))
  }
  return labels
}

function checkFamily({ name, type, unit, samples }: MetricFamily): void {
  if (unit !== undefined && !name.endsWith(`_${unit}`)) throw new Error(`${name} does not end with its unit ${unit}`)
  if (unit !== undefined && (type === 'info' || type === 'stateset')) throw new Error(`${name} may have no unit`)
  const seen = new Set<string>()
  const groups: string[] = []
  for (const { name: sample, labels, value } of samples) {
    const key = JSON.stringify([sample, Object.entries(labels).sort()])
    if (seen.has(key)) throw new Error(`two samples ${key}`)
    seen.add(key)
    const special = type === 'summary' ? 'quantile' : type === 'stateset' ? name : undefined
    const group = JSON.stringify(
      Object.entries(labels)
        .filter(([label]) => label !== special)
        .sort(),
    )
    // The samples of one metric stand together.
    if (groups.at(-1) !== group && groups.includes(group)) throw new Error(`${sample} is not beside its like`)
    groups.push(group)
    if (type === 'counter' && !(value >= 0)) throw new Error(`${sample} is below 0`)
    if (type === 'info' && value !== 1) throw new Error(`${sample} is not 1`)
    if (type === 'stateset' && (![0, 1].includes(value) || labels[name] === undefined))
      throw new Error(`${sample} is no state`)
    if (type === 'summary' && sample === name) {
      const quantile = Number(labels.quantile)
      if (!(quantile >= 0 && quantile <= 1) || value < 0) throw new Error(`${sample} is no quantile`)
    } else if ('quantile' in labels) throw new Error(`${sample} has a quantile`)
    if (sample.endsWith('_count') && !Number.isInteger(value)) throw new Error(`${sample} is no count`)
  }
}
