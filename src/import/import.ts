import { acceptedDraft } from './accepted.ts'
import { type Account, checkAccount, createAccount } from './account.ts'
import { type DraftFile, type Imported, type NamedHeader, requestsOf } from './draft.ts'
import { importHar } from './har/har.ts'
import { importJmx } from './jmx/jmx.ts'
import { variableList } from './names.ts'
import { importOpenApi } from './openapi/openapi.ts'
import { importPostman } from './postman/postman.ts'
import type { Source } from './source.ts'
import { countLines } from './summary.ts'
import { variablesIn } from './text.ts'
import { writeProfile } from './write-profile.ts'

export type Importer = (source: Source, account: Account) => Imported

/** By the word of the command line. */
export const FORMATS = {
  har: importHar,
  openapi: importOpenApi,
  postman: importPostman,
  jmx: importJmx,
} as const satisfies Readonly<Record<string, Importer>>

export type Format = keyof typeof FORMATS

export interface ImportedProfile {
  readonly profile: string
  readonly files: readonly DraftFile[]
  /** What became of every request, header, body and element of the source. */
  readonly account: Account
  /** Variables of the environment that have to be set for it to run. */
  readonly variables: readonly string[]
}

/** A profile from what another tool wrote. Throws LoadgateError 'usage' where the source cannot be read. */
export function importProfile(format: Format, source: Source, account = createAccount()): ImportedProfile {
  const { draft: read, files, shared = [] }: Imported = FORMATS[format](source, account)
  const draft = acceptedDraft(read, account)
  const sent = new Set<NamedHeader>()
  for (const { holds, shares = [] } of requestsOf(draft)) {
    account.taken('request')
    account.taken('header', holds.headers)
    account.taken('body', holds.bodies)
    for (const header of shares) sent.add(header)
  }
  for (const { header, why } of shared) {
    if (sent.has(header)) account.taken('header')
    else account.leave('header', why, header.name)
  }
  checkAccount(account)
  const filled = draft.data.flatMap(({ env, file }) => (env ? files.filter(({ name }) => name === file) : []))
  const texts = [writeProfile(draft, []), ...filled.map(({ content }) => String(content))]
  const variables = [...new Set(texts.flatMap(variablesIn))]
  const set = variables.length > 0 ? [`Set before it runs: ${variableList(variables)}.`] : []
  const head = [
    source.origin ?? `Made from ${source.file} by "loadgate import ${format}".`,
    ...countLines(account),
    ...account.notes,
    ...set,
  ]
  return { profile: writeProfile(draft, head.flatMap(wrapped)), files, account, variables }
}

const COLUMNS = 100

/** In lines as people write comments. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + word.length >= COLUMNS) lines.push(lines.length > 0 ? `  ${word}` : word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
