import { body, GraphQl, Multipart } from './grammar-body.ts'
import { Document } from './grammar-document.ts'
import { Events } from './grammar-events.ts'
import {
  anyScalar,
  duration,
  HOUR,
  headerName,
  identifier,
  json,
  MINUTE,
  name,
  orEnvironment,
  plainKey,
  pointer,
  redirects,
  TIME,
  template,
  text,
  type Words,
} from './grammar-values.ts'
import { readSize, SIZE } from './read-answer-checks.ts'
import { CHANCE, MOST_TIMES, readChance, readTimes, TIMES } from './read-flow.ts'
import { readPattern } from './read-pattern.ts'
import { readPause } from './read-pause.ts'
import { readAttributeName, readSelector } from './read-selector.ts'
import { readAsWritten, readHeaderName, readHeaderText, readIdentifier, readStatus } from './scalars.ts'
import { anyJson, described, dictionary, either, type Loose, leaf, list, map } from './schema.ts'

const status = leaf(readStatus, {
  type: 'a code such as 200, or a class such as 2xx',
  description: 'Status code or class.',
  examples: ['200', '2xx'],
  json: { anyOf: [{ type: 'integer', minimum: 100, maximum: 599 }, orEnvironment('[1-5][xX]{2}')] },
})

export const Expectation = described(
  map({
    status: described(either([status, list(status)]), {
      type: 'a code such as 200, a class such as 2xx, or a list of them',
      description: 'Status codes that are a success.',
      default: '[ 2xx, 3xx ]',
      examples: ['200', '[ 200, 201 ]'],
    }).optional(),
    json: described(
      dictionary(pointer({ description: 'JSON Pointer (RFC 6901).' }), json({ description: 'Its value.' })),
      {
        type: 'a map of JSON Pointers to values',
        description: 'Values that the JSON of the answer must have.',
        examples: ['{ /success: true, /user/name: Ada }'],
      },
    ).optional(),
    headers: described(
      dictionary(
        headerName,
        leaf(readHeaderText, { type: 'text', description: 'Text.', asWritten: true, json: anyScalar }),
      ),
      {
        type: 'a map of header names to text',
        description: 'Text that headers of the answer must contain.',
        examples: ['{ content-type: application/json }'],
      },
    ).optional(),
    body: text({ description: 'Text that the body must contain.', examples: ['Welcome'] }).optional(),
    without: text({ description: 'Text that the body must not contain.', examples: ['Exception'] }).optional(),
    matches: leaf(readPattern, {
      type: 'a regular expression',
      description: 'Regular expression (RE2) that must fit somewhere in the body.',
      examples: ['order [0-9]+'],
      json: { type: 'string', minLength: 1, maxLength: 1_000 },
    }).optional(),
    size: leaf(readSize, {
      type: 'a size such as < 100 kB, > 1 kB, or 1 kB..100 kB',
      description: 'Size of the body as it comes over the network.',
      examples: ['< 100 kB', '1 kB..100 kB'],
      json: orEnvironment(SIZE),
    }).optional(),
    schema: described(anyJson(), {
      type: 'a path to a .json file, or a JSON Schema',
      content: 'json',
      description: 'JSON Schema of the body, of draft 7 or 2020-12.',
      examples: ['order.schema.json', '{ type: object, required: [ id ] }'],
      json: { type: ['string', 'object'] },
    }).optional(),
    check: leaf(readIdentifier, {
      type: 'a name of a function',
      description:
        'Function of the module under `functions` that is given the answer and returns `true`, or a text that says what is wrong.',
      examples: ['isGood'],
      json: { type: 'string' },
    }).optional(),
  }),
  {
    type: 'a map',
    description: 'What makes the answer a success; everything else counts as an error.',
    examples: ['{ status: 201, json: { /success: true } }'],
  },
)

export type ExpectationSection = Loose<typeof Expectation>

export const CAPTURE_KINDS = ['json', 'header', 'cookie', 'regex', 'html'] as const

export const CaptureFrom = described(
  map(
    {
      json: pointer({ description: 'JSON Pointer (RFC 6901) to the value.', examples: ['/user/id'] }).optional(),
      header: leaf(readHeaderName, {
        type: 'a header name',
        description: 'Header of the answer.',
        examples: ['location'],
        json: { type: 'string' },
      }).optional(),
      cookie: text({ description: 'Cookie that the answer sets.', examples: ['session'] }).optional(),
      regex: leaf(readPattern, {
        type: 'a regular expression',
        description:
          'Regular expression (RE2) for the body; the value is its first group, or all of it where it has none.',
        examples: ['name="csrf" value="([^"]+)"'],
        json: { type: 'string', minLength: 1, maxLength: 1_000 },
      }).optional(),
      html: leaf(readSelector, {
        type: 'a selector of one element',
        description:
          'Element of the page, as a tag, `#id`, `.class`, `[attribute]` and `[attribute=value]` together say it; the first that fits and has the attribute.',
        examples: ['input[name=csrf]', 'meta[name="csrf-token"]'],
        json: { type: 'string', minLength: 1, maxLength: 1_000 },
      }).optional(),
      attribute: leaf(readAttributeName, {
        type: 'the name of an attribute',
        description: 'Attribute of the `html` element whose value is kept.',
        default: 'value',
        examples: ['content'],
        json: { type: 'string', minLength: 1 },
      }).optional(),
    },
    { oneOf: CAPTURE_KINDS.map((kind) => ({ required: [kind] })) },
  ),
  {
    type: 'a map',
    description: 'Where in the answer the value stands; one of `json`, `header`, `cookie`, `regex` and `html`.',
    examples: ['{ json: /user/id }', '{ html: "input[name=csrf]" }'],
  },
)

const path = (method: string) =>
  template({
    type: 'a path',
    description: `Path of the ${method} request, with its query; added to the target.`,
    examples: [method === 'GET' ? '/orders/${orderId}' : '/orders'],
  }).optional()
const pairs = (words: Words) =>
  described(dictionary(plainKey, template({ description: 'Text.' })), { type: 'a map of names to text', ...words })

const PAUSE = `${TIME}(?:\\.\\.\\s*${TIME})?|normal\\s*\\(\\s*${TIME},\\s*${TIME}\\)\\s*|exponential\\s*\\(\\s*${TIME}\\)\\s*`
const VALUE = leaf(readAsWritten, { type: 'text', description: 'Text.', asWritten: true, json: anyScalar })

export const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const

export const Step = described(
  map(
    {
      get: path('GET'),
      head: path('HEAD'),
      post: path('POST'),
      put: path('PUT'),
      patch: path('PATCH'),
      delete: path('DELETE'),
      options: path('OPTIONS'),
      think: leaf((raw) => readPause(raw, { min: 0, max: HOUR }), {
        type: 'a duration such as 2s, two for a random one: 1s..10s, or normal(5s, 1s), or exponential(5s)',
        description: 'A pause instead of a request.',
        examples: ['2s', '1s..10s', 'normal(5s, 1s)', 'exponential(5s)'],
        json: orEnvironment(PAUSE),
      }).optional(),
      name: name({
        description: 'Name in reports and budgets.',
        default: 'method and path as written',
        examples: ['log in'],
      }).optional(),
      headers: described(dictionary(headerName, template({ description: 'Value.' })), {
        type: 'a map of header names to text',
        description: 'Headers of the request.',
        examples: ['{ authorization: "Bearer ${env.TOKEN}" }'],
      }).optional(),
      query: pairs({
        description: 'Added to the path, encoded for a URL.',
        examples: ['{ q: "blue shoes", page: 2 }'],
      }).optional(),
      json: json({
        description: 'Body, sent as JSON with `content-type: application/json`.',
        examples: ['{ item: 7, token: "${uuid()}" }'],
      }).optional(),
      form: pairs({
        description: 'Body, sent as a form (`application/x-www-form-urlencoded`).',
        examples: ['{ email: "${accounts.email}" }'],
      }).optional(),
      multipart: Multipart.optional(),
      graphql: GraphQl.optional(),
      generate: Document.optional(),
      body: body({
        description: 'Body, sent as it is.',
        examples: ['<order item="7"/>', '{ file: image.bin }'],
      }).optional(),
      type: text({ description: 'Content type of `body`.', examples: ['application/xml'] }).optional(),
      expect: Expectation.optional(),
      capture: described(dictionary(identifier, CaptureFrom), {
        type: 'a map of names to places',
        description: 'Values kept from the answer; later steps of the scenario use them as `${name}`.',
        examples: ['{ orderId: { json: /id } }'],
      }).optional(),
      chance: leaf(readChance, {
        type: 'a chance such as 1 in 500, or 5 %',
        description:
          'How often an iteration that comes to this request, or to these steps, sends it. Left out: always.',
        examples: ['1 in 500', '5 %'],
        json: orEnvironment(CHANCE),
      }).optional(),
      when: described(
        dictionary(
          identifier,
          described(either([VALUE, list(VALUE)]), {
            type: 'text, or a list of texts',
            description: 'Text that it must be.',
          }),
        ),
        {
          type: 'a map of captured names to text, or to a list of texts',
          description:
            'Sends the request, or the steps, only where each of these captured values is the text, or one of the texts.',
          examples: ['{ role: admin }', '{ role: [ admin, owner ] }'],
        },
      ).optional(),
      repeat: leaf(readTimes, {
        type: 'a whole number such as 3, or two for a random one: 1..5',
        description: 'How many times in a row the request is sent, or the steps are.',
        default: '1',
        examples: ['3', '1..5'],
        json: { anyOf: [{ type: 'integer', minimum: 1, maximum: MOST_TIMES }, orEnvironment(TIMES)] },
      }).optional(),
      between: leaf((raw) => readPause(raw, { min: 0, max: HOUR }), {
        type: 'a pause, as `think`',
        description: 'Pause between two of a `repeat`.',
        examples: ['1s..3s'],
        json: orEnvironment(PAUSE),
      }).optional(),
      events: Events.optional(),
      redirects: redirects({
        description: 'Whether redirects of this request are followed, instead of what the profile says.',
      }).optional(),
      timeout: duration(1, 10 * MINUTE, {
        description: 'Bound on this request, instead of the one of the profile.',
        examples: ['5s'],
      }).optional(),
    },
    { oneOf: [...METHODS, 'think'].map((key) => ({ required: [key] })) },
  ),
  {
    type: 'a map',
    description: 'One request, or one pause.',
    examples: ['{ get: / }', '{ post: /orders, json: { item: 7 }, expect: { status: 201 } }', '{ think: 1s..10s }'],
  },
)

export type StepSection = Loose<typeof Step>
