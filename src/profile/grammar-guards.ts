import { Expectation } from './grammar-step.ts'
import { duration, MINUTE, name, orEnvironment } from './grammar-values.ts'
import { type Read, readCount, type Scalar, wrong } from './scalars.ts'
import { described, leaf, map } from './schema.ts'

/** In one profile. */
export const MOST_GUARDS = 20
const MOST_FAILURES = 20

export const GuardSection = described(
  map({
    name: name({ description: 'Name in reports; the address unless given.', examples: ['status page'] }).optional(),
    get: leaf(readGuardAddress, {
      type: 'an http or https address',
      description: 'What is asked for, with a connection of its own each time.',
      examples: ['https://status.example.com/health'],
      json: orEnvironment('[hH][tT][tT][pP][sS]?://[^\\s#]+'),
    }),
    every: duration(1_000, MINUTE, {
      description: 'How long from one request to the next; no less than a second.',
      default: '5s',
      examples: ['10s'],
    }).optional(),
    within: duration(1, MINUTE / 2, {
      description: 'How long the whole answer may take, the connection included; one that takes longer is a failure.',
      default: '2s',
      examples: ['500ms'],
    }).optional(),
    failures: leaf((raw) => readCount(raw, { max: MOST_FAILURES, what: 'failures', example: 3 }), {
      type: `a whole number from 1 to ${MOST_FAILURES}`,
      description: 'So many failures in a row end the load.',
      default: '3',
      examples: ['2'],
      json: { anyOf: [{ type: 'integer', minimum: 1, maximum: MOST_FAILURES }, orEnvironment('\\d+')] },
    }).optional(),
    expect: Expectation.optional(),
  }),
  {
    type: 'a map',
    description:
      'An address that the load is not meant for and that must not suffer by it, such as the health page of production or of a shared database. It is asked now and then from where the load is coordinated, from before the load until its end, and is not part of what is measured. Where it is down before the load, nothing is sent; where it fails several times in a row, the load ends at once, and the run is invalid. Its address must be [allowed](targets.md) like that of the target.',
    examples: ['{ get: https://status.example.com/health, every: 5s, within: 500ms, failures: 3 }'],
  },
)

/** Absolute, with path and query as they are. */
export function readGuardAddress(raw: Scalar): Read<string> {
  const text = String(raw).trim()
  const url = /^https?:\/\/[^\s\\]+$/i.test(text) ? URL.parse(text) : null
  if (url === null)
    return wrong('invalid-value', '{} is not an absolute address; write one such as https://status.example.com/health')
  if (url.username !== '' || url.password !== '')
    return wrong('invalid-value', 'the address of a guard holds a user name or password; it is asked without')
  if (url.hash !== '') return wrong('invalid-value', '{} has a "#" part, which is never sent; remove it')
  return { value: url.href }
}
