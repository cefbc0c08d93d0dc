// A small cluster with a container that does as it is told, and the SDK's own client for it.
import { join } from 'node:path'
import {
  DescribeTasksCommand,
  ECSClient,
  RunTaskCommand,
  type RunTaskCommandInput,
  type Task,
} from '@aws-sdk/client-ecs'
import type { Launch } from './ecs/launch.ts'
import { runProcess } from './ecs/launch.ts'

export const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } }

export const launch: Launch = ({ environment }) =>
  runProcess(process.execPath, [join(import.meta.dirname, 'container.mjs')], environment)

/** One try each, so that what a test sees is what the server said. */
export function ecsClient(env: Readonly<Record<string, string>>, maxAttempts = 1, region = 'eu-central-1'): ECSClient {
  return new ECSClient({
    endpoint: env.AWS_ENDPOINT_URL_ECS as string,
    region,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID as string,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY as string,
      ...(env.AWS_SESSION_TOKEN && { sessionToken: env.AWS_SESSION_TOKEN }),
    },
    maxAttempts,
    requestHandler: { requestTimeout: 5_000, throwOnRequestTimeout: true },
  })
}

export function runRequest(more: Partial<RunTaskCommandInput> = {}, environment: Record<string, string> = {}) {
  return {
    cluster: 'loadgate',
    taskDefinition: 'loadgate',
    launchType: 'FARGATE',
    networkConfiguration: NETWORK,
    overrides: {
      containerOverrides: [
        { name: 'worker', environment: Object.entries(environment).map(([name, value]) => ({ name, value })) },
      ],
    },
    ...more,
  } satisfies RunTaskCommandInput
}

export const run = (client: ECSClient, more: Partial<RunTaskCommandInput> = {}, environment?: Record<string, string>) =>
  client.send(new RunTaskCommand(runRequest(more, environment)))

export async function describe(client: ECSClient, arns: readonly string[]): Promise<readonly Task[]> {
  const { tasks = [] } = await client.send(
    new DescribeTasksCommand({ cluster: 'loadgate', tasks: [...arns], include: ['TAGS'] }),
  )
  return tasks
}

/** Until the task is in this state, or one after a while that is too long. */
export async function reached(client: ECSClient, arn: string, status: string): Promise<Task> {
  for (let i = 0; i < 400; i++) {
    const [task] = await describe(client, [arn])
    if (task?.lastStatus === status) return task
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${arn} did not get to ${status}: ${JSON.stringify((await describe(client, [arn]))[0])}`)
}
