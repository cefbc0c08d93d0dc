// Whatever stands in a source: the profile that is made of it is sound, says the same, and nothing is lost in silence.
import { expect, test } from '@jest/globals'
import type { TemplatePart } from '../../src/profile/profile.ts'
import { hostileStrings } from '../support/hostile-strings.ts'
import { imported, missingIn } from './imported.ts'

const STRINGS = hostileStrings(30, 4)
const textOf = (template: readonly TemplatePart[]) => template.join('')

/** An exchange that is taken whatever becomes of the one before it. */
const SOUND = { request: { method: 'GET', url: 'https://shop.example/', headers: [] }, response: { status: 200 } }

function recorded(request: object) {
  const exchange = {
    startedDateTime: '2026-03-14T00:00:00Z',
    request: { method: 'POST', url: 'https://shop.example/x', headers: [], ...request },
    response: { status: 200 },
  }
  return imported('har', { file: 'x.har', text: JSON.stringify({ log: { entries: [exchange, SOUND] } }) })
}

test('a recorded text is sent as it was, or is in the list', () => {
  for (const text of STRINGS) {
    const made = [
      recorded({ postData: { mimeType: 'application/json', text: JSON.stringify({ note: text, list: [text] }) } }),
      recorded({ postData: { mimeType: 'text/plain', text } }),
      recorded({ headers: [{ name: 'x-note', value: text }] }),
    ]
    for (const { account } of made) expect(missingIn(account)).toEqual([])
    const [json, plain, header] = made.map(({ steps }) => steps.find(({ method }) => method === 'POST'))
    if (json) expect(JSON.parse(textOf(json.body!.content))).toEqual({ note: text, list: [text] })
    if (plain) expect(textOf(plain.body!.content)).toBe(text)
    if (header) expect(textOf(header.headers[0]![1])).toBe(text)
  }
})

test('most of them are sent, so that the list is no excuse', () => {
  const sent = STRINGS.filter(
    (text) =>
      recorded({ postData: { mimeType: 'application/json', text: JSON.stringify({ note: text }) } }).steps.length === 2,
  )
  expect(sent.length).toBeGreaterThan(STRINGS.length / 2)
})

test('names and addresses of a collection make no other profile than one that is read', () => {
  for (const text of STRINGS) {
    const item = [
      {
        name: text,
        request: {
          method: 'GET',
          url: `https://shop.example/${text}?${text}=${text}`,
          header: [{ key: text, value: text }],
        },
      },
      { name: text, item: [{ name: text, request: { method: text, url: text } }] },
      { name: 'sound', request: 'https://shop.example/' },
    ]
    const { account } = imported('postman', { file: 'c.json', text: JSON.stringify({ info: { name: text }, item }) })
    expect(missingIn(account)).toEqual([])
  }
})

test('names and values of a plan make no other profile than one that is read', () => {
  const xml = (text: string) =>
    text
      .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '')
      .replace(/[<>&"'\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`)
  for (const text of STRINGS.map(xml)) {
    const sampler = (path: string) =>
      `<HTTPSamplerProxy testname="${path === '/' ? 'sound' : text}"><stringProp name="HTTPSampler.path">${path}</stringProp><stringProp name="HTTPSampler.domain">shop.example</stringProp></HTTPSamplerProxy><hashTree/>`
    const plan = `<jmeterTestPlan><hashTree><TestPlan testname="${text}"/><hashTree><ThreadGroup testname="${text}"/><hashTree>${sampler(text)}${sampler('/')}<Odd testname="${text}"/><hashTree/></hashTree></hashTree></hashTree></jmeterTestPlan>`
    expect(missingIn(imported('jmx', { file: 'p.jmx', text: plan, target: 'http://shop.example' }).account)).toEqual([])
  }
})
