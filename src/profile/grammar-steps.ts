import { METHODS, Step, type StepSection } from './grammar-step.ts'
import { type Receive, type Send, TalkSection } from './grammar-talk.ts'
import { template } from './grammar-values.ts'
import { readSubprotocol } from './scalars.ts'
import { described, type Loose, later, leaf, list, map, type Schema } from './schema.ts'

const { think: _, repeat: __, between: ___, ...request } = Step.shape

/** What a page brings along. */
export const Sibling = described(map(request, { oneOf: METHODS.map((key) => ({ required: [key] })) }), {
  type: 'a map',
  description:
    'One request beside others, once the page has its answer. It has what other requests have, but is no page itself and is sent once.',
  examples: ['{ get: /app.css }', '{ get: /frame/demo, chance: 1 in 2 }'],
})

/** A step as it stands in a list of them; `send` and `receive` in that of a conversation. */
export interface AnySection extends StepSection {
  readonly websocket?: string | undefined
  readonly subprotocol?: string | undefined
  readonly talk?: readonly (AnySection | undefined)[] | undefined
  readonly send?: Loose<typeof Send> | undefined
  readonly receive?: Loose<typeof Receive> | undefined
  readonly also?: readonly (Loose<typeof Sibling> | undefined)[] | undefined
  readonly steps?: readonly (AnySection | undefined)[] | undefined
}

export const AnyStep = described(
  map(
    {
      ...Step.shape,
      websocket: template({
        type: 'a path',
        description:
          'Path at which a conversation over a WebSocket is opened, with its query; added to the target. `talk` is what is said in it.',
        examples: ['/rooms/${room}'],
      }).optional(),
      subprotocol: leaf(readSubprotocol, {
        type: 'a name',
        description: 'Subprotocol of the WebSocket (`sec-websocket-protocol`), which the target has to agree to.',
        examples: ['chat'],
        json: { type: 'string', pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" },
      }).optional(),
      talk: TalkSection.optional(),
      also: described(list(Sibling), {
        type: 'a list of requests',
        description:
          'Requests that are sent side by side once this one has its answer, as a browser loads frames, styles and pictures; the next step begins when all have been answered.',
        examples: ['[ { get: /frame/demo }, { get: /app.css } ]'],
      }).optional(),
      steps: later<readonly (AnySection | undefined)[]>((): Schema => Steps).optional(),
    },
    { id: 'step', oneOf: [...METHODS, 'websocket', 'think', 'steps'].map((key) => ({ required: [key] })) },
  ),
  {
    type: 'a map',
    description: 'One request, one conversation, one pause, or several steps that are gone through together.',
    examples: [
      '{ get: / }',
      '{ post: /orders, json: { item: 7 }, expect: { status: 201 } }',
      '{ websocket: /rooms/tea, talk: [ { send: hello, receive: { text: hello } } ] }',
      '{ think: 1s..10s }',
      '{ steps: [ { get: /item }, { think: 5s } ], repeat: 2..5 }',
    ],
  },
)

const Steps = described(list(AnyStep), {
  type: 'a list of steps',
  description:
    'Steps instead of one request, with `chance`, `when`, `repeat` and `between` for all of them together; at most 3 deep.',
  examples: ['[ { get: /item }, { think: 5s } ]'],
})
