import { anyScalar, duration, json, MINUTE, pointer, text } from './grammar-values.ts'
import { readLastEvent } from './read-events.ts'
import { described, dictionary, either, type Loose, leaf, map } from './schema.ts'

const LONGEST = 10 * MINUTE

const EventMap = described(
  map({
    event: text({ description: 'Its `event` field; `message` where it has none.', examples: ['done'] }).optional(),
    id: text({ description: 'Its `id`.', examples: ['"42"'] }).optional(),
    data: text({ description: 'Text that its data contains.', examples: ['finished'] }).optional(),
    json: described(
      dictionary(pointer({ description: 'JSON Pointer (RFC 6901).' }), json({ description: 'Its value.' })),
      {
        type: 'a map of JSON Pointers to values',
        description: 'Values that the JSON of its data has.',
        examples: ['{ /done: true }'],
      },
    ).optional(),
  }),
  {
    type: 'a map',
    description: 'An event that has all of these.',
    examples: ['{ event: done }', '{ json: { /done: true } }'],
  },
)

export const Events = described(
  map({
    until: described(
      either([
        leaf(readLastEvent, {
          type: 'a number of events, or text in quotes such as "[DONE]"',
          description: 'How many events, or text in the data of the last one.',
          json: anyScalar,
        }),
        EventMap,
      ]),
      {
        type: 'a number of events, text in the data of the last one such as "[DONE]", or a map of what the last one has',
        description:
          'Last event that is waited for; the stream is then closed. One that ends before is a failure. Left out: the stream ends by itself, or after `for`. Behind text, `expect` and `capture` look at the event before, since it only says that the stream is over.',
        examples: ['10', '"[DONE]"', '{ event: done }', '{ json: { /done: true } }'],
      },
    ).optional(),
    for: duration(1, LONGEST, {
      description:
        'How long a stream is read, from its first event on or until the load is over; it is then closed, and has succeeded. Where the event of `until` had not come yet, what `expect` says of the data is not looked at. Where the load is over, what `capture` does not find is no failure. Left out: until it ends, for at most 10 minutes.',
      examples: ['30s'],
    }).optional(),
    within: duration(1, LONGEST, {
      description: 'Longest pause between two events; a longer one is a failure.',
      default: 'the timeout; with `for`, none',
      examples: ['5s'],
    }).optional(),
  }),
  {
    type: 'a map',
    description:
      'The answer is a stream of events (`text/event-stream`). The response time of the request is then the time to its first event, which `timeout` bounds; `expect` and `capture` look at the data of the last event.',
    examples: ['{ }', '{ until: 10, for: 30s }', '{ until: "[DONE]", within: 2s }'],
  },
)

export type EventsSection = Loose<typeof Events>
