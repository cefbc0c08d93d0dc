import { createIssueLog } from '../../profile/issue-log.ts'
import type { JsonValue } from '../../profile/profile.ts'
import type { Node } from '../../profile/tree.ts'
import { readYaml } from '../../profile/yaml-tree.ts'
import { brokenSource, type Fields, fields, parseJsonSource, type Source, textOf } from '../source.ts'

/** An OpenAPI document, whose references within itself can be followed. */
export interface ApiDocument {
  readonly root: Fields
  /** What a value stands for: itself, or what its `$ref` leads to; undefined where that leads elsewhere or nowhere. */
  resolve(value: unknown): Fields | undefined
}

/** References to references; a circle has no end. */
const LONGEST_CHAIN = 20

/** OpenAPI 3.0 or 3.1 in JSON or YAML. Throws LoadgateError 'usage' with the place where it is none. */
export function readDocument(source: Source): ApiDocument {
  const isJson = /^\ufeff?\s*[{[]/.test(source.text)
  const root = fields(isJson ? parseJsonSource(source, 'the description') : parseYaml(source))
  const version = textOf(root.openapi) ?? ''
  if (textOf(root.swagger) !== undefined)
    throw brokenSource(source.file, `it is Swagger ${textOf(root.swagger)}`, 'Convert it to OpenAPI 3 first.')
  if (!/^3\.\d/.test(version))
    throw brokenSource(
      source.file,
      'it is no OpenAPI 3 ("openapi: 3.x" is missing)',
      'Name a description in OpenAPI 3.0 or 3.1.',
    )
  return { root, resolve: (value) => resolved(root, value) }
}

function parseYaml({ text, file }: Source): JsonValue {
  const log = createIssueLog(text, file)
  const node = readYaml(text.replace(/^\ufeff/, ''), log)
  const [issue] = log.sorted()
  if (node && !issue) return plain(node)
  throw brokenSource(file, issue?.message ?? 'it is no YAML', 'Write it so, or as JSON.', issue?.place)
}

/** Its nesting is bounded by the reader of YAML. */
function plain(node: Node): JsonValue {
  if (node.kind === 'map') return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]))
  if (node.kind === 'list') return node.items.map(plain)
  return node.kind === 'scalar' ? node.value : null
}

function resolved(root: Fields, value: unknown): Fields | undefined {
  let at = fields(value)
  for (let chain = 0; chain < LONGEST_CHAIN; chain++) {
    const ref = textOf(at.$ref)
    if (ref === undefined) return at
    if (!ref.startsWith('#/')) return undefined
    const found = ref
      .slice(2)
      .split('/')
      .reduce<unknown>((inner, token) => {
        const key = decodeToken(token)
        return Array.isArray(inner)
          ? inner[Number(key)]
          : Object.hasOwn(fields(inner), key)
            ? fields(inner)[key]
            : undefined
      }, root)
    if (typeof found !== 'object' || found === null) return undefined
    at = fields(found)
  }
  return undefined
}

function decodeToken(token: string): string {
  const text = token.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
