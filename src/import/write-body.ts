import type { JsonValue } from '../profile/profile.ts'
import type { DraftBody, DraftPart } from './draft.ts'
import { fields } from './source.ts'

type Keys = Readonly<Record<string, JsonValue | undefined>>

/** The keys of a step that say its body. */
export function bodyKeys(body: DraftBody): Keys {
  switch (body.kind) {
    case 'json':
      return graphQlKeys(body.value) ?? { json: body.value }
    case 'form':
      return { form: Object.fromEntries(body.pairs) }
    case 'text':
      return { body: body.text, type: body.type }
    case 'file':
      return { body: { file: body.file }, type: body.type }
    case 'multipart':
      return { multipart: partsOf(body.parts) }
  }
}

/** A request of GraphQL and nothing else. */
function graphQlKeys(value: JsonValue): Keys | undefined {
  const { query, variables, operationName, ...rest } = fields(value)
  const isDocument = typeof query === 'string' && /^\s*(?:query\b|mutation\b|\{)/.test(query)
  if (!isDocument || Object.keys(rest).length > 0) return undefined
  return {
    graphql: {
      ...(typeof operationName === 'string' && operationName !== '' ? { operation: operationName } : {}),
      query,
      ...(Object.keys(fields(variables)).length > 0 ? { variables: variables as JsonValue } : {}),
    },
  }
}

/** Several of one name are a list. */
function partsOf(parts: readonly DraftPart[]): JsonValue {
  const byName = Map.groupBy(parts, ({ name }) => name)
  return Object.fromEntries(
    [...byName].map(([name, all]) => {
      const values = all.map((part) => ('file' in part ? fileOf(part) : part.value))
      return [name, values.length === 1 ? values[0]! : values]
    }),
  )
}

function fileOf({ file, type }: Extract<DraftPart, { file: string }>): JsonValue {
  return type === undefined ? { file } : { file, type }
}
