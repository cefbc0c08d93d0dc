import { mkdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readForeign } from '../../src/foreign/read-foreign.ts'
import { type Place, place } from './files.ts'

let files: Place
beforeEach(() => {
  files = place()
})
afterEach(() => files[Symbol.dispose]())

test.each<[what: string, text: string, message: RegExp]>([
  ['nothing', '', /neither a result of Loadgate nor of a generator/],
  ['a text', 'hello\nworld\n', /neither a result of Loadgate nor of a generator/],
  ['other JSON', '{"results":[]}', /neither a result of Loadgate nor of a generator/],
  ['JSON that is cut off', '{"metrics":{"http_reqs":', /it is no whole object of JSON/],
  ['two at once', '{"metrics":{"http_reqs":{}},"aggregate":{"counters":{}}}', /more than one generator/],
  ["Locust's history", 'Timestamp,User Count,Type,Name,Requests/s\n', /the history of Locust's run/],
  ["Locust's failures", 'Method,Name,Error,Occurrences\n', /the failures of Locust's run/],
  ['a compressed file', '\u001f\u008b\u0008', /compressed/],
  ['other XML', '<?xml version="1.0"?><html/>', /neither a result of Loadgate nor of a generator/],
])('%s is refused', async (_, text, message) => {
  await expect(readForeign(files.write('result', text), undefined)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(message),
    hint: expect.any(String),
  })
})

test('what is no file is refused, and what is our own is left alone', async () => {
  mkdirSync(files.at('folder'))
  await expect(readForeign(files.at('folder'), undefined)).rejects.toThrow(/not a regular file/)
  await expect(readForeign(files.at('nowhere'), undefined)).rejects.toThrow(/cannot be read: .*ENOENT/)
  expect(await readForeign(files.write('a', '{\n  "kind": "loadgate-report",\n'), undefined)).toBeUndefined()
})

test('a line without an end is not held', async () => {
  const text = `timeStamp,elapsed,label,success\n${'x'.repeat(5_000_000)}`
  await expect(readForeign(files.write('result.jtl', text), undefined)).rejects.toThrow(
    /:2: the line is longer than 4 MiB/,
  )
})
