import { duration, fileBeside, LONGEST_LOAD } from './grammar-values.ts'
import { type Read, readAsWritten, readFileBeside, type Scalar, wrong } from './scalars.ts'
import { described, dictionary, leaf, list, map } from './schema.ts'

/** What Loadgate says to JMeter itself. Were it said twice, its results could not be read, or it could not be stopped. */
const OURS = ['loadgate.', 'jmeter.save.saveservice.', 'jmeterengine.']

const propertyName = leaf(readPropertyName, {
  type: 'the name of a property',
  description: 'Name of the property.',
  json: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_.-]{0,99}$' },
})

export const EngineSection = described(
  map(
    {
      jmeter: leaf(readPlanFile, {
        type: 'a path to a .jmx file',
        description:
          'Test plan of JMeter, beside the profile or below it, which says how much is sent and to what. JMeter must be installed where the load is sent from.',
        examples: ['shop.jmx'],
        json: { type: 'string', pattern: '\\.[jJ][mM][xX]$|\\$\\{env\\.' },
      }).optional(),
      results: fileBeside({
        description:
          'Instead of `jmeter`: what another generator has written before, beside the profile or below it. Nothing is sent then. JMeter, k6, Locust, wrk, vegeta and Artillery are read.',
        examples: ['k6.csv'],
      }).optional(),
      properties: described(
        dictionary(
          propertyName,
          leaf(readAsWritten, {
            type: 'text',
            description: 'Its value.',
            asWritten: true,
            json: { type: ['string', 'number', 'boolean'] },
          }),
        ),
        {
          type: 'a map of names to texts',
          description:
            'Properties of JMeter: the test plan reads them as `${__P(users)}`. They go to JMeter in a file that only this user can read.',
          examples: ['{ users: 20, pause: 500 }'],
        },
      ).optional(),
      files: described(
        list(fileBeside({ description: 'One file, beside the profile or below it.', examples: ['accounts.csv'] })),
        {
          type: 'a list of paths',
          description:
            'What the test plan reads: data, certificates, fragments of plans. It is run with these files and no others, each where it stands beside it.',
          examples: ['[ accounts.csv ]'],
        },
      ).optional(),
      timeout: duration(1_000, LONGEST_LOAD, {
        description: 'How long the test plan may take. A run that takes longer is stopped, and invalid.',
        default: '1h',
        examples: ['20m'],
      }).optional(),
    },
    { oneOf: [{ required: ['jmeter'] }, { required: ['results'] }] },
  ),
  {
    type: 'a map',
    description:
      'A load that another generator sends by a script of its own, or has sent, instead of `load` and `scenarios`. Its run is judged, kept and reported as any other (docs/other-generators.md).',
    examples: ['{ jmeter: shop.jmx, properties: { users: 20 }, timeout: 20m }', '{ results: k6.csv }'],
  },
)

function readPlanFile(raw: Scalar): Read<string> {
  const file = readFileBeside(raw)
  if (!('value' in file)) return file
  return /[^/]\.jmx$/i.test(file.value) ? file : wrong('invalid-value', '{} is no .jmx file, a test plan of JMeter')
}

function readPropertyName(raw: Scalar): Read<string> {
  const name = String(raw)
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/.test(name))
    return wrong('invalid-value', '{} is no name of a property; use letters, digits, ".", "_" and "-", a letter first')
  const own = OURS.find((prefix) => name.startsWith(prefix))
  return own === undefined
    ? { value: name }
    : wrong('conflict', `{} is set by Loadgate, as all of "${own}" are; choose another name`)
}
