// The CloudFormation template: what AWS's validator says of it, what its policies allow, and whom it trusts.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { readSettings } from '../../src/fargate/setup/settings.ts'
import { WORKERS_NODE } from '../../src/send-from-fargate.ts'
import { given } from '../fargate/setup/made-settings.ts'
import { decide, type Policy, statementsOf, unneeded, type Wish } from '../support/aws/iam.ts'
import { resolveStack, STACK_FILE } from '../support/stack-template.ts'

const ROLE = { Image: `x/loadgate:0.1.0@sha256:${'a'.repeat(64)}`, GitHubOwner: 'octo', GitHubRepository: 'shop' }
const text = readFileSync(STACK_FILE, 'utf8')

const check = (file: string) =>
  promisify(execFile)(process.execPath, [resolve(import.meta.dirname, '../../scripts/check-stack.mjs'), file], {
    timeout: 120_000,
  }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }) => ({ code, stdout }),
  )

describe("AWS's validator", () => {
  test('finds nothing worse than advice', async () => {
    expect(await check(STACK_FILE)).toMatchObject({ code: 0, stdout: expect.stringMatching(/: 0 findings\n$/) })
  }, 120_000)

  test('would find a mistake', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'loadgate-stack-'))
    try {
      writeFileSync(join(folder, 'stack.yml'), text.replace('NetworkMode: awsvpc', 'NetworkMode: bridge'))
      expect(await check(join(folder, 'stack.yml'))).toMatchObject({ code: 1, stdout: expect.stringMatching(/ERROR/) })
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 120_000)

  test('does not know that CloudFormation refuses aliases, so there are none', () => {
    expect(text).not.toMatch(/^[^'#\n]*[ [][&*][A-Za-z]/m)
  })
})

const ECS = 'arn:aws:ecs:eu-central-1:123456789012'
const QUOTAS = 'arn:aws:servicequotas:eu-central-1:123456789012:fargate'
const cluster = { 'ecs:cluster': 'arn:aws:ecs:eu-central-1:123456789012:cluster/Cluster' }
const task = `${ECS}:task/Cluster/0123456789abcdef0123456789abcdef`
const wish = (action: string, resource: string, context: Wish['context'] = {}): Wish => ({ action, resource, context })

/** Every call that the coordinator makes, as IAM is asked about it. */
const CALLS: readonly Wish[] = [
  wish('cloudformation:DescribeStacks', 'arn:aws:cloudformation:eu-central-1:123456789012:stack/loadgate/0a1b'),
  wish('servicequotas:GetServiceQuota', `${QUOTAS}/L-3032A538`, { 'servicequotas:service': 'fargate' }),
  wish('servicequotas:GetServiceQuota', `${QUOTAS}/L-36FBB829`, { 'servicequotas:service': 'fargate' }),
  wish('ecs:RunTask', `${ECS}:task-definition/loadgate-worker:7`, cluster),
  wish('ecs:TagResource', task, { 'ecs:CreateAction': 'RunTask' }),
  wish('iam:PassRole', 'arn:aws:iam::123456789012:role/ExecutionRole', {
    'iam:PassedToService': 'ecs-tasks.amazonaws.com',
  }),
  wish('iam:PassRole', 'arn:aws:iam::123456789012:role/TaskRole', { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }),
  wish('ecs:DescribeTasks', task, cluster),
  wish('ecs:StopTask', task, cluster),
  wish('ecs:ListTasks', '*', cluster),
  wish('s3:GetObject', 'arn:aws:s3:::Bucket/loadgate/abc/control.json'),
  wish('s3:PutObject', 'arn:aws:s3:::Bucket/loadgate/abc/claims/0.0.json'),
  wish('s3:ListBucket', 'arn:aws:s3:::Bucket', { 's3:prefix': 'loadgate/abc/results/' }),
  // As S3 asks before it says that an object is not there.
  wish('s3:ListBucket', 'arn:aws:s3:::Bucket'),
]
const other = { 'ecs:cluster': 'arn:aws:ecs:eu-central-1:123456789012:cluster/shop' }

/** What it must not do, each a step away from what it may. */
const FORBIDDEN: readonly Wish[] = [
  wish('cloudformation:DescribeStacks', 'arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/0a1b'),
  wish('cloudformation:UpdateStack', 'arn:aws:cloudformation:eu-central-1:123456789012:stack/loadgate/0a1b'),
  wish('servicequotas:GetServiceQuota', `${QUOTAS}/L-FAA52651`),
  wish('servicequotas:GetServiceQuota', 'arn:aws:servicequotas:eu-central-1:123456789012:ec2/L-3032A538'),
  wish('servicequotas:RequestServiceQuotaIncrease', `${QUOTAS}/L-3032A538`),
  wish('ecs:RunTask', `${ECS}:task-definition/shop:1`, cluster),
  wish('ecs:RunTask', `${ECS}:task-definition/loadgate-worker:7`, other),
  wish('ecs:RunTask', `${ECS}:task-definition/loadgate-worker:7`),
  wish('ecs:RegisterTaskDefinition', '*'),
  wish('ecs:TagResource', task, { 'ecs:CreateAction': 'CreateService' }),
  wish('ecs:TagResource', task),
  wish('ecs:StopTask', `${ECS}:task/shop/0123`, other),
  wish('ecs:DescribeTasks', `${ECS}:task/shop/0123`, other),
  wish('ecs:ListTasks', '*', other),
  wish('ecs:ExecuteCommand', task, cluster),
  wish('iam:PassRole', 'arn:aws:iam::123456789012:role/Admin', { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }),
  wish('iam:PassRole', 'arn:aws:iam::123456789012:role/TaskRole', { 'iam:PassedToService': 'ec2.amazonaws.com' }),
  wish('s3:GetObject', 'arn:aws:s3:::Bucket/other/x'),
  wish('s3:PutObject', 'arn:aws:s3:::Other/loadgate/x'),
  wish('s3:DeleteObject', 'arn:aws:s3:::Bucket/loadgate/x'),
  wish('s3:ListBucket', 'arn:aws:s3:::Other', { 's3:prefix': 'loadgate/' }),
  wish('logs:GetLogEvents', 'arn:aws:logs:eu-central-1:123456789012:log-group:LogGroup:log-stream:x'),
]

describe("the coordinator's policy", () => {
  const { Resources } = resolveStack(ROLE)
  const policy = Resources.CoordinatorPolicy?.Properties.PolicyDocument as unknown as Policy

  test.each(CALLS.map((call) => [call.action, call] as const))('allows %s where it is needed', (_, call) => {
    expect(decide(policy, call)).toBe('allowed')
  })

  test.each(FORBIDDEN.map((call) => [call.action, call.resource, call] as const))(
    'does not allow %s of %s',
    (...call) => {
      expect(decide(policy, call[2])).not.toBe('allowed')
    },
  )

  test('allows nothing that no call needs, and names every action in full', () => {
    expect(unneeded(policy, CALLS)).toEqual([])
    const actions = statementsOf(policy).flatMap(({ Action = [] }) => [Action].flat())
    expect(actions.join()).not.toContain('*')
    expect(statementsOf(policy).every(({ Effect }) => Effect === 'Allow')).toBe(true)
  })

  test('is all that the role has', () => {
    const role = Resources.CoordinatorRole?.Properties
    expect([role?.ManagedPolicyArns, role?.Policies]).toEqual([['CoordinatorPolicy'], undefined])
  })
})

test('the worker has no permission, and what starts it may pull and log only', () => {
  const repository = 'arn:aws:ecr:eu-central-1:123456789012:repository/loadgate'
  const { Resources } = resolveStack({ ...ROLE, ImageRepositoryArn: repository })
  const worker = Resources.TaskRole?.Properties
  expect([worker?.Policies, worker?.ManagedPolicyArns]).toEqual([undefined, undefined])
  const execution = Resources.ExecutionRole?.Properties as unknown as {
    Policies: { PolicyDocument: Policy }[]
    ManagedPolicyArns?: unknown
  }
  const wishes = [
    wish('logs:CreateLogStream', 'arn:aws:logs:eu-central-1:123456789012:log-group:LogGroup:log-stream:worker/1'),
    wish('logs:PutLogEvents', 'arn:aws:logs:eu-central-1:123456789012:log-group:LogGroup:log-stream:worker/1'),
    wish('ecr:GetAuthorizationToken', '*'),
    wish('ecr:BatchCheckLayerAvailability', repository),
    wish('ecr:BatchGetImage', repository),
    wish('ecr:GetDownloadUrlForLayer', repository),
  ]
  const allowed = (call: Wish) =>
    execution.Policies.some(({ PolicyDocument }) => decide(PolicyDocument, call) === 'allowed')
  expect(wishes.filter((call) => !allowed(call))).toEqual([])
  expect(execution.Policies.flatMap(({ PolicyDocument }) => unneeded(PolicyDocument, wishes))).toEqual([])
  expect(execution.ManagedPolicyArns).toBeUndefined()
  expect(allowed(wish('ecr:BatchGetImage', `${repository}-other`))).toBe(false)
})

describe('trust', () => {
  const trusts = (parameters: Readonly<Record<string, string>>, claims: Readonly<Record<string, string>>) => {
    const { Resources } = resolveStack({ ...ROLE, ...parameters })
    const document = Resources.CoordinatorRole?.Properties.AssumeRolePolicyDocument as unknown as Policy
    const [statement] = statementsOf(document) as unknown as [Record<string, unknown>]
    const { Principal, ...rest } = statement
    expect(Principal).toEqual({
      Federated: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
    })
    const context = Object.fromEntries(
      Object.entries({ aud: 'sts.amazonaws.com', ...claims }).map(([key, value]) => [
        `token.actions.githubusercontent.com:${key}`,
        value,
      ]),
    )
    const policy = { Version: '2012-10-17', Statement: { ...rest, Resource: '*' } } as Policy
    return decide(policy, wish('sts:AssumeRoleWithWebIdentity', '*', context)) === 'allowed'
  }
  const numbered = { GitHubOwnerId: '123', GitHubRepositoryId: '456' }
  const environment = { GitHubSubject: 'environment:load' }

  test.each([
    [{}, 'repo:octo/shop:ref:refs/heads/main'],
    [numbered, 'repo:octo/shop:ref:refs/heads/main'],
    [numbered, 'repo:octo@123/shop@456:ref:refs/heads/main'],
    [environment, 'repo:octo/shop:environment:load'],
    [{ ...environment, ...numbered }, 'repo:octo@123/shop@456:environment:load'],
  ])('%j trusts %s', (parameters, sub) => {
    expect(trusts(parameters, { sub })).toBe(true)
  })

  test.each([
    [{}, { sub: 'repo:octo/shop:ref:refs/heads/main', aud: 'other' }],
    [{}, { sub: 'repo:octo/shop:ref:refs/heads/maintenance' }],
    [{}, { sub: 'repo:octo/shop:pull_request' }],
    [{}, { sub: 'repo:octo/shop2:ref:refs/heads/main' }],
    [{}, { sub: 'repo:evil/shop:ref:refs/heads/main' }],
    [{}, { sub: 'repo:octo@123/shop@456:ref:refs/heads/main' }],
    [numbered, { sub: 'repo:octo@123/shop@457:ref:refs/heads/main' }],
    [numbered, { sub: 'repo:octo@124/shop@456:ref:refs/heads/main' }],
    [environment, { sub: 'repo:octo/shop:ref:refs/heads/main' }],
    [environment, { sub: 'repo:octo/shop:environment:loadtest' }],
  ])('%j does not trust %j', (parameters, claims) => {
    expect(trusts(parameters, claims)).toBe(false)
  })

  test('no wildcard can be given, and none is used', () => {
    const { AllowedPattern = '' } = resolveStack(ROLE).Parameters.GitHubSubject ?? {}
    for (const subject of ['ref:refs/heads/*', 'environment:?', '*', 'pull_request', 'ref:refs/tags/v1'])
      expect(subject).not.toMatch(new RegExp(AllowedPattern))
    expect('ref:refs/heads/release/1.x').toMatch(new RegExp(AllowedPattern))
    const { Resources } = resolveStack(ROLE)
    expect(JSON.stringify(Resources.CoordinatorRole)).not.toMatch(/StringLike|\*/)
  })

  test('without an owner there is no role, and a provider is made when asked for', () => {
    expect(Object.keys(resolveStack({ Image: 'x' }).Resources)).not.toContain('CoordinatorRole')
    expect(Object.keys(resolveStack(ROLE).Resources)).not.toContain('OidcProvider')
    expect(Object.keys(resolveStack({ ...ROLE, CreateOidcProvider: 'yes' }).Resources)).toContain('OidcProvider')
  })
})

/** Of all that the template makes; what is not here may cost money while nobody runs anything. */
const FREE_WHILE_IDLE = [
  'AWS::EC2::InternetGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::ECS::Cluster',
  'AWS::ECS::TaskDefinition',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::OIDCProvider',
  'AWS::IAM::Role',
  'AWS::Logs::LogGroup',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
]

test('nothing in it costs money while idle, and nothing comes in', () => {
  const { Resources } = resolveStack({ ...ROLE, CreateOidcProvider: 'yes' })
  const types = Object.values(Resources).map(({ Type }) => Type)
  expect(types.filter((type) => !FREE_WHILE_IDLE.includes(type))).toEqual([])
  for (const { Type, Properties } of Object.values(Resources))
    if (Type === 'AWS::EC2::SecurityGroup') expect(Properties).not.toHaveProperty('SecurityGroupIngress')
})

test('the worker is held tight', () => {
  const { Resources } = resolveStack({ ...ROLE, Architecture: 'ARM64' })
  const { ContainerDefinitions, RuntimePlatform } = Resources.TaskDefinition?.Properties ?? {}
  expect(RuntimePlatform).toMatchObject({ CpuArchitecture: 'ARM64' })
  expect(ContainerDefinitions).toMatchObject([
    {
      Name: 'loadgate',
      User: '1000:1000',
      ReadonlyRootFilesystem: true,
      Privileged: false,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    },
  ])
  expect(ContainerDefinitions).not.toHaveProperty('0.Secrets')
})

test('the worker can write nowhere, and one with JMeter in one place', () => {
  const written = (JMeter: string) => {
    const { Volumes, ContainerDefinitions } =
      resolveStack({ ...ROLE, JMeter }).Resources.TaskDefinition?.Properties ?? {}
    const [container] = ContainerDefinitions as unknown as readonly [Readonly<Record<string, unknown>>]
    return [Volumes || undefined, container.MountPoints || undefined, container.ReadonlyRootFilesystem]
  }
  expect(written('no')).toEqual([undefined, undefined, true])
  const mounted = [{ SourceVolume: 'scratch', ContainerPath: '/tmp', ReadOnly: false }]
  expect(written('yes')).toEqual([[{ Name: 'scratch' }], mounted, true])
})

test('the bucket keeps nothing for long, and nothing in public', () => {
  const { Resources } = resolveStack({ ...ROLE, ObjectDays: '7' })
  expect(Resources.Bucket?.Properties).toMatchObject({
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Prefix: 'loadgate/', ExpirationInDays: '7' }] },
  })
})

test.each([
  ['a network of its own', {}, { subnets: 2, publicAddress: true }],
  [
    'an existing network',
    { VpcId: 'vpc-0123456789abcdef0', SubnetIds: 'subnet-0123456789abcdef0', AssignPublicIp: 'DISABLED' },
    { subnets: 1, publicAddress: false },
  ],
])('the outputs of a stack with %s are settings', (_, parameters, wanted) => {
  const { Outputs } = resolveStack({ ...ROLE, ...parameters })
  const ids: Readonly<Record<string, string>> = {
    SubnetA: 'subnet-0123456789abcdef0',
    SubnetB: 'subnet-0123456789abcdef1',
    'SecurityGroup.GroupId': 'sg-0123456789abcdef0',
    SecurityGroup: 'sg-0123456789abcdef0',
    SecurityGroupThere: 'sg-0123456789abcdef1',
    Bucket: 'loadgate-bucket-1',
  }
  const outputs = Object.fromEntries(
    Object.entries(Outputs).map(([name, { Value }]) => [
      name,
      String(Value)
        .split(',')
        .map((id) => ids[id] ?? id)
        .join(),
    ]),
  )
  const { settings, findings } = readSettings(given({ stack: 'loadgate' }), new Map([['eu-central-1', { outputs }]]))
  expect(findings).toEqual([])
  expect(settings?.places[0]?.subnets).toHaveLength(wanted.subnets)
  expect(settings?.places[0]).toMatchObject({
    publicAddress: wanted.publicAddress,
    image: ROLE.Image,
    architecture: 'X86_64',
  })
})

describe("the worker's image", () => {
  const lines = linesOf('worker')

  test('is built upon the Node that its runs are known by', () => {
    expect(lines[0]).toMatch(new RegExp(`^FROM node:${WORKERS_NODE}\\b`))
  })

  test('runs the worker, and not as root', () => {
    expect(lines).toEqual(expect.arrayContaining(['ENTRYPOINT ["node", "/loadgate/task.js"]', 'STOPSIGNAL SIGTERM']))
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe('USER 1000:1000')
  })

  test('is without JMeter', () => {
    expect(lines.join('\n')).not.toMatch(/jmeter|apt-get/i)
  })
})

describe('the image of a worker with JMeter', () => {
  const lines = linesOf('jmeter-worker')
  const own = lines.slice(lines.lastIndexOf('FROM ${WORKER}'))

  test('is built upon that of the worker, and is not run as root either', () => {
    expect(lines.filter((line) => line.startsWith('FROM '))).toEqual([
      expect.stringMatching(new RegExp(`^FROM node:${WORKERS_NODE}\\S* AS download$`)),
      'FROM ${WORKER}',
    ])
    expect(own.findLast((line) => line.startsWith('USER '))).toBe('USER 1000:1000')
    expect(own.filter((line) => /^(ENTRYPOINT|CMD|STOPSIGNAL) /.test(line))).toEqual([])
  })

  test('has JMeter in one version, from wherever who builds it says, and checks it before it is unpacked', () => {
    expect(lines).toContain('ARG JMETER_URL')
    expect(lines.join('\n')).toMatch(/^ARG JMETER_SHA512=[0-9a-f]{128}$/m)
    expect(lines.find((line) => line.startsWith('RUN '))).toMatch(/^RUN echo .* \| sha512sum --check --strict && tar /)
    expect(lines.join('\n')).not.toMatch(/https?:/)
  })

  test('finds JMeter where Loadgate looks for it, and can write where its script is laid out', () => {
    const text = own.join('\n')
    expect(text).toMatch(/^COPY --from=download \/opt\/jmeter \/opt\/jmeter$[\s\S]*^ENV JMETER_HOME=\/opt\/jmeter /m)
    expect(text).toMatch(/^RUN chmod 1777 \/tmp$\nVOLUME \/tmp$/m)
  })
})

function linesOf(image: string): readonly string[] {
  return readFileSync(join(import.meta.dirname, `../../infra/${image}.Dockerfile`), 'utf8')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
}
