import { ConnectionsSection } from './grammar-connections.ts'
import { GuardSection } from './grammar-guards.ts'
import { LoadSection, OwnLoadSection } from './grammar-load.ts'
import { Pace } from './grammar-pace.ts'
import { AnyStep } from './grammar-steps.ts'
import { duration, HOUR, identifier, MINUTE, name, orEnvironment, redirects, text } from './grammar-values.ts'
import { readModuleFile } from './read-functions.ts'
import { readChoice, readDataFile, readPath, readSwitch, readTarget, readText, readWeight } from './scalars.ts'
import { described, dictionary, jsonSchemaOf, leaf, list, map } from './schema.ts'

/** What a profile is held to that sets no limit of its own. */
export const DEFAULT_BUDGETS = { errors: 'errors < 1 %', latency: 'p95 < baseline + 10 % and + 5 ms' } as const

const Service = described(
  map({
    prepare: text({
      description:
        'Shell command that installs and builds a version, run in the directory of the profile before the first start.',
      examples: ['npm ci && npm run build'],
    }).optional(),
    'prepare-within': duration(1, HOUR, {
      description: 'How long `prepare` may take.',
      default: '10m',
      examples: ['20m'],
    }).optional(),
    start: text({
      description:
        'Shell command that starts the service, run in the directory of the profile. `PORT` in its environment is the port of the target.',
      examples: ['node server.mjs', 'bin/server --port $PORT'],
    }),
    ready: leaf(readPath, {
      type: 'a path',
      description: 'Path on the target that answers with 2xx or 3xx once the service is ready.',
      default: '/',
      examples: ['/healthz'],
      json: { type: 'string', pattern: '^/|\\$\\{' },
    }).optional(),
    'ready-within': duration(1, 10 * MINUTE, {
      description: 'How long the service may take until it is ready.',
      default: '60s',
      examples: ['90s'],
    }).optional(),
    alone: leaf(readSwitch, {
      type: '`true` or `false`',
      description:
        'Whether two versions of the service cannot serve at the same time: a port that cannot be chosen, a database they would share, too little memory. Side by side, they then take turns.',
      default: 'false',
      examples: ['true'],
      json: { anyOf: [{ type: 'boolean' }, orEnvironment('true|false')] },
    }).optional(),
  }),
  { type: 'a map', description: 'A service that Loadgate starts, waits for, and stops in the end.' },
)

const PICKS = ['sequential', 'random', 'weighted', 'unique'] as const

const Source = described(
  map({
    file: leaf(readDataFile, {
      type: 'a path to a .csv or .json file',
      description:
        'File beside the profile or below it: CSV whose first line names the columns, or a JSON list of flat maps.',
      examples: ['accounts.csv'],
      json: { type: 'string', pattern: '\\.([cC][sS][vV]|[jJ][sS][oO][nN])$|\\$\\{env\\.' },
    }),
    pick: leaf((raw) => readChoice(raw, PICKS), {
      type: '`sequential`, `random`, `weighted` or `unique`',
      description:
        'Which row an iteration gets: one after the other and then from the start again; any; any, as often as the column named by `by` says; or one that no other gets.',
      default: 'sequential',
      examples: ['unique'],
      json: { enum: PICKS },
    }).optional(),
    env: leaf(readSwitch, {
      type: '`true` or `false`',
      description:
        'Whether `${env.NAME}` in its values is taken from the environment, so that no password stands in the file; the characters `${` themselves are then written `$${`.',
      default: 'false',
      examples: ['true'],
      json: { anyOf: [{ type: 'boolean' }, orEnvironment('true|false')] },
    }).optional(),
    by: text({
      description: 'Column with the weights of `pick: weighted`: numbers, of which twice as large is twice as often.',
      examples: ['orders'],
    }).optional(),
  }),
  {
    type: 'a map',
    description: 'Rows of test data, one for each iteration.',
    examples: ['{ file: accounts.csv, pick: unique }'],
  },
)

export const ScenarioSection = described(
  map({
    name: name({ description: 'Name in reports and budgets; no two scenarios have the same.', examples: ['store'] }),
    weight: leaf(readWeight, {
      type: 'a number above 0',
      description: 'How often this scenario is chosen, relative to the others.',
      default: '1',
      examples: ['30'],
      json: { anyOf: [{ type: 'number', exclusiveMinimum: 0 }, orEnvironment('\\d+(?:\\.\\d+)?')] },
    }).optional(),
    load: OwnLoadSection.optional(),
    background: leaf(readSwitch, {
      type: '`true` or `false`',
      description:
        'Whether this scenario, with a load of its own, only keeps the service busy: its steps are shown, and are no part of the figures of the whole run.',
      default: 'false',
      examples: ['true'],
      json: { anyOf: [{ type: 'boolean' }, orEnvironment('true|false')] },
    }).optional(),
    pace: Pace.optional(),
    steps: described(list(AnyStep), {
      type: 'a list of steps',
      description: 'Requests and pauses, one after the other, in every iteration.',
    }),
    once: described(list(AnyStep), {
      type: 'a list of steps',
      description:
        'What a user does before all else when it comes to this scenario for the first time, such as logging in. What is captured here is kept for its life.',
      examples: ['[ { post: /login, capture: { userId: { json: /id } } } ]'],
    }).optional(),
  }),
  {
    type: 'a map',
    description: 'What one user does.',
    examples: ['{ name: store, steps: [ { get: / } ] }'],
  },
)

export const Profile = described(
  map({
    name: name({ description: 'Name of the profile in reports and baselines.', examples: ['storefront'] }),
    target: leaf(readTarget, {
      type: 'an http or https address',
      description: 'Base address of the service: host, and base path if there is one.',
      examples: ['http://127.0.0.1:8080', '${env.TARGET_URL:-http://127.0.0.1:8080}'],
      json: orEnvironment('[hH][tT][tT][pP][sS]?://[^\\s?#]+'),
    }),
    service: Service.optional(),
    load: LoadSection.optional(),
    timeout: duration(1, 10 * MINUTE, {
      description: 'Bound on one whole request, from the send to the last byte.',
      default: '30s',
      examples: ['10s'],
    }).optional(),
    redirects: redirects({
      description:
        'Whether an answer with a status of 301, 302, 303, 307 or 308 is followed to where it leads, on the same host, or is the answer.',
      default: 'none',
    }).optional(),
    connections: ConnectionsSection.optional(),
    data: described(dictionary(identifier, Source), {
      type: 'a map of names to files',
      description: 'Test data; a step uses a column as `${name.column}`.',
      examples: ['{ accounts: { file: accounts.csv } }'],
    }).optional(),
    functions: leaf(readModuleFile, {
      type: 'a path to a .mjs or .js file',
      description:
        'JavaScript module beside the profile or below it, in one file; a step calls what it exports as `${name(…)}`.',
      examples: ['./functions.mjs'],
      json: { type: 'string', pattern: '\\.[mM]?[jJ][sS]$|\\$\\{env\\.' },
    }).optional(),
    scenarios: described(list(ScenarioSection), {
      type: 'a list of scenarios',
      description:
        'What users do. Each arrival or user goes through one of them, chosen by weight from those without a load of their own.',
    }),
    budgets: described(
      list(
        leaf(readText, {
          type: 'a budget such as p95 < 250 ms',
          description: 'One limit.',
          examples: ['p95 < 250 ms', 'errors < 0.5 %'],
          json: { type: 'string', pattern: '[<>]|\\$\\{env\\.' },
        }),
      ),
      {
        type: 'a list of budgets',
        description: 'Limits, one per line. Left out, Loadgate sets its own.',
        default: `[ "${DEFAULT_BUDGETS.errors}", "${DEFAULT_BUDGETS.latency}" ]`,
        examples: ['[ "p95 < 250 ms", "errors < 0.5 %" ]'],
      },
    ).optional(),
    guards: described(list(GuardSection), {
      type: 'a list of guards',
      description: 'Other addresses, which end the load when they degrade: it must not take its neighbours down.',
      examples: ['[ { get: https://status.example.com/health } ]'],
    }).optional(),
  }),
  { type: 'a map', description: 'A load profile of Loadgate.' },
)

/** JSON Schema (draft 7) of profiles, for editors. */
export function profileSchema(): Readonly<Record<string, unknown>> {
  return { ...jsonSchemaOf(Profile), title: 'Loadgate profile' }
}
