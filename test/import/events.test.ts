// Streams of events in a recording: an answer that ended by itself, and a feed that the page read beside all else.
import { expect, test } from '@jest/globals'
import { imported } from './imported.ts'

const entry = (at: number, time: number, method: string, path: string, content: object, more: object = {}) => ({
  startedDateTime: new Date(Date.UTC(2026, 0, 1) + at).toISOString(),
  time,
  request: { method, url: `http://shop.test${path}`, headers: [], ...more },
  response: { status: 200, headers: [], content },
})
const STREAM = 'text/event-stream; charset=utf-8'
const TOKEN = '0c0ffee0-1111-4222-8333-444455556666'

test('each becomes a step that reads events, and of a feed it is said that the others wait for it', () => {
  const entries = [
    entry(0, 20, 'GET', '/', { mimeType: 'text/html', text: '<p>' }),
    { ...entry(100, 60_000, 'GET', '/feed?key=1', { mimeType: STREAM }), _resourceType: 'eventsource' },
    entry(
      5_000,
      2_000,
      'POST',
      '/chat',
      { mimeType: STREAM, text: `data: {"id":"${TOKEN}"}\n\ndata: [DONE]\n\n` },
      {
        postData: { mimeType: 'application/json', text: '{"stream":true}' },
      },
    ),
    entry(9_000, 10, 'GET', `/after/${TOKEN}`, { mimeType: 'text/plain', text: 'ok' }),
  ]
  const made = imported('har', { file: 'visit.har', text: JSON.stringify({ log: { entries } }) })
  expect(made.steps.map(({ method, path, events }) => [method, path.join(''), events])).toEqual([
    ['GET', '/', undefined],
    ['GET', '/feed?key=1', { for: 30_000 }],
    ['POST', '/chat', {}],
    // What stands in a stream is looked for in none of its events.
    ['GET', `/after/${TOKEN}`, undefined],
  ])
  expect(made.account.notes.join()).toContain('GET /feed is a feed, which a browser reads beside all else')
  // The pause behind the feed is that of the visit.
  expect(made.profile).toMatch(/think: 5s[\s\S]+chat/)
})
