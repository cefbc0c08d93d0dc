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
  TIME,
  template,
  text,
  type Words,
} from './grammar-values.ts'
import { readHeaderName, readHeaderText, readPause, readStatus } from './scalars.ts'
import { described, dictionary, either, leaf, list, map } from './schema.ts'

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
  }),
  {
    type: 'a map',
    description: 'What makes the answer a success; everything else counts as an error.',
    examples: ['{ status: 201, json: { /success: true } }'],
  },
)

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
    },
    { oneOf: [{ required: ['json'] }, { required: ['header'] }, { required: ['cookie'] }] },
  ),
  {
    type: 'a map',
    description: 'Where in the answer the value stands; one of `json`, `header` and `cookie`.',
    examples: ['{ json: /user/id }'],
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
        type: 'a duration such as 2s, or two for a random one: 1s..10s',
        description: 'A pause instead of a request.',
        examples: ['2s', '1s..10s'],
        json: orEnvironment(`${TIME}(?:\\.\\.\\s*${TIME})?`),
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
      body: template({ description: 'Body, sent as it is.', examples: ['<order item="7"/>'] }).optional(),
      type: text({ description: 'Content type of `body`.', examples: ['application/xml'] }).optional(),
      expect: Expectation.optional(),
      capture: described(dictionary(identifier, CaptureFrom), {
        type: 'a map of names to places',
        description: 'Values kept from the answer; later steps of the scenario use them as `${name}`.',
        examples: ['{ orderId: { json: /id } }'],
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
