// The stand-in for AWS, driven by Debian's command line for it: a client that nobody here wrote, of another language.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Cloud, startCloud } from '../support/aws/cloud.ts'
import { launch } from '../support/aws/ecs-bench.ts'
import { SPOT } from '../support/aws/quota-server.ts'

// Where Debian's packages are unpacked, or nothing where they are installed.
const root = process.env.AWSCLI_ROOT ?? ''
const run = promisify(execFile)
let cloud: Cloud
beforeAll(async () => {
  const delays = { provisioning: 200, pending: 200 }
  cloud = await startCloud({ launch, delays, stacks: [{ name: 'loadgate', outputs: { Cluster: 'loadgate' } }] })
})
afterAll(() => cloud.close())

async function aws(address: string, ...args: readonly string[]) {
  const { stdout } = await run(
    '/usr/bin/python3',
    [join(root, '/usr/bin/aws'), '--endpoint-url', address, '--output', 'json', ...args],
    {
      env: {
        ...process.env,
        ...cloud.env,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_MAX_ATTEMPTS: '1',
        PYTHONPATH: join(root, '/usr/lib/python3/dist-packages'),
      },
      timeout: 60_000,
    },
  )
  return stdout === '' ? {} : JSON.parse(stdout)
}
const ecs = (...args: readonly string[]) => aws(cloud.ecs.address, 'ecs', ...args)
const errorOf = (act: Promise<unknown>) =>
  act.then(
    () => 'none',
    ({ stderr }) => String(stderr),
  )

const REGISTER = [
  '--cpu',
  '256',
  '--memory',
  '512',
  '--network-mode',
  'awsvpc',
  '--requires-compatibilities',
  'FARGATE',
]
const NETWORK = ['--network-configuration', 'awsvpcConfiguration={subnets=[subnet-1],securityGroups=[sg-1]}']

test('a definition is registered, two tasks are run, stopped and waited for', async () => {
  const container = JSON.stringify([{ name: 'worker', image: 'x', stopTimeout: 5 }])
  const made = await ecs(
    'register-task-definition',
    '--family',
    'cli',
    ...REGISTER,
    '--container-definitions',
    container,
  )
  expect(made.taskDefinition).toMatchObject({ family: 'cli', revision: 1, status: 'ACTIVE' })

  const overrides = JSON.stringify({
    containerOverrides: [{ name: 'worker', environment: [{ name: 'MODE', value: 'polite' }] }],
  })
  const what = ['--cluster', 'loadgate', '--task-definition', 'cli', '--launch-type', 'FARGATE', ...NETWORK]
  const { tasks, failures } = await ecs(
    'run-task',
    ...what,
    '--count',
    '2',
    '--overrides',
    overrides,
    '--tags',
    'key=run,value=r1',
  )
  expect([tasks.length, failures]).toEqual([2, []])
  const arns: readonly string[] = tasks.map(({ taskArn }: { taskArn: string }) => taskArn)
  await ecs('wait', 'tasks-running', '--cluster', 'loadgate', '--tasks', ...arns)
  expect((await ecs('list-tasks', '--cluster', 'loadgate', '--family', 'cli')).taskArns).toEqual(arns)
  expect((await ecs('list-tags-for-resource', '--resource-arn', arns[0] as string)).tags).toEqual([
    { key: 'run', value: 'r1' },
  ])
  for (const arn of arns) await ecs('stop-task', '--cluster', 'loadgate', '--task', arn, '--reason', 'enough')
  await ecs('wait', 'tasks-stopped', '--cluster', 'loadgate', '--tasks', ...arns)
  const ended = await ecs('describe-tasks', '--cluster', 'loadgate', '--tasks', ...arns)
  expect(ended.tasks).toMatchObject(
    arns.map((taskArn) => ({
      taskArn,
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'enough',
      containers: [{ exitCode: 0 }],
    })),
  )
}, 180_000)

test('errors come through with their types and texts', async () => {
  const what = ['--cluster', 'loadgate', '--task-definition', 'loadgate', '--launch-type', 'FARGATE']
  expect(await errorOf(ecs('run-task', ...what))).toMatch(/\(InvalidParameterException\).*Network Configuration must/)
  expect(await errorOf(ecs('run-task', ...what, ...NETWORK, '--count', '11'))).toMatch(
    /\(InvalidParameterException\).*10/,
  )
  expect(await errorOf(ecs('list-tasks', '--cluster', 'x'))).toMatch(/\(ClusterNotFoundException\)/)
  cloud.account.policy = { Version: '2012-10-17', Statement: [] }
  expect(await errorOf(ecs('list-tasks', '--cluster', 'loadgate'))).toMatch(/\(AccessDeniedException\).*not authorized/)
  cloud.account.policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
}, 120_000)

test('a quota', async () => {
  const quota = (code: string) =>
    aws(cloud.quotas.address, 'service-quotas', 'get-service-quota', '--service-code', 'fargate', '--quota-code', code)
  expect((await quota(SPOT)).Quota).toMatchObject({ QuotaCode: SPOT, Value: 4_000 })
  expect(await errorOf(quota('L-00000000'))).toMatch(/\(NoSuchResourceException\)/)
}, 120_000)

test('a stack, an identity and objects', async () => {
  const { Stacks } = await aws(cloud.query.address, 'cloudformation', 'describe-stacks', '--stack-name', 'loadgate')
  expect(Stacks[0].Outputs).toEqual([{ OutputKey: 'Cluster', OutputValue: 'loadgate' }])
  expect(await aws(cloud.query.address, 'sts', 'get-caller-identity')).toMatchObject({ Account: '123456789012' })
  cloud.s3.objects.set('a/1', Buffer.from('one'))
  cloud.s3.objects.set('a/2 é', Buffer.from('two'))
  const place = ['--bucket', cloud.s3.bucket]
  const { Contents } = await aws(cloud.s3.address, 's3api', 'list-objects-v2', ...place, '--prefix', 'a/')
  expect(Contents).toMatchObject([{ Key: 'a/1' }, { Key: 'a/2 é', Size: 3 }])
  await aws(cloud.s3.address, 's3api', 'delete-object', ...place, '--key', 'a/1')
  expect([...cloud.s3.objects.keys()]).toEqual(['a/2 é'])
}, 120_000)
