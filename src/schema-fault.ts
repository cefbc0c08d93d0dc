/** What keeps a document from being a JSON Schema, in a line, and where in it. */
export class SchemaFault extends Error {
  /** JSON Pointer to it, or to what it is in. */
  readonly pointer: string

  constructor(message: string, pointer: string, cause: unknown) {
    super(message, { cause })
    this.pointer = pointer
  }
}

/** Where the library's words lead: they name a place of the schema, a keyword that is none, or nothing. */
export function faultAt(message: string, { schema, first }: { schema: unknown; first: string | undefined }): string {
  if (message.startsWith('schema is invalid')) return first ?? ''
  const [, fragment] = /at path "#([^"]*)"/.exec(message) ?? []
  if (fragment !== undefined) return decoded(fragment)
  const [, keyword] = /unknown keyword: "(.*)"$/.exec(message) ?? []
  return (keyword !== undefined && pointerTo(keyword, schema, '')) || ''
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return fragment
  }
}

/** What is in them is called as the schema likes. */
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
/** What is in them is no schema. */
const VALUES = new Set(['enum', 'const', 'default', 'examples', 'example'])

function pointerTo(keyword: string, schema: unknown, at: string, named = false): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined
  for (const [key, value] of Object.entries(schema)) {
    const pointer = below(at, key)
    if (!named && !Array.isArray(schema) && key === keyword) return pointer
    if (!named && VALUES.has(key)) continue
    const found = pointerTo(keyword, value, pointer, !named && NAMED.has(key))
    if (found !== undefined) return found
  }
  return undefined
}

/** The JSON Pointer (RFC 6901) to what has this name there. */
export function below(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
