import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from '@jest/globals'

const FOLDER = join(import.meta.dirname, '..', 'golden')

/** Compares with a file that a person has looked at; `UPDATE_GOLDEN=1` writes it anew, to be looked at again. */
export function expectGolden(path: string, text: string): void {
  const file = join(FOLDER, path)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  expect(text).toBe(readFileSync(file, 'utf8'))
}
