import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs'
import { messageOf } from '../errors.ts'
import {
  type ListedTask,
  Refused,
  type RunAnswer,
  type RunTasks,
  type TaskState,
  type Tasks,
} from '../fargate/doors.ts'
import { isRunId } from '../fargate/run-id.ts'
import type { Ms } from '../units.ts'
import { type Asked, explained, nameOf } from './explain.ts'

/** Where the tasks of a stack run, and what they are. */
export interface TaskPlace {
  /** Undefined for the one of the environment. */
  readonly region: string | undefined
  readonly cluster: string
  /** With its revision. */
  readonly taskDefinition: string
  /** Of the worker, in the task definition. */
  readonly container: string
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
  /** Whether tasks get one: in a subnet without NAT they reach nothing otherwise. */
  readonly publicAddress: boolean
}

const CONNECT: Ms = 5_000
const ANSWER: Ms = 30_000
/** A hundred tasks each. */
const MOST_PAGES = 100
const AT_ONCE = 100
const LONGEST_REASON = 1_000

/** Each call is one try: the coordinator tries again by itself. Loaded when it is used, since the SDK takes its time. */
export function openTasks(place: TaskPlace): Tasks {
  const { cluster, container, region } = place
  const requestHandler = { connectionTimeout: CONNECT, requestTimeout: ANSWER, throwOnRequestTimeout: true }
  const client = new ECSClient({ maxAttempts: 1, requestHandler, ...(region !== undefined && { region }) })
  const describe = async (arns: readonly string[]): Promise<readonly Task[]> => {
    if (arns.length === 0) return []
    const command = new DescribeTasksCommand({ cluster, tasks: [...arns] })
    return (await explained(asked('DescribeTasks'), () => client.send(command))).tasks ?? []
  }
  // There may be thousands, for an hour, of which nothing else is to be learnt.
  let over: ReadonlyMap<string, ListedTask> = new Map()
  return {
    run: (request) => run(client, place, request),
    describe: async (arns) => (await describe(arns)).flatMap((task) => stateOf(task, container) ?? []),
    async list() {
      const arns = await listAll(client, cluster)
      const news = arns.filter((arn) => !over.has(arn))
      const found = new Map<string, ListedTask>(
        arns.flatMap((arn) => over.get(arn) ?? []).map((task) => [task.arn, task]),
      )
      for (let at = 0; at < news.length; at += AT_ONCE)
        for (const task of await describe(news.slice(at, at + AT_ONCE))) {
          const { taskArn: arn, lastStatus } = task
          const runId = runOf(task)
          if (arn !== undefined && runId !== undefined)
            found.set(arn, { arn, runId, hasStopped: lastStatus === 'STOPPED' })
        }
      over = new Map([...found].filter(([, { hasStopped }]) => hasStopped))
      return [...found.values()]
    },
    async stop(arn, reason) {
      const command = new StopTaskCommand({ cluster, task: arn, reason: reason.slice(0, LONGEST_REASON) })
      await explained(asked('StopTask'), async () => {
        // One that ECS has forgotten has stopped, and of one that it does not know yet the next description tells.
        await client.send(command).catch((error) => {
          if (!/task was not found/i.test(messageOf(error))) throw error
        })
      })
    },
  }
}

function asked(call: string): Asked {
  return {
    about: `ECS (${call})`,
    permission: `ecs:${call}`,
    remedy: "Compare the stack's outputs with what ECS says, and update the stack.",
  }
}

const STARTED_BY = 'loadgate/'

/** Undefined for a task that somebody else has started. */
function runOf({ startedBy = '' }: Task): string | undefined {
  const runId = startedBy.slice(STARTED_BY.length)
  return startedBy.startsWith(STARTED_BY) && isRunId(runId) ? runId : undefined
}

async function run(
  client: ECSClient,
  place: TaskPlace,
  { count, token, runId, environment, cpu, memory, spot, tags }: RunTasks,
): Promise<RunAnswer> {
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }))
  const command = new RunTaskCommand({
    cluster: place.cluster,
    taskDefinition: place.taskDefinition,
    count,
    clientToken: token,
    startedBy: `${STARTED_BY}${runId}`,
    // Spot comes by its capacity provider only, and the two exclude each other.
    ...(spot
      ? { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] }
      : { launchType: 'FARGATE' }),
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...place.subnets],
        securityGroups: [...place.securityGroups],
        assignPublicIp: place.publicAddress ? 'ENABLED' : 'DISABLED',
      },
    },
    overrides: {
      cpu: String(cpu),
      memory: String(memory),
      containerOverrides: [{ name: place.container, environment: variables }],
    },
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  })
  return await explained(asked('RunTask'), async () => {
    try {
      const { tasks = [], failures = [] } = await client.send(command)
      return {
        arns: tasks.flatMap(({ taskArn }) => taskArn ?? []),
        failures: failures.map(({ reason, detail, arn }) => [reason, detail, arn].filter(Boolean).join(': ')),
      }
    } catch (error) {
      // The token is known, by another request of ours: these are its tasks.
      const started = nameOf(error) === 'ConflictException' ? resourcesOf(error) : []
      if (started.length === 0) throw error
      return { arns: started, failures: [] }
    }
  })
}

/** ECS lists either those that shall run or those that shall have stopped, and unless told otherwise the former. */
async function listAll(client: ECSClient, cluster: string): Promise<readonly string[]> {
  // In this order, so that one that is stopped meanwhile is in both, and none in neither.
  const running = await listPages(client, cluster, 'RUNNING')
  return [...new Set([...running, ...(await listPages(client, cluster, 'STOPPED'))])]
}

async function listPages(
  client: ECSClient,
  cluster: string,
  desiredStatus: 'RUNNING' | 'STOPPED',
): Promise<readonly string[]> {
  const arns: string[] = []
  let nextToken: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const command = new ListTasksCommand({ cluster, desiredStatus, nextToken })
    const answer = await explained(asked('ListTasks'), () => client.send(command))
    arns.push(...(answer.taskArns ?? []))
    nextToken = answer.nextToken
    if (nextToken === undefined) return arns
  }
  throw new Refused('infrastructure', `The cluster ${cluster} has more than ${MOST_PAGES} pages of tasks`, {
    hint: 'Use a cluster for Loadgate alone.',
  })
}

const STATUSES: Readonly<Record<TaskState['status'], true>> = {
  PROVISIONING: true,
  PENDING: true,
  ACTIVATING: true,
  RUNNING: true,
  DEACTIVATING: true,
  STOPPING: true,
  DEPROVISIONING: true,
  STOPPED: true,
}

function stateOf(task: Task, container: string): TaskState | undefined {
  const { taskArn, lastStatus = '', stopCode, stoppedReason, containers = [], startedAt, stoppedAt } = task
  if (taskArn === undefined || !isStatus(lastStatus)) return undefined
  const { exitCode, reason } = containers.find(({ name }) => name === container) ?? {}
  return {
    arn: taskArn,
    status: lastStatus,
    ...{ stopCode, stoppedReason, exitCode, reason },
    startedAt: startedAt?.getTime(),
    stoppedAt: stoppedAt?.getTime(),
  }
}

function isStatus(status: string): status is TaskState['status'] {
  return Object.hasOwn(STATUSES, status)
}

function resourcesOf(error: unknown): readonly string[] {
  const ids = error instanceof Error && 'resourceIds' in error ? error.resourceIds : undefined
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : []
}
