import { METHODS, Step, type StepSection } from './grammar-step.ts'
import { described, type Loose, later, list, map, type Schema } from './schema.ts'

const { think: _, repeat: __, between: ___, ...request } = Step.shape

/** What a page brings along. */
export const Sibling = described(map(request, { oneOf: METHODS.map((key) => ({ required: [key] })) }), {
  type: 'a map',
  description:
    'One request beside others, once the page has its answer. It has what other requests have, but is no page itself and is sent once.',
  examples: ['{ get: /app.css }', '{ get: /frame/demo, chance: 1 in 2 }'],
})

/** A step as it stands in a list of them. */
export interface AnySection extends StepSection {
  readonly also?: readonly (Loose<typeof Sibling> | undefined)[] | undefined
  readonly steps?: readonly (AnySection | undefined)[] | undefined
}

export const AnyStep = described(
  map(
    {
      ...Step.shape,
      also: described(list(Sibling), {
        type: 'a list of requests',
        description:
          'Requests that are sent side by side once this one has its answer, as a browser loads frames, styles and pictures; the next step begins when all have been answered.',
        examples: ['[ { get: /frame/demo }, { get: /app.css } ]'],
      }).optional(),
      steps: later<readonly (AnySection | undefined)[]>((): Schema => Steps).optional(),
    },
    { id: 'step', oneOf: [...METHODS, 'think', 'steps'].map((key) => ({ required: [key] })) },
  ),
  {
    type: 'a map',
    description: 'One request, one pause, or several steps that are gone through together.',
    examples: [
      '{ get: / }',
      '{ post: /orders, json: { item: 7 }, expect: { status: 201 } }',
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
