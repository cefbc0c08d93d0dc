import { Document } from './grammar-document.ts'
import { CaptureFrom, Expectation, Step } from './grammar-step.ts'
import type { AnySection } from './grammar-steps.ts'
import { duration, identifier, json, MINUTE, pointer, template } from './grammar-values.ts'
import { readPattern } from './read-pattern.ts'
import { described, dictionary, either, later, leaf, list, map, type Schema } from './schema.ts'

const Message = described(
  map(
    {
      json: json({
        description: 'Message, sent as JSON.',
        examples: ['{ text: "${text(5)}" }'],
      }).optional(),
      generate: Document.optional(),
    },
    { oneOf: ['json', 'generate'].map((key) => ({ required: [key] })) },
  ),
  {
    type: 'a map',
    description: 'A message that is JSON.',
    examples: ['{ json: { type: say, text: "${text(5)}" } }'],
  },
)

export const Send = described(either([template({ description: 'Text, sent as it is.' }), Message]), {
  type: 'text, or JSON: `{ json: { text: hello } }`',
  description: 'A message of text to send.',
  examples: ['ping', '{ json: { type: say, text: "${text(5)}" } }'],
})

export const Receive = described(
  map({
    json: described(
      dictionary(pointer({ description: 'JSON Pointer (RFC 6901).' }), json({ description: 'Its value.' })),
      {
        type: 'a map of JSON Pointers to values',
        description: 'Values that the JSON of the message has.',
        examples: ['{ /type: said, /from: "user ${user()}" }'],
      },
    ).optional(),
    text: template({ description: 'Text that is in the message.', examples: ['pong'] }).optional(),
    matches: leaf(readPattern, {
      type: 'a regular expression',
      description: 'Regular expression (RE2) that fits somewhere in the message.',
      examples: ['order [0-9]+'],
      json: { type: 'string', minLength: 1, maxLength: 1_000 },
    }).optional(),
    within: duration(1, 10 * MINUTE, {
      description: 'How long it is waited for.',
      default: 'the timeout of the profile',
      examples: ['2s'],
    }).optional(),
  }),
  {
    type: 'a map',
    description:
      'The message that is waited for: the first that has all of this. Behind a `send` it is looked for among those that come after it; without one, first among those that have come since the last was waited for, in order. Others are passed over, and counted.',
    examples: ['{ json: { /type: said }, within: 2s }', '{ text: pong }'],
  },
)

const { json: _, body: text, without, matches, schema, check } = Expectation.shape
const { name, chance, when, repeat, between, think } = Step.shape

const SaidExpectation = described(map({ json: Expectation.shape.json, body: text, without, matches, schema, check }), {
  type: 'a map',
  description:
    'What the message must have, besides what it is recognised by under `receive`; without it, it counts as an error.',
  examples: ['{ json: { /ok: true } }'],
})

const SaidCapture = described(
  dictionary(
    identifier,
    described(
      map(
        { json: CaptureFrom.shape.json, regex: CaptureFrom.shape.regex },
        { oneOf: ['json', 'regex'].map((kind) => ({ required: [kind] })) },
      ),
      {
        type: 'a map',
        description: 'Where in the message the value stands; one of `json` and `regex`.',
        examples: ['{ json: /id }'],
      },
    ),
  ),
  {
    type: 'a map of names to places',
    description: 'Values kept from the message; later steps of the scenario use them as `${name}`.',
    examples: ['{ messageId: { json: /id } }'],
  },
)

const TalkStep = described(
  map(
    {
      send: Send.optional(),
      receive: Receive.optional(),
      think,
      name,
      expect: SaidExpectation.optional(),
      capture: SaidCapture.optional(),
      chance,
      when,
      repeat,
      between,
      steps: later<readonly (AnySection | undefined)[]>((): Schema => Talks).optional(),
    },
    { id: 'talk', anyOf: ['send', 'receive', 'think', 'steps'].map((key) => ({ required: [key] })) },
  ),
  {
    type: 'a map',
    description: 'A message that is sent, one that is waited for, both, a pause, or several of these together.',
    examples: [
      '{ send: ping, receive: { text: pong } }',
      '{ receive: { json: { /type: welcome }, within: 2s }, capture: { id: { json: /id } } }',
      '{ think: 1s..3s }',
    ],
  },
)

const Talks = described(list(TalkStep), {
  type: 'a list of messages and pauses',
  description:
    'Messages and pauses that are gone through together, with `chance`, `when`, `repeat` and `between` for all of them.',
  examples: ['[ { send: ping, receive: { text: pong } }, { think: 5s } ]'],
})

export const TalkSection = described(list(TalkStep), {
  type: 'a list of messages and pauses',
  description:
    'What is said in the conversation, one after the other. Then it is closed (1000), which is a step of its own: it fails where the conversation was broken off before.',
  examples: ['[ { send: ping, receive: { text: pong } }, { think: 1s..3s } ]'],
})
