// AWS's own service models: what a request or an answer may look like.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Shape =
  | { readonly shape: string }
  | {
      readonly type: string
      readonly members?: Readonly<Record<string, Shape>>
      readonly required?: readonly string[]
      readonly member?: Shape
      readonly value?: Shape
      readonly locationName?: string
      readonly enum?: readonly string[]
      readonly min?: number
      readonly max?: number
      readonly pattern?: string
    }

export interface Operation {
  readonly input: Shape
  readonly output: Shape
  /** Whose fault it is. */
  readonly errors: Readonly<Record<string, 'client' | 'server'>>
}

export interface Service {
  readonly protocol: 'json' | 'query'
  readonly targetPrefix?: string
  readonly xmlNamespace?: string
  readonly version: string
  readonly operations: Readonly<Record<string, Operation>>
  readonly shapes: Readonly<Record<string, Shape>>
}

const { services } = JSON.parse(readFileSync(join(import.meta.dirname, 'aws-api.json'), 'utf8')) as {
  readonly services: Readonly<Record<string, Service>>
}

export function serviceModel(name: 'ecs' | 'cloudformation' | 'sts' | 'service-quotas'): Service {
  return services[name] as Service
}

export interface ModelFault {
  readonly kind: 'type' | 'unknown' | 'missing' | 'value'
  readonly text: string
}

/** The first thing that is not as the model says. */
export function modelFault(service: Service, shape: Shape, value: unknown, at = ''): ModelFault | undefined {
  if ('shape' in shape) return modelFault(service, service.shapes[shape.shape] as Shape, value, at)
  const wrong = TYPES[shape.type]
  if (!wrong) throw new Error(`no such type in the model: ${shape.type}`)
  if (!wrong(value))
    return { kind: 'type', text: `${at || 'the request'} is no ${shape.type}: ${JSON.stringify(value)}` }
  if (shape.enum && !shape.enum.includes(String(value)))
    return { kind: 'value', text: `${at} is none of ${shape.enum.join(', ')}: ${value}` }
  if (shape.pattern && !new RegExp(`^(?:${shape.pattern})$`, 'u').test(String(value)))
    return { kind: 'value', text: `${at} does not match ${shape.pattern}` }
  const size = Array.isArray(value) || typeof value === 'string' ? value.length : Number(value)
  if (size < (shape.min ?? -Infinity) || size > (shape.max ?? Infinity))
    return { kind: 'value', text: `${at} is not within ${shape.min ?? ''}–${shape.max ?? ''}` }
  if (Array.isArray(value)) return first(value.map((item, index) => [`${at}[${index}]`, shape.member as Shape, item]))
  if (shape.type === 'map')
    return first(Object.entries(value as object).map(([key, item]) => [`${at}.${key}`, shape.value as Shape, item]))
  return shape.type === 'structure' ? memberFault() : undefined

  function memberFault(): ModelFault | undefined {
    const { members = {}, required = [] } = shape as Extract<Shape, { type: string }>
    const given = Object.entries(value as object).filter(([, item]) => item !== null)
    const unknown = given.find(([key]) => !Object.hasOwn(members, key))
    if (unknown) return { kind: 'unknown', text: `${at}.${unknown[0]} is not in the model` }
    const missing = required.find((key) => !given.some(([name]) => name === key))
    if (missing) return { kind: 'missing', text: `${at}.${missing} is missing` }
    return first(given.map(([key, item]) => [`${at}.${key}`, members[key] as Shape, item]))
  }

  function first(parts: readonly (readonly [string, Shape, unknown])[]): ModelFault | undefined {
    for (const [where, inner, item] of parts) {
      const fault = modelFault(service, inner, item, where)
      if (fault) return fault
    }
    return undefined
  }
}

const whole = (value: unknown) => Number.isInteger(value)
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: whole,
  long: whole,
  double: (value) => typeof value === 'number',
  float: (value) => typeof value === 'number',
  timestamp: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  list: Array.isArray,
  map: isObject,
  structure: isObject,
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
