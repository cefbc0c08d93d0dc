// Cuts the parts of AWS's service models that the tests hold our requests to, into test/support/aws/aws-api.json.
// None of the sources has all: aws-sdk 2 has shapes and required members, botocore of Debian has limits and the names of
// enumerations, the installed client has today's values of these and each operation's errors. To regenerate, in another
// directory:
//
//   npm pack aws-sdk@2.1693.0 && tar -xzf aws-sdk-2.1693.0.tgz
//   apt-get download python3-botocore && dpkg --extract python3-botocore_*.deb deb
//   node scripts/extract-aws-api.mjs DIR/package DIR/deb/usr/lib/python3/dist-packages/botocore
//
// The same input gives the same bytes.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SERVICES = [
  {
    name: 'ecs',
    version: '2014-11-13',
    operations: [
      'DescribeClusters',
      'DescribeTaskDefinition',
      'DescribeTasks',
      'ListTagsForResource',
      'ListTasks',
      'RegisterTaskDefinition',
      'RunTask',
      'StopTask',
      'TagResource',
    ],
  },
  { name: 'cloudformation', version: '2010-05-15', operations: ['DescribeStacks'] },
  { name: 'sts', version: '2011-06-15', operations: ['GetCallerIdentity'] },
  { name: 'service-quotas', version: '2019-06-24', operations: ['GetServiceQuota'] },
]

const [v2, botocore] = process.argv.slice(2)
if (!botocore) {
  console.error('usage: node scripts/extract-aws-api.mjs PATH/aws-sdk PATH/botocore')
  process.exit(2)
}
const read = (...path) => readFileSync(join(...path), 'utf8')
const installed = (client) => join(import.meta.dirname, '../node_modules/@aws-sdk', `client-${client}`)

const services = []
for (const service of SERVICES) services.push([service.name, await cut(service)])
const source = [
  `aws-sdk ${JSON.parse(read(v2, 'package.json')).version} apis/*.min.json (Apache-2.0)`,
  `botocore ${/__version__ = '(.*)'/.exec(read(botocore, '__init__.py'))[1]} data/*/service-2.json (Apache-2.0)`,
  ...SERVICES.map(({ name }) => `@aws-sdk/client-${name} ${JSON.parse(read(installed(name), 'package.json')).version}`),
].join(', ')
const rows = services.map(([name, { shapes, ...head }]) => {
  const lines = Object.entries(shapes).map(
    ([shape, value]) => `      ${JSON.stringify(shape)}: ${JSON.stringify(value)}`,
  )
  return `    ${JSON.stringify(name)}: {\n${Object.entries(head)
    .map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(',\n')},\n      "shapes": {\n  ${lines.join(',\n  ')}\n      }\n    }`
})
const text = `{\n  "x-source": ${JSON.stringify(source)},\n  "services": {\n${rows.join(',\n')}\n  }\n}\n`
JSON.parse(text)
writeFileSync(new URL('../test/support/aws/aws-api.json', import.meta.url), text)

async function cut({ name, version, operations }) {
  const shaped = JSON.parse(read(v2, 'apis', `${name}-${version}.min.json`))
  const limited = JSON.parse(read(botocore, 'data', name, version, 'service-2.json'))
  const enums = await import(join(installed(name), 'dist-es/models/enums.js')).catch(() => ({}))
  const shapes = {}
  const names = new Map(Object.entries(limited.shapes).map(([shape, value]) => [value, shape]))
  // The same shape is met on many ways: the first that tells its limits is kept.
  const seen = new Map()
  const walk = (reference, other) => {
    const { shape: known, ...rest } = reference
    const theirs = other && limited.shapes[other.shape]
    if (known === undefined) return lean(rest, theirs)
    if (!seen.has(known) || (theirs && !seen.get(known))) {
      seen.set(known, theirs !== undefined)
      shapes[known] = lean(shaped.shapes[known], theirs)
    }
    return { shape: known }
  }
  const lean = (shape, theirs) => {
    const { type = 'string', required, members, member, key, value, flattened, locationName, union } = shape
    const limits = theirs?.enum
      ? { enum: Object.values(enums[names.get(theirs)] ?? theirs.enum) }
      : pick(theirs, type === 'structure' ? [] : ['min', 'max', 'pattern'])
    return {
      type,
      ...(locationName && { locationName }),
      ...(flattened && { flattened }),
      ...(union && { union }),
      ...limits,
      ...(required && { required }),
      ...(members && {
        members: Object.fromEntries(Object.entries(members).map(([k, m]) => [k, walk(m, theirs?.members?.[k])])),
      }),
      ...(member && { member: walk(member, theirs?.member) }),
      ...(key && { key: walk(key, theirs?.key) }),
      ...(value && { value: walk(value, theirs?.value) }),
    }
  }
  const cutOperations = {}
  for (const operation of operations) {
    const { input = { type: 'structure', members: {} }, output } = shaped.operations[operation]
    const theirs = limited.operations[operation]
    cutOperations[operation] = {
      input: walk(input, theirs?.input),
      output: walk(output, theirs?.output),
      errors: errorsOf(name, operation),
    }
  }
  const { targetPrefix, protocol, xmlNamespace } = shaped.metadata
  return {
    protocol,
    ...(targetPrefix && { targetPrefix }),
    ...(xmlNamespace && { xmlNamespace }),
    version,
    operations: cutOperations,
    shapes,
  }
}

/** By name, with whose fault each is. */
function errorsOf(name, operation) {
  const text = read(installed(name), 'dist-types/commands', `${operation}Command.d.ts`)
  return Object.fromEntries(
    [...text.matchAll(/@throws \{@link (\w+)\} \((client|server) fault\)/g)].map(([, error, fault]) => [error, fault]),
  )
}

function pick(object, keys) {
  return Object.fromEntries(keys.filter((key) => object?.[key] !== undefined).map((key) => [key, object[key]]))
}
