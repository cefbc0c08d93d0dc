import { basename } from 'node:path'
import { EXIT, LoadgateError } from '../errors.ts'
import { readText } from '../files.ts'
import { readFlags } from '../flags.ts'
import { FORMATS, type Format } from '../import/import.ts'
import { nearest } from '../nearest.ts'
import type { Output } from '../output/output.ts'
import { readTarget } from '../profile/scalars.ts'
import type { Bytes } from '../units.ts'
import { giveProfile } from './give-profile.ts'
import { neighboursOf } from './neighbours.ts'

/** Recordings hold the answers too. */
const LARGEST: Bytes = 256 * 1_048_576
const NAMES = Object.keys(FORMATS)

/**
 * `import FORMAT FILE`: a profile from what another tool wrote, to standard output or `--output`. What is not in it is listed on
 * standard error. Ends with 2 where the file cannot be read, or nothing in it can be sent.
 */
export async function importCommand(given: readonly string[], output: Output): Promise<number> {
  const force = given.includes('--force')
  const argv = given.filter((arg) => arg !== '--force')
  const { values, positionals } = readFlags(argv, { flags: ['output', 'target'], most: 2 })
  const [name, path] = positionals
  const format = formatNamed(name)
  if (path === undefined)
    throw new LoadgateError('usage', `import ${format} takes a file`, {
      hint: `For example: loadgate import ${format} ${EXAMPLE[format]} --output loadgate.yml`,
    })
  const source = {
    text: await readText(path, LARGEST),
    file: basename(path),
    target: targetIn(values.target),
    neighbour: neighboursOf(path),
  }
  await giveProfile(format, source, { path: values.output, force }, output)
  return EXIT.pass
}

const EXAMPLE: Readonly<Record<Format, string>> = {
  har: 'visit.har',
  openapi: 'openapi.yaml',
  postman: 'shop.postman_collection.json',
  jmx: 'plan.jmx',
}

function formatNamed(name: string | undefined): Format {
  const known = NAMES.find((format) => format === name)
  if (known !== undefined) return known as Format
  const meant = name === undefined ? undefined : (OTHER_NAMES.get(name) ?? nearest(name, NAMES))
  throw new LoadgateError(
    'usage',
    name === undefined ? 'import takes a format and a file' : `There is no format "${name}"`,
    {
      hint: meant ? `Did you mean \`loadgate import ${meant}\`?` : `Write one of: ${NAMES.join(', ')}.`,
    },
  )
}

/** k6's recorders and converters write and read plain HAR. */
const OTHER_NAMES = new Map([
  ['k6-har', 'har'],
  ['swagger', 'openapi'],
  ['jmeter', 'jmx'],
])

export function targetIn(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const read = readTarget(given)
  if ('value' in read) return read.value
  throw new LoadgateError('usage', `\`--target\`: ${read.message.replace('{}', `"${given}"`)}`)
}
