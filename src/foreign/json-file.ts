import { damaged, WHOLE_FILE } from './damaged.ts'

/** A file of JSON, member by member: whatever is not there, or is of another kind, is undefined. */
export class JsonFile {
  readonly #file: string
  readonly #value: unknown

  constructor(file: string, text: string) {
    this.#file = file
    try {
      this.#value = JSON.parse(text)
    } catch {
      // The engine's own words quote the file.
      throw damaged(file, undefined, 'it is no whole object of JSON', WHOLE_FILE)
    }
  }

  /** Of an object, its members; of anything else none. */
  members(...path: readonly string[]): readonly (readonly [key: string, value: unknown])[] {
    const value = this.#at(path)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
  }

  /** From 0 on. */
  amount(...path: readonly string[]): number | undefined {
    const value = this.#at(path)
    if (value === undefined || value === null) return undefined
    if (typeof value === 'number' && value >= 0) return value
    throw damaged(this.#file, undefined, `${path.join('.')} is no number from 0 on`, WHOLE_FILE)
  }

  needed(...path: readonly string[]): number {
    const value = this.amount(...path)
    if (value === undefined) throw damaged(this.#file, undefined, `there is no ${path.join('.')}`, WHOLE_FILE)
    return value
  }

  text(...path: readonly string[]): string | undefined {
    const value = this.#at(path)
    return typeof value === 'string' ? value : undefined
  }

  has(...path: readonly string[]): boolean {
    return this.#at(path) !== undefined
  }

  #at(path: readonly string[]): unknown {
    return path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, key)
          ? (value as Readonly<Record<string, unknown>>)[key]
          : undefined,
      this.#value,
    )
  }
}
