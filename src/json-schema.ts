import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { messageOf } from './errors.ts'
import { compilePattern } from './pattern.ts'
import { faultAt, SchemaFault } from './schema-fault.ts'

/** A JSON Schema made ready. */
export interface CompiledSchema {
  /** Where the document is not as it should be, and why, in a line; undefined where it is. */
  wrong(document: unknown): string | undefined
}

// Of OpenAPI: they say nothing of what is valid. A keyword that is in no list is a slip, and would demand nothing.
const ANNOTATIONS = ['example', 'xml', 'externalDocs', 'discriminator']
const DRAFT_7 = /draft-0[67]/

// What an answer holds is for somebody else to choose: its text must not be able to hold up the engine.
const linear = Object.assign(
  (source: string) => {
    const { fits } = compilePattern(source)
    return { test: fits, toString: () => source }
  },
  { code: 'new RegExp' },
)

/**
 * Throws a SchemaFault where the schema is none. Of draft 7 where its `$schema` says so, else of 2020-12, which is
 * OpenAPI's. https://json-schema.org/specification
 */
export function compileSchema(schema: unknown): CompiledSchema {
  const said = typeof schema === 'object' && schema !== null && '$schema' in schema ? String(schema.$schema) : ''
  const Dialect = DRAFT_7.test(said) ? Ajv : Ajv2020
  const ajv = new Dialect({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    logger: false,
    code: { regExp: linear },
  })
  ajv.addVocabulary(ANNOTATIONS)
  addFormats.default(ajv)
  try {
    const validate = ajv.compile(schema as object)
    return {
      wrong(document) {
        if (validate(document)) return undefined
        const [first] = validate.errors ?? []
        return `JSON "${first?.instancePath ?? ''}" ${first?.message ?? 'is not valid'}`
      },
    }
  } catch (cause) {
    const message = messageOf(cause).split('\n')[0]!
    throw new SchemaFault(message, faultAt(message, { schema, first: ajv.errors?.[0]?.instancePath }), cause)
  }
}
