import { expect, test } from '@jest/globals'
import { propertiesText, targetProperties } from '../../src/jmeter/properties.ts'

const linesOf = (own: Record<string, string>) =>
  propertiesText(own, targetProperties('http://127.0.0.1:8080', { number: 1, of: 1 })).split('\n')

test.each([
  ['http://127.0.0.1:8080', ['http', '127.0.0.1', '8080', '']],
  ['https://shop.example', ['https', 'shop.example', '443', '']],
  ['http://shop.example/base/v2', ['http', 'shop.example', '80', '/base/v2']],
])('a script reads of %s where it is', (target, [protocol, host, port, path]) => {
  expect(targetProperties(target, { number: 2, of: 3 })).toEqual({
    'loadgate.target': target,
    'loadgate.protocol': protocol,
    'loadgate.host': host,
    'loadgate.port': port,
    'loadgate.path': path,
    'loadgate.worker': '2',
    'loadgate.workers': '3',
  })
})

test.each([
  ['plain-1.5_a', 'plain-1.5_a'],
  ['two words', 'two\\u0020words'],
  ['a=b:c#d!e\\f', 'a\\u003db\\u003ac\\u0023d\\u0021e\\u005cf'],
  ['line\nend', 'line\\u000aend'],
  ['ü😀', '\\u00fc\\ud83d\\ude00'],
])('%j is written as Java reads it', (value, written) => {
  expect(linesOf({ key: value })).toContain(`key=${written}`)
})

test('what the results must have is said last, so that nothing takes it back', () => {
  const lines = linesOf({ a: '1' })
  expect(lines[0]).toBe('a=1')
  expect(lines).toContain('jmeter.save.saveservice.output_format=csv')
  expect(lines).toContain('jmeter.save.saveservice.timestamp_format=ms')
})
