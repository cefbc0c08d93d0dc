import { expect, test } from '@jest/globals'
import { optionsFromAction, optionsFromCommandLine } from '../../../src/inputs.ts'
import { given } from './made-settings.ts'

test('nothing chosen', () => {
  const { runOn, fargate } = optionsFromAction(() => '')
  expect([runOn, fargate]).toEqual(['runner', given({ regions: [] })])
})

test.each([
  [['--run-on', 'fargate', '--fargate-stack', 'load-1'], { runOn: 'fargate', fargate: { stack: 'load-1' } }],
  [
    ['--fargate-regions', 'eu-central-1=2, us-gov-west-1'],
    {
      fargate: {
        regions: [
          { region: 'eu-central-1', share: 2 },
          { region: 'us-gov-west-1', share: 1 },
        ],
      },
    },
  ],
  [['--fargate-workers', '12'], { fargate: { workers: 12 } }],
  [['--fargate-worker-rate', '2400/s'], { fargate: { workerRate: 2_400 } }],
  [['--fargate-worker-rate=30/m'], { fargate: { workerRate: 0.5 } }],
  [['--fargate-cpu', '0.25', '--fargate-memory', '0.5'], { fargate: { cpu: 256, memory: 512 } }],
  [['--fargate-cpu=4', '--fargate-memory=auto'], { fargate: { cpu: 4_096, memory: 'auto' } }],
  [['--fargate-spot', 'shop.yml'], { fargate: { spot: true }, profile: 'shop.yml' }],
  [['--max-cost', '2.50'], { fargate: { maxCost: 2.5 } }],
  [['--start', 'staggered 1m 30s'], { fargate: { stagger: 90_000 } }],
  [['--start', 'lock-step'], { fargate: { stagger: 0 } }],
  [['--fargate-public-ip', 'false'], { fargate: { publicAddress: false } }],
  [
    ['--fargate-subnets', 'subnet-1, subnet-2', '--fargate-security-groups=sg-1'],
    { fargate: { subnets: ['subnet-1', 'subnet-2'], securityGroups: ['sg-1'] } },
  ],
  [
    ['--fargate-cluster=c', '--fargate-task-definition=t:1', '--fargate-bucket=b'],
    { fargate: { cluster: 'c', taskDefinition: 't:1', bucket: 'b' } },
  ],
])('%j', (argv, options) => {
  expect(optionsFromCommandLine(argv)).toMatchObject(options)
})

test.each([
  ['--run-on', 'aws', 'runner, fargate, auto'],
  ['--fargate-stack', 'a_b', 'letters, digits and hyphens'],
  ['--fargate-regions', 'Frankfurt', 'eu-central-1=2'],
  ['--fargate-regions', 'eu-central-1=0', 'eu-central-1=2'],
  ['--fargate-regions', 'eu-central-1,eu-central-1', 'eu-central-1=2'],
  ['--fargate-workers', '0', '1 to 1000'],
  ['--fargate-workers', '1001', '1 to 1000'],
  ['--fargate-worker-rate', '2400', 'as in 2400/s'],
  ['--fargate-worker-rate', '0/s', 'as in 2400/s'],
  ['--fargate-worker-rate', '2000000/s', 'as in 2400/s'],
  ['--fargate-cpu', '3', '0.25, 0.5, 1, 2, 4, 8, 16'],
  ['--fargate-cpu', '1024', '0.25, 0.5, 1, 2, 4, 8, 16'],
  ['--fargate-memory', '2048', 'GB'],
  ['--fargate-memory', '0', 'GB'],
  ['--max-cost', '$5', 'US dollars'],
  ['--max-cost', '0', 'US dollars'],
  ['--fargate-public-ip', 'yes', 'auto, true, false'],
  ['--start', 'now', 'lock-step, or an interval as in staggered 10s'],
  ['--start', 'staggered 0s', 'staggered 10s'],
])('%s %s is refused', (flag, value, hint) => {
  expect(() => optionsFromCommandLine([`${flag}=${value}`])).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message: `\`${flag}\` is "${value}"`,
      hint: expect.stringContaining(hint),
    }),
  )
})

test('an input with a wrong value is named', () => {
  expect(() => optionsFromAction((name) => (name === 'fargate-cpu' ? '5' : ''))).toThrow('input `fargate-cpu` is "5"')
})
