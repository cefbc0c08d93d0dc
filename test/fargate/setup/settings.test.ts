import { expect, test } from '@jest/globals'
import { namesPlace, type Outputs, readSettings } from '../../../src/fargate/setup/settings.ts'
import { given, OUTPUTS } from './made-settings.ts'

const stackIn = (region = 'eu-central-1', changes: Readonly<Record<string, string>> = {}): [string, Outputs] => [
  region,
  { outputs: { ...OUTPUTS, ...changes } },
]
const stack = (changes: Readonly<Record<string, string>> = {}) => new Map([stackIn('eu-central-1', changes)])
const without = (name: string): ReadonlyMap<string, Outputs> => {
  const { [name]: _, ...outputs } = OUTPUTS
  return new Map([['eu-central-1', { outputs }]])
}
const own = {
  cluster: 'mine',
  taskDefinition: 'mine:4',
  subnets: ['subnet-01234567'],
  securityGroups: ['sg-01234567', 'sg-89abcdef'],
  bucket: 'mine-1',
}

test('all of it from a stack', () => {
  expect(readSettings(given({ stack: 'loadgate', spot: true, stagger: 5_000 }), stack())).toEqual({
    findings: [],
    settings: {
      places: [
        {
          region: 'eu-central-1',
          share: 1,
          cluster: OUTPUTS.Cluster,
          taskDefinition: OUTPUTS.TaskDefinition,
          container: 'loadgate',
          subnets: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
          securityGroups: ['sg-0123456789abcdef0'],
          publicAddress: true,
          image: OUTPUTS.Image,
          architecture: 'X86_64',
        },
      ],
      bucket: 'loadgate-bucket-1',
      size: { cpu: 1_024, memory: 2_048 },
      spot: true,
      maxCost: 10,
      stagger: 5_000,
    },
  })
})

test('each value by itself, without a stack', () => {
  const { settings, findings } = readSettings(given({ ...own, publicAddress: false }), new Map())
  expect(findings).toEqual([])
  expect(settings).toMatchObject({
    bucket: 'mine-1',
    places: [{ ...own, bucket: undefined, publicAddress: false, image: undefined }].map(
      ({ bucket: _, ...place }) => place,
    ),
  })
})

test('a value by itself stands in for that of the stack', () => {
  const { settings } = readSettings(given({ stack: 'loadgate', bucket: 'mine-1', publicAddress: false }), stack())
  expect(settings).toMatchObject({ bucket: 'mine-1', places: [{ cluster: OUTPUTS.Cluster, publicAddress: false }] })
})

test('several regions, each with its stack and share, and one bucket', () => {
  const regions = [
    { region: 'eu-central-1', share: 2 },
    { region: 'us-east-1', share: 1 },
  ]
  const virginia = {
    Cluster: 'arn:aws:ecs:us-east-1:123456789012:cluster/c',
    TaskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/loadgate-worker:1',
    Bucket: 'loadgate-bucket-2',
    Architecture: 'ARM64',
  }
  const stacks = new Map([stackIn(), stackIn('us-east-1', virginia)])
  const { settings, findings } = readSettings(given({ stack: 'loadgate', regions }), stacks)
  expect(findings).toEqual([])
  expect(settings?.bucket).toBe('loadgate-bucket-1')
  expect(settings?.places.map(({ region, share, architecture }) => [region, share, architecture])).toEqual([
    ['eu-central-1', 2, 'X86_64'],
    ['us-east-1', 1, 'ARM64'],
  ])
})

const named = given({ stack: 'loadgate' })
const problem = {
  level: 'stop',
  what: 'Stack loadgate does not exist',
  where: '`fargate-stack`',
  remedy: 'Check.',
} as const

// Each mistake, where it is, and what to do about it.
test.each<[string, Parameters<typeof readSettings>, [what: RegExp, where: string, remedy: RegExp][]]>([
  ['nothing said', [given(), new Map()], [[/not known where workers run/, '`fargate-stack`', /infra\/stack\.yml/]]],
  [
    'no region',
    [given({ stack: 'loadgate', regions: [] }), new Map()],
    [[/No region/, '`fargate-regions`', /AWS_REGION/]],
  ],
  [
    'a stack that is not there',
    [named, new Map([['eu-central-1', { problem }]])],
    [[/does not exist/, '`fargate-stack`', /Check/]],
  ],
  [
    'an output missing',
    [named, without('Cluster')],
    [[/^cluster not given$/, 'output Cluster of the stack', /Update the stack.*`fargate-cluster`/]],
  ],
  [
    'an output of another kind',
    [named, stack({ Subnets: 'here' })],
    [[/^"here" does not look right$/, 'output Subnets of the stack', /subnet-0123/]],
  ],
  [
    'a cluster elsewhere',
    [named, stack({ Cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/c' })],
    [[/is in eu-west-1, not in eu-central-1/, '`fargate-cluster`', /that region/]],
  ],
  [
    'no such pair',
    [given({ stack: 'loadgate', cpu: 256, memory: 4_096 }), stack()],
    [[/no tasks with 0\.25 vCPU and 4 GB/, '`fargate-memory`', /0\.5, 1, 2; or auto/]],
  ],
  [
    'half of the values',
    [given({ cluster: 'mine', subnets: ['subnet-1'] }), new Map()],
    [
      [/^task definition not given$/, '`fargate-task-definition`', /name a stack/],
      [/^"subnet-1" does not look right$/, '`fargate-subnets`', /subnet-0123/],
      [/^security groups not given$/, '`fargate-security-groups`', /name a stack/],
      [/^bucket not given$/, '`fargate-bucket`', /name a stack/],
    ],
  ],
  [
    'one value for two regions',
    [
      given({ stack: 'loadgate', bucket: 'mine-1', regions: ['a', 'b'].map((region) => ({ region, share: 1 })) }),
      new Map([
        ['a', { outputs: {} }],
        ['b', { problem }],
      ]),
    ],
    [
      [/`fargate-bucket` can be in one region only, and there are 2/, '`fargate-regions`', /same name/],
      [/cluster/, 'output Cluster of the stack', /./],
      [/task definition/, 'output TaskDefinition of the stack', /./],
      [/subnets/, 'output Subnets of the stack', /./],
      [/security groups/, 'output SecurityGroups of the stack', /./],
      [/does not exist/, '`fargate-stack`', /./],
    ],
  ],
])('%s', (_, args, wanted) => {
  const { settings, findings } = readSettings(...args)
  expect(settings).toBeUndefined()
  expect(findings.map(({ level }) => level)).toEqual(wanted.map(() => 'stop'))
  expect(findings.map(({ what, where, remedy }) => [what, where, remedy])).toEqual(
    wanted.map(([what, where, remedy]) => [expect.stringMatching(what), where, expect.stringMatching(remedy)]),
  )
})

test('whether it was said where workers run', () => {
  expect([given(), named, given({ bucket: 'b' }), given({ subnets: ['s'] })].map(namesPlace)).toEqual([
    false,
    true,
    true,
    true,
  ])
})
