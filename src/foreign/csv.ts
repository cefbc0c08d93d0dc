import { damaged, WHOLE_FILE } from './damaged.ts'

/** Lines of one record at most: a message of an error may hold line ends, between quotes. */
const MOST_LINES = 1_000
const LONGEST = 1_048_576

/** Records of CSV (RFC 4180) from lines. */
export class CsvRecords {
  readonly #file: string
  readonly #separator: string
  readonly #take: (fields: readonly string[], line: number) => void
  /** Of a record that goes on in the next line. */
  #open = ''
  #from = 0
  #lines = 0

  constructor(file: string, take: (fields: readonly string[], line: number) => void, separator = ',') {
    this.#file = file
    this.#take = take
    this.#separator = separator
  }

  line(text: string, number: number): void {
    if (this.#lines === 0 && !text.includes('"')) {
      this.#take(text.split(this.#separator), number)
      return
    }
    if (this.#lines === 0) this.#from = number
    this.#open = this.#lines === 0 ? text : `${this.#open}\n${text}`
    this.#lines++
    const fields = fieldsOf(this.#open, this.#separator)
    if (fields !== undefined) {
      this.#lines = 0
      this.#open = ''
      this.#take(fields, this.#from)
    } else if (this.#lines >= MOST_LINES || this.#open.length > LONGEST) this.end()
  }

  end(): void {
    if (this.#lines > 0) throw damaged(this.#file, this.#from, 'a quote is opened here and never closed', WHOLE_FILE)
  }
}

/** Undefined where a quote is still open. */
export function fieldsOf(text: string, separator = ','): readonly string[] | undefined {
  const fields: string[] = []
  for (let at = 0; ; ) {
    if (text[at] !== '"') {
      const end = text.indexOf(separator, at)
      fields.push(end < 0 ? text.slice(at) : text.slice(at, end))
      if (end < 0) return fields
      at = end + 1
      continue
    }
    let value = ''
    for (let from = at + 1; ; ) {
      const quote = text.indexOf('"', from)
      if (quote < 0) return undefined
      value += text.slice(from, quote)
      if (text[quote + 1] !== '"') {
        at = quote + 1
        break
      }
      value += '"'
      from = quote + 2
    }
    // What stands behind a closing quote belongs to the field, as spreadsheets have it.
    const end = text.indexOf(separator, at)
    fields.push(value + (end < 0 ? text.slice(at) : text.slice(at, end)))
    if (end < 0) return fields
    at = end + 1
  }
}

/** Where each column stands; undefined where one that is needed is not there. */
export function columnsIn<Name extends string>(
  header: readonly string[],
  needed: readonly Name[],
): Readonly<Record<Name, number>> | undefined {
  const at = Object.fromEntries(needed.map((name) => [name, header.indexOf(name)])) as Record<Name, number>
  return needed.some((name) => at[name] < 0) ? undefined : at
}
