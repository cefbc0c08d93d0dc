// Recordings of a few exchanges, as they are told in a line each.
import { expect } from '@jest/globals'
import { imported, missingIn } from './imported.ts'

export interface Exchange {
  readonly request: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: readonly [type: string, text: string]
  readonly status?: number
  readonly answers?: Readonly<Record<string, string>>
  readonly type?: string
  readonly text?: string
  readonly after?: number
}

const named = (map: Readonly<Record<string, string>> = {}) =>
  Object.entries(map).map(([name, value]) => ({ name, value }))

/** A recording of these exchanges, a millisecond each. */
export function visit(...exchanges: readonly Exchange[]) {
  let at = Date.UTC(2026, 2, 14)
  const entries = exchanges.map(
    ({ request, headers, body, status = 200, answers, type = 'application/json', text, after = 0 }) => {
      const [method, path] = request.split(' ')
      at += after + 1
      return {
        startedDateTime: new Date(at).toISOString(),
        time: 1,
        request: {
          method,
          url: `https://shop.example${path}`,
          headers: named(headers),
          ...(body ? { postData: { mimeType: body[0], text: body[1] } } : {}),
        },
        response: {
          status,
          headers: named(answers),
          content: { mimeType: type, ...(text === undefined ? {} : { text }) },
        },
      }
    },
  )
  const made = imported('har', { file: 'visit.har', text: JSON.stringify({ log: { entries } }) })
  expect(missingIn(made.account)).toEqual([])
  return made
}
