// Cuts the part of GitHub's REST description that the tests hold our requests to, into test/support/github-api.json.
// The package is 385 MB, so it is never a dependency. To regenerate, in any other directory:
//
//   npm install --ignore-scripts --prefix DIR @octokit/openapi@23.0.2
//   node scripts/extract-github-api.mjs DIR/node_modules/@octokit/openapi
//
// The same input gives the same bytes.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const OPERATIONS = [
  'actions/download-artifact',
  'actions/get-artifact',
  'actions/get-workflow-run',
  'actions/list-artifacts-for-repo',
  'actions/list-workflow-run-artifacts',
  'actions/list-workflow-runs',
  'actions/list-workflow-runs-for-repo',
  'checks/create',
  'checks/list-for-ref',
  'checks/update',
  'git/create-blob',
  'git/create-commit',
  'git/create-ref',
  'git/create-tree',
  'git/get-blob',
  'git/get-commit',
  'git/get-ref',
  'git/get-tree',
  'git/update-ref',
  'issues/add-labels',
  'issues/create',
  'issues/create-comment',
  'issues/delete-comment',
  'issues/get',
  'issues/get-comment',
  'issues/list-comments',
  'issues/list-for-repo',
  'issues/list-labels-on-issue',
  'issues/remove-label',
  'issues/update',
  'issues/update-comment',
  'pulls/get',
  'pulls/list',
  'pulls/list-files',
  'repos/compare-commits-with-basehead',
  'repos/create-or-update-file-contents',
  'repos/get',
  'repos/get-commit',
  'repos/get-content',
  'repos/list-pull-requests-associated-with-commit',
  'users/get-authenticated',
]

const [source] = process.argv.slice(2)
if (!source) {
  console.error('usage: node scripts/extract-github-api.mjs PATH/@octokit/openapi')
  process.exit(2)
}
const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
const whole = JSON.parse(readFileSync(join(source, 'generated/api.github.com.json'), 'utf8'))

const paths = chosenPaths()
const subset = {
  openapi: whole.openapi,
  info: {
    title: 'Part of the GitHub REST API',
    version: whole.info.version,
    'x-source': `@octokit/openapi ${version}, generated/api.github.com.json; cut by scripts/extract-github-api.mjs`,
    'x-license': readFileSync(join(source, 'LICENSE'), 'utf8').trim(),
  },
  servers: whole.servers,
  paths,
  components: reachedFrom(paths),
}
writeFileSync(new URL('../test/support/github-api.json', import.meta.url), linePerEntry(subset))

function chosenPaths() {
  const wanted = new Set(OPERATIONS)
  const chosen = {}
  for (const [path, item] of Object.entries(whole.paths)) {
    const operations = Object.entries(item).filter(([, operation]) => wanted.delete(operation.operationId))
    if (operations.length > 0)
      chosen[path] = Object.fromEntries(operations.map(([method, operation]) => [method, lean(operation)]))
  }
  if (wanted.size > 0) throw new Error(`not in @octokit/openapi ${version}: ${[...wanted].join(', ')}`)
  return chosen
}

/** Every component that the paths refer to, directly or through another. */
function reachedFrom(start) {
  const components = {}
  const open = referencesIn(start)
  for (const reference of open) {
    const [, , kind, name] = reference.split('/')
    const component = lean(whole.components[kind][name])
    components[kind] ??= {}
    components[kind][name] = component
    for (const further of referencesIn(component)) open.add(further)
  }
  return sorted(components, 2)
}

function referencesIn(value) {
  return new Set([...JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference))
}

/** Without what only people read, and without what ajv refuses. */
function lean(value) {
  if (Array.isArray(value)) return value.map(lean)
  if (typeof value !== 'object' || value === null) return value
  const kept = {}
  for (const [key, inner] of Object.entries(value)) {
    if (isProse(key)) continue
    // The keys of `properties` are names: one may well be called "description".
    kept[key] = key === 'properties' ? mapped(inner, lean) : lean(inner)
  }
  return withNullSpeltOut(kept)
}

function isProse(key) {
  return ['description', 'example', 'examples', 'externalDocs', 'summary', 'tags'].includes(key) || key.startsWith('x-')
}

// ajv throws on `nullable` without a `type` beside it, and takes no null where there is a list of values without it.
function withNullSpeltOut(schema) {
  if (!schema.nullable) return schema
  if (schema.type !== undefined) return schema.enum ? { ...schema, enum: [...new Set([...schema.enum, null])] } : schema
  const { nullable, ...rest } = schema
  return { anyOf: [rest, { enum: [null] }] }
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}

function sorted(object, depth) {
  const entries = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, value]) => [key, depth > 1 ? sorted(value, depth - 1) : value]))
}

/** One line for each path and each component, so that a new version shows as a readable difference. */
function linePerEntry({ paths, components, ...head }) {
  const block = (object, indent, inner) => {
    const rows = Object.entries(object).map(([key, value]) => `${indent}${JSON.stringify(key)}: ${inner(value)}`)
    return `{\n${rows.join(',\n')}\n${indent.slice(2)}}`
  }
  const parts = { ...mapped(head, (value) => JSON.stringify(value)) }
  parts.paths = block(paths, '    ', JSON.stringify)
  parts.components = block(components, '    ', (kind) => block(kind, '      ', JSON.stringify))
  return `${block(parts, '  ', (text) => text)}\n`
}
