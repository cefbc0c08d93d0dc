// `loadgate plan --run-on …`, with the real clients of AWS's SDK and stand-ins for its services.
import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { planCommand } from '../../src/command-line/plan.ts'
import { createOutput } from '../../src/output/output.ts'
import { VERSION } from '../../src/version.ts'
import { DIGEST, OUTPUTS } from '../fargate/setup/made-settings.ts'
import { type Cloud, startCloud } from '../support/aws/cloud.ts'
import { type QueryServer, queryServer } from '../support/aws-query-server.ts'
import { type Workspace, workspace } from '../support/run-cli.ts'

const profile = (target: string, rate = '50/s') => `name: shop
target: ${target}
load: { rate: ${rate}, for: 60s }
scenarios: [ { name: store, steps: [ { get: / } ] } ]
`

let place: Workspace
let aws: QueryServer
/** For what is tried of bucket and cluster. */
let cloud: Cloud
let log: string
let before: NodeJS.ProcessEnv
let outputs: Readonly<Record<string, string>>
beforeEach(async () => {
  place = workspace()
  log = ''
  before = { ...process.env }
  outputs = { ...OUTPUTS, Image: `registry/loadgate:${VERSION}@${DIGEST}` }
  aws = await queryServer((fields) => ({
    xml:
      fields.get('Action') === 'GetCallerIdentity'
        ? '<Arn>arn:aws:iam::123456789012:user/ci</Arn><UserId>U</UserId><Account>123456789012</Account>'
        : `<Stacks><member><StackName>load</StackName><CreationTime>2026-11-01T00:00:00Z</CreationTime>
           <StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${Object.entries(outputs)
             .map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`)
             .join('')}</Outputs></member></Stacks>`,
  }))
  cloud = await startCloud({
    launch: neverAsked,
    bucket: 'loadgate-bucket-1',
    clusters: [{ name: 'loadgate-Cluster-1' }],
  })
  delete process.env.AWS_SESSION_TOKEN
  delete process.env.GITHUB_ACTIONS
  Object.assign(process.env, cloud.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_STS: aws.url,
    AWS_ENDPOINT_URL_CLOUDFORMATION: aws.url,
  })
})
afterEach(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
  place[Symbol.dispose]()
  await aws[Symbol.asyncDispose]()
  await cloud.close()
})

function neverAsked(): never {
  throw new Error('a plan starts nothing')
}

const plan = (text: string, ...args: string[]) => {
  writeFileSync(place.at('loadgate.yml'), text)
  const stream = {
    columns: 100,
    write: (written: string) => {
      log += written
    },
  }
  const output = createOutput({ stdout: stream, stderr: stream, github: false })
  return planCommand([place.at('loadgate.yml'), ...args], output, new AbortController().signal)
}
const far = 'https://shop.example'

test('workers, cost and identity are shown, and nothing is started', async () => {
  expect(await plan(profile(far), '--run-on', 'fargate', '--fargate-stack', 'load')).toBe(0)
  expect(log).toContain('Sent from workers on Fargate: `run-on` is fargate.')
  expect(log).toMatch(
    /1 worker of 1 vCPU and 2 GB, in eu-central-1: 50 requests\/s, 3,000 requests\/s from each worker\./,
  )
  expect(log).toMatch(/About \$0\.\d+ .*prices of 2026-07-07/)
  expect(log).toContain('As user/ci of account 123456789012.')
  expect(log).toMatch(/Nothing was started\. A run would be\.\n$/)
  expect(aws.requests.map((fields) => fields.get('Action')).sort()).toEqual(['DescribeStacks', 'GetCallerIdentity'])
  expect(cloud.ecs.executing).toEqual([])
})

test('what would stop a run ends with 2, with where and what to do', async () => {
  outputs = { ...outputs, Image: `registry/loadgate:9.9.9@${DIGEST}` }
  expect(await plan(profile('http://127.0.0.1:1'), '--run-on=fargate', '--fargate-stack=load')).toBe(2)
  expect(log).toMatch(/stop: {4}Workers cannot reach http:\/\/127\.0\.0\.1:1: it is on this machine \(the profile\)\./)
  expect(log).toMatch(/stop: {4}The worker's image is version 9\.9\.9/)
  expect(log).toContain('A run would be refused: 2 findings to see to first.')
})

test('without a stack it is said what is missing', async () => {
  expect(await plan(profile(far), '--run-on', 'fargate')).toBe(2)
  expect(log).toMatch(/stop: {4}It is not known where workers run \(`fargate-stack`\)\.\n {9}Name the stack/)
})

test('auto stays on this machine where it can send the load, and asks AWS nothing', async () => {
  expect(await plan(profile(far, '1/s'), '--run-on', 'auto', '--fargate-stack', 'load')).toBe(0)
  expect(log).toMatch(/Sent from this machine: the peak is 1 requests\/s, and this machine can send about [\d,]+\./)
  expect(aws.requests).toEqual([])
})

test('auto takes workers for what this machine cannot send', async () => {
  await plan(profile(far, '900000/s'), '--run-on', 'auto', '--fargate-stack', 'load', '--max-cost', '100')
  expect(log).toMatch(/Sent from workers on Fargate: the peak is 900,000 requests\/s, and this machine can send/)
  expect(log).toMatch(/300 workers of/)
})

test('the runner is the default, and nothing of AWS is said', async () => {
  expect(await plan(profile(far))).toBe(0)
  expect(log).toContain('A request costs about')
  expect(log).not.toMatch(/Fargate|AWS/)
})
