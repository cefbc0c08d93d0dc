import { damaged, WHOLE_FILE } from './damaged.ts'
import { jsonLine } from './json-line.ts'
import { METRICS, Points } from './k6-points.ts'
import type { PassOver, Sample, SampleFormat } from './sample.ts'

// `k6 run --out json=FILE`: a line for each metric as it is declared ("type":"Metric"), and for each data point.
export const K6_JSON: SampleFormat = {
  kind: 'samples',
  tool: 'k6',
  form: 'JSON of samples',
  untold: ['intended-start'],
  grain: 0,
  remarks: ['without-connecting'],
  passOver,
}

interface Line {
  readonly type?: unknown
  readonly metric?: unknown
  readonly data?: { readonly time?: unknown; readonly value?: unknown; readonly tags?: unknown }
}

export function isK6Line(value: unknown): boolean {
  const { type, metric } = (value ?? {}) as Line
  return (type === 'Metric' || type === 'Point') && typeof metric === 'string'
}

function passOver(file: string, take: (sample: Sample) => void): PassOver {
  const points = new Points(file, take)
  // Most lines are of metrics that nobody asks for; to read them all takes three times as long.
  const looked = METRICS.map((metric) => `"metric":"${metric}"`)
  return {
    line: (text, number) => {
      if (!looked.some((metric) => text.includes(metric)) && text.endsWith('}')) return
      const { type, metric, data } = jsonLine<Line>(text, file, number)
      if (type !== 'Point' || typeof metric !== 'string') return
      if (!(METRICS as readonly string[]).includes(metric)) return
      const at = typeof data?.time === 'string' ? Date.parse(data.time) : Number.NaN
      const { value } = data ?? {}
      if (!Number.isFinite(at) || typeof value !== 'number' || !(value >= 0))
        throw damaged(file, number, `the point of ${metric} has no time or no value`, WHOLE_FILE)
      const tags = (data?.tags ?? {}) as Readonly<Record<string, unknown>>
      points.add({
        metric,
        at,
        value,
        tag: (name) => (Object.hasOwn(tags, name) && typeof tags[name] === 'string' ? tags[name] : ''),
      })
    },
    end: () => points.end(1),
  }
}
