import { MOST_STREAMS } from './beside.ts'
import { duration, fileBeside, LONGEST_LOAD, orEnvironment } from './grammar-values.ts'
import { MOST_CONNECTIONS, readAsWritten, readChoice, readCount, readHttpVersion, readSwitch } from './scalars.ts'
import { described, leaf, map } from './schema.ts'

const MOST_REQUESTS = 1_000_000

const count = (max: number) => ({ anyOf: [{ type: 'integer', minimum: 1, maximum: max }, orEnvironment('\\d+')] })

export const ConnectionsSection = described(
  map({
    use: leaf((raw) => readChoice(raw, ['per-user', 'per-iteration', 'shared']), {
      type: '`per-user`, `per-iteration` or `shared`',
      description:
        'Who goes over one connection: a user, who keeps it (closed model); an iteration, which opens it and closes it at its end, as a new visitor does; or whoever needs one next, as behind a proxy.',
      default: 'per-user with users, shared with a rate or fewer connections than users',
      examples: ['per-iteration'],
      json: { enum: ['per-user', 'per-iteration', 'shared'] },
    }).optional(),
    limit: leaf((raw) => readCount(raw, { max: MOST_CONNECTIONS, what: 'connections', example: 200 }), {
      type: 'a whole number from 1 to 25000',
      description:
        'Most connections at one time, of all workers together. A request that finds none free waits for one, and its wait is part of the response time.',
      default: 'one for each user, or as many as the rate may need',
      examples: ['200'],
      json: count(MOST_CONNECTIONS),
    }).optional(),
    'max-age': duration(1, LONGEST_LOAD, {
      description: 'A connection older than this is not used again.',
      default: 'no bound',
      examples: ['60s'],
    }).optional(),
    'max-requests': leaf((raw) => readCount(raw, { max: MOST_REQUESTS, what: 'requests', example: 100 }), {
      type: 'a whole number from 1 to 1000000',
      description: 'Requests that one connection carries at most; with 1, each request opens one.',
      default: 'no bound',
      examples: ['100'],
      json: count(MOST_REQUESTS),
    }).optional(),
    http: leaf(readHttpVersion, {
      type: '`1.1` or `2`',
      description:
        'Version of HTTP. With 2, requests go side by side over one connection; to an `http://` target without asking first (h2c with prior knowledge).',
      default: '1.1',
      examples: ['2'],
      json: { anyOf: [{ enum: [1, 1.1, 2] }, orEnvironment('1|1\\.1|2|2\\.0')] },
    }).optional(),
    parallel: leaf((raw) => readCount(raw, { max: MOST_STREAMS, what: 'requests', example: 6 }), {
      type: 'a whole number from 1 to 100',
      description:
        'Requests of `also` that one user has under way at most: each over a connection of its own, with HTTP/2 side by side over one.',
      default: '6 as in browsers, 100 with HTTP/2',
      examples: ['10'],
      json: count(MOST_STREAMS),
    }).optional(),
    verify: leaf(readSwitch, {
      type: '`true` or `false`',
      description: 'Whether the TLS certificate of an `https://` target must be valid.',
      default: 'true',
      examples: ['false'],
      json: { anyOf: [{ type: 'boolean' }, orEnvironment('true|false')] },
    }).optional(),
    ca: fileBeside({
      description:
        'PEM file with the certificates of the authorities that vouch for the target, instead of those that everybody trusts.',
      examples: ['ca.pem'],
    }).optional(),
    certificate: fileBeside({
      description: 'PEM file with the certificate that is shown to the target, and those that vouch for it.',
      examples: ['client.pem'],
    }).optional(),
    key: leaf(readAsWritten, {
      type: '`${env.NAME}`',
      content: 'template',
      description:
        'Variable of the environment with the key of `certificate` as PEM, or with the path of its file. It is read where the load is sent from, and is in no plan, result or log.',
      examples: ['${env.CLIENT_KEY}'],
      json: { type: 'string', pattern: '^\\$\\{\\s*env\\.[A-Za-z_][A-Za-z0-9_]*\\s*\\}$' },
    }).optional(),
  }),
  {
    type: 'a map',
    description: 'How requests come to the target. Left out, connections are kept alive and speak HTTP/1.1.',
    examples: ['{ use: per-iteration }', '{ use: shared, limit: 200, max-age: 60s }', '{ http: 2 }'],
  },
)
