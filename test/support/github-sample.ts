// Answers made of GitHub's own description: whatever it requires is there, and what a test says is as it says.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly nullable?: boolean
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly allOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

const { components } = JSON.parse(readFileSync(join(import.meta.dirname, 'github-api.json'), 'utf8')) as {
  components: { schemas: Record<string, Schema> }
}

/** The least that the schema of this name allows, with `fields` in place of its own. */
export function sample(name: string, fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { ...(made({ $ref: `#/components/schemas/${name}` }) as Record<string, unknown>), ...fields }
}

const FORMATS: Readonly<Record<string, string>> = {
  uri: 'https://github.com/sample',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'sample@users.noreply.github.com',
}

function made(schema: Schema): unknown {
  if (schema.$ref) return made(components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {})
  if (schema.enum) return schema.enum[0]
  if (schema.nullable) return null
  const [part] = schema.anyOf ?? schema.oneOf ?? []
  if (part) return made(part)
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(made))
  if (schema.type === 'array') return []
  if (schema.type === 'boolean') return false
  if (schema.type === 'integer' || schema.type === 'number') return 1
  if (schema.type === 'string') return FORMATS[schema.format ?? ''] ?? 'sample'
  const { required = [], properties = {} } = schema
  return Object.fromEntries(required.map((key) => [key, made(properties[key] ?? {})]))
}
