import { demandOf, mixOf } from '../../plan/demand.ts'
import type { LoadPlan } from '../../plan/plan.ts'
import type { RequestStep, Template } from '../../profile/profile.ts'
import type { Bytes } from '../../units.ts'

/** AWS asks to be told of tests that send more than this for longer than a minute (Amazon EC2 testing policy). */
export const POLICY_LIMIT: Bytes = 125_000_000

// The request line's version, host, length and type, and the packets' own headers.
const AROUND: Bytes = 250
/** The frame of a message, and the packets' headers. */
const AROUND_MESSAGE: Bytes = 80
/** Of a value that is only known when it is sent: as long as a UUID. */
const UNKNOWN: Bytes = 36

/** Bytes per second that leave the workers at the peak, of arrivals; undefined without any, for users the answers set the pace. */
export function sentAtPeak(plan: LoadPlan): Bytes | undefined {
  const { rate } = demandOf(plan)
  return rate === 0 ? undefined : rate * meanRequest(plan)
}

/** Mean of all requests of the plan, by the weight of their scenarios. */
export function meanRequest(plan: LoadPlan): Bytes {
  const { scenarios, files } = mixOf(plan)
  let bytes = 0
  let requests = 0
  for (const { weight, steps } of scenarios)
    for (const step of steps)
      if (step.kind === 'request') {
        bytes += weight * sizeOf(step, files)
        requests += weight
      }
  return requests === 0 ? 0 : bytes / requests
}

function sizeOf({ method, path, headers, body, talk }: RequestStep, files: LoadPlan['files']): Bytes {
  const fields = headers.reduce((sum, [name, value]) => sum + name.length + lengthOf(value) + 4, 0)
  if (talk && talk.does !== 'open') return AROUND_MESSAGE + (body ? lengthOf(body.content, files) : 0)
  return AROUND + method.length + lengthOf(path) + fields + (body ? lengthOf(body.content, files) : 0)
}

function lengthOf(template: Template, files: LoadPlan['files'] = {}): Bytes {
  return template.reduce((sum, part) => {
    if (typeof part === 'string') return sum + Buffer.byteLength(part)
    return sum + (part.value.kind === 'file' ? Buffer.byteLength(files[part.value.file] ?? '', 'base64') : UNKNOWN)
  }, 0)
}
