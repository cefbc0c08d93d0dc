// All of AWS that a run needs: Ceph for S3, the stand-in for the rest, containers of the built image for tasks; and whoever
// asks may do what the policy of infra/stack.yml says.
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { keysOf, type Outcome } from '../../src/fargate/protocol.ts'
import { VERSION } from '../../src/version.ts'
import { type Cloud, startCloud } from '../support/aws/cloud.ts'
import type { Started } from '../support/aws/ecs/task-answer.ts'
import { madeStack, STACK_BUCKET } from '../support/aws/made-stack.ts'
import { startCeph } from './ceph.ts'
import { buildWorker, launchHeld, REPOSITORY } from './containers.ts'
import { type PolicyGate, startPolicyGate } from './policy-gate.ts'

export interface ContainerCloud {
  readonly cloud: Cloud
  readonly gate: PolicyGate
  readonly env: Readonly<Record<string, string>>
  /** Of the stack; named with its version and digest. */
  readonly image: string
  /** A later revision of the stack's task definition, whose image has a worker of another version in it than it says. */
  readonly mislabelled: string
  /** The tasks of all runs of this profile. */
  tasksOf(profile: string): readonly Started[]
  /** What the workers of a run have handed in, as it is in Ceph. */
  outcomes(runId: string): Promise<readonly Outcome[]>
  close(): Promise<void>
}

/** Tasks are seen late, as on AWS: runs that begin at the same time do not wait to see what becomes of each other's. */
const DELAYS = { provisioning: 100, pending: 100, activating: 50, deactivating: 50, deprovisioning: 50, unseen: 5_000 }

export async function startContainerCloud(): Promise<ContainerCloud> {
  const [image, mislabelled] = await Promise.all([buildWorker(`localhost/loadgate:${VERSION}`), buildMislabelled()])
  const directory = mkdtempSync(join(tmpdir(), 'loadgate-ceph-'))
  const ceph = await startCeph(directory)
  const { AWS_ENDPOINT_URL_S3: endpoint = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = ceph.env
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
  const { policy, stack, taskDefinition, container } = madeStack(image)
  const later = { ...taskDefinition, revision: 2, container: { ...taskDefinition.container, image: mislabelled } }
  const taskDefinitions = [taskDefinition, later]
  const options = { credentials, policy, stacks: [stack], taskDefinitions, delays: DELAYS }
  const cloud = await startCloud({ ...options, launch: launchHeld(container) })
  const gate = await startPolicyGate(cloud.account, endpoint)
  // Of whoever looks after the account, past the policy.
  const s3 = new S3Client({ endpoint, credentials, region: 'us-east-1' })
  await s3.send(new CreateBucketCommand({ Bucket: STACK_BUCKET }))
  return {
    cloud,
    gate,
    env: { ...cloud.env, AWS_ENDPOINT_URL_S3: gate.address },
    image,
    mislabelled: `${later.family}:${later.revision}`,
    tasksOf: (profile) =>
      cloud.ecs.started.filter(({ request }) =>
        request.tags?.some(({ key, value }) => key === 'loadgate-profile' && value === profile),
      ),
    outcomes: (runId) => readOutcomes(s3, runId),
    close: async () => {
      await cloud.close()
      await gate.close()
      await ceph.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** In a checkout whose files nobody but their owner may read, as some have it: the worker in the image must be able to. */
async function buildMislabelled(): Promise<string> {
  const place = mkdtempSync(join(tmpdir(), 'loadgate-other-'))
  cpSync(join(REPOSITORY, 'dist'), join(place, 'dist'), { recursive: true })
  for (const entry of readdirSync(place, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    chmodSync(path, entry.isDirectory() ? 0o700 : 0o600)
    if (entry.isFile()) writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`"${VERSION}"`, '"0.0.9"'))
  }
  const image = await buildWorker(`localhost/loadgate-mislabelled:${VERSION}`, place)
  rmSync(place, { recursive: true, force: true })
  return image
}

async function readOutcomes(s3: S3Client, runId: string): Promise<readonly Outcome[]> {
  const place = { Bucket: STACK_BUCKET, Prefix: keysOf(runId).results }
  const { Contents = [] } = await s3.send(new ListObjectsV2Command(place))
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: STACK_BUCKET, Key }))
      return JSON.parse(gunzipSync((await Body?.transformToByteArray()) ?? '').toString())
    }),
  )
}
