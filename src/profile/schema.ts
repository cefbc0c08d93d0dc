import * as z from 'zod'
import type { JsonValue } from './profile.ts'
import type { Read, Scalar } from './scalars.ts'

// The grammar of a profile is said once, in grammar*.ts, with the few words below. The reader, the JSON Schema for
// editors and the reference page all come from it.

/** What is known of a key besides its schema. */
export interface Facets {
  readonly description: string
  /** What to write, in words: "a duration such as 30s". */
  readonly type: string
  /** As written; undefined when there is none. */
  readonly default?: string
  /** As written. */
  readonly examples?: readonly string[]
  /** `template` may hold any `${…}`, `json` any value with them; everything else only `${env.NAME}`. */
  readonly content?: 'template' | 'json'
  /** Numbers and booleans are text too, with the characters in which they are written. */
  readonly asWritten?: boolean
  readonly json?: Readonly<Record<string, unknown>>
}

const facets = z.registry<Facets>()

export type Schema = z.core.$ZodType

/** A single value. */
export function leaf<T>(read: (raw: Scalar) => Read<T>, described: Facets) {
  const schema = z.unknown().transform((raw, context): T => {
    const result = read(raw as Scalar)
    if ('value' in result) return result.value
    context.issues.push({ code: 'custom', params: { code: result.code }, message: result.message, input: raw })
    return z.NEVER
  })
  facets.add(schema, described)
  return schema
}

/** Says what a key is for; a map that is used for one thing only carries its words itself. */
export function described<S extends Schema>(schema: S, given: Facets): S {
  facets.add(schema, given)
  return schema
}

/** Fixed keys; any other is an error. `rules` are said to editors only: the reader says them in words. */
export const map = <Fields extends z.core.$ZodLooseShape>(
  fields: Fields,
  rules: Readonly<Record<string, unknown>> = {},
) => z.strictObject(fields).meta(rules)
/** Keys that the user chooses. */
export const dictionary = <Key extends z.core.$ZodRecordKey, Value extends Schema>(key: Key, value: Value) =>
  z.record(key, value)
/** At least one. */
export const list = <Item extends Schema>(item: Item) => z.array(item).min(1)
/** What has itself within it. */
export const later = <T>(schema: () => Schema) => z.lazy(schema) as unknown as z.ZodType<T>
/** A single value or a list. */
export const either = <Options extends readonly Schema[]>(options: Options) => z.union(options)
export const anyJson = () => z.any() as z.ZodType<JsonValue>

/** What a schema gives for a profile that may be broken anywhere: what is wrong is missing. */
export type Loose<S> =
  S extends z.ZodObject<infer Fields>
    ? { readonly [K in keyof Fields]?: Loose<Fields[K]> | undefined }
    : S extends z.ZodArray<infer Item>
      ? readonly (Loose<Item> | undefined)[]
      : S extends z.ZodRecord<z.core.$ZodRecordKey, infer Value>
        ? Readonly<Record<string, Loose<Value> | undefined>>
        : S extends z.ZodOptional<infer Inner>
          ? Loose<Inner> | undefined
          : S extends z.ZodUnion<infer Options>
            ? Loose<Options[number]>
            : z.output<S>

/** A schema as the reader and the reference page look at it. */
export type Shape = { readonly facets: Facets | undefined } & (
  | { readonly kind: 'map'; readonly fields: Readonly<Record<string, { schema: Schema; required: boolean }>> }
  | { readonly kind: 'dictionary'; readonly key: Schema; readonly value: Schema }
  | { readonly kind: 'list'; readonly item: Schema }
  | { readonly kind: 'either'; readonly options: readonly Schema[] }
  | { readonly kind: 'json' }
  | { readonly kind: 'scalar'; readonly read: (raw: Scalar) => Read<unknown> }
)

export function shapeOf(schema: Schema): Shape {
  const known = { facets: facets.get(schema) }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodLazy) return shapeOf(schema.unwrap())
  if (schema instanceof z.ZodArray) return { kind: 'list', item: schema.element, ...known }
  if (schema instanceof z.ZodRecord)
    return { kind: 'dictionary', key: schema.keyType, value: schema.valueType, ...known }
  if (schema instanceof z.ZodUnion) return { kind: 'either', options: schema.options, ...known }
  if (schema instanceof z.ZodAny) return { kind: 'json', ...known }
  if (!(schema instanceof z.ZodObject)) return { kind: 'scalar', read: (raw) => readLeaf(schema, raw), ...known }
  const fields = Object.entries(schema.shape as Record<string, Schema>).map(
    ([key, field]) => [key, { schema: field, required: !(field instanceof z.ZodOptional) }] as const,
  )
  return { kind: 'map', fields: Object.fromEntries(fields), ...known }
}

function readLeaf(schema: Schema, raw: Scalar): Read<unknown> {
  const { success, data, error } = z.safeParse(schema, raw)
  if (success) return { value: data }
  const [issue] = error.issues
  return { code: issue?.code === 'custom' ? issue.params?.code : 'wrong-type', message: issue?.message ?? '' }
}

/** JSON Schema (draft 7, which editors' YAML extensions read best) of what a schema accepts, as it is written. */
export function jsonSchemaOf(schema: Schema): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const { description, default: byDefault, examples, json } = facets.get(zodSchema) ?? {}
      const said = [description, byDefault === undefined ? undefined : `Default: ${byDefault}.`]
        .filter(Boolean)
        .join(' ')
      Object.assign(jsonSchema, json, said === '' ? {} : { description: said }, examples ? { examples } : {})
    },
  })
}
