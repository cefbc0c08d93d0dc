// ECS on 127.0.0.1, for tests: its protocol, its rules, its faults, and real processes for its tasks.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Account } from './account.ts'
import { type Answer, bodyOf, listen, send, shut } from './answering.ts'
import { type CallFault, type CallFaultKind, CallFaults, isBefore, isRefusal, nameOf } from './call-faults.ts'
import { OPERATIONS } from './ecs/operations.ts'
import { EcsError } from './ecs/refuse.ts'
import { type EcsOptions, EcsState } from './ecs/state.ts'
import { idOf, type Started, taskMetadata } from './ecs/task-answer.ts'
import type { LaunchFault, TaskFault } from './ecs/task-faults.ts'
import { failure, JsonError, parsed, signatureError, spoken } from './json-protocol.ts'
import { modelFault, type Operation, serviceModel } from './model.ts'
import { verifySignature } from './sigv4.ts'

export interface EcsCall {
  readonly operation: string
  readonly region: string
  readonly input: unknown
  /** The type of the error, or what the fault made of it; undefined where all went well. */
  error: string | undefined
  /** In ms since 1970. */
  readonly at: number
}

const MODEL = serviceModel('ecs')

export class EcsServer {
  readonly account: Account
  readonly calls: EcsCall[] = []
  /** Answers of this server that are not as AWS's model says: its own faults. */
  readonly ownFaults: string[] = []
  address = ''
  readonly #state: EcsState
  readonly #faults = new CallFaults()
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  private constructor(options: EcsOptions) {
    this.account = options.account ?? new Account()
    this.#state = new EcsState(options, this.account)
  }

  static async start(options: EcsOptions): Promise<EcsServer> {
    const ecs = new EcsServer(options)
    ecs.address = await listen(ecs.#server)
    return ecs
  }

  get env(): Record<string, string> {
    return { ...this.account.env, AWS_ENDPOINT_URL_ECS: this.address }
  }

  /** All that were ever started, in their order. */
  get started(): readonly Started[] {
    return this.#state.started
  }

  /** In s, of each task's time that is paid. */
  get taskSeconds(): readonly number[] {
    return this.#state.started.map(({ task }) => task.seconds)
  }

  /** Whose process has begun and not ended. */
  get executing(): readonly Started[] {
    return this.#state.started.filter(({ task }) => task.isExecuting)
  }

  inject(fault: CallFault): void {
    this.#faults.inject(fault)
  }

  /** Of tasks that start from now on. */
  injectIntoTasks(...faults: readonly TaskFault[]): void {
    this.#state.taskFaults = [...this.#state.taskFaults, ...faults]
  }

  injectIntoLaunches(fault: LaunchFault): void {
    const { skip = 0, times: left = Number.POSITIVE_INFINITY } = fault
    this.#state.launchFaults.push({ fault, skip, left })
  }

  /** No call fails and no task that starts later; those that run keep what they have. */
  heal(): void {
    this.#faults.clear()
    this.#state.taskFaults = []
    this.#state.launchFaults.length = 0
  }

  /** Ends every process that it started, and throws if it ever answered what AWS would not. */
  async close(): Promise<void> {
    await shut(this.#server)
    await Promise.all(this.#state.started.map(({ task }) => task.close()))
    if (this.ownFaults.length > 0) throw new Error(`answers that are not of the model: ${this.ownFaults.join('; ')}`)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return this.#metadata(request, response)
    const body = await bodyOf(request)
    const target = String(request.headers['x-amz-target'] ?? '')
    const operation = target.split('.')[1] ?? ''
    const fault = this.#faults.next(operation, body.toString())
    const entry: EcsCall = { operation, region: '', input: undefined, error: undefined, at: Date.now() }
    const answer = isBefore(fault)
      ? injected(fault, operation, this.account)
      : this.#answer(request, body, target, entry)
    this.calls.push({ ...entry, ...answer.said, error: nameOf(fault) ?? answer.error })
    send(response, answer, fault)
  }

  #answer(request: IncomingMessage, body: Buffer, target: string, entry: EcsCall): Spoken {
    const said: { region?: string; input?: unknown } = {}
    try {
      const { method = '', url = '/', headers } = request
      const signature = verifySignature({ method, url, headers, body }, this.account.credentials, 'ecs', Date.now())
      if (typeof signature === 'string') throw signatureError(signature)
      const { region } = signature
      said.region = region
      const { operation } = entry
      const model = MODEL.operations[operation]
      if (target !== `${MODEL.targetPrefix}.${operation}` || !model) throw new EcsError('UnknownOperationException', '')
      const input = parsed(headers, body)
      said.input = input
      checkInput(model, input)
      this.#state.throttle(region, operation)
      const call = { state: this.#state, region, metadata: this.address }
      const output = JSON.parse(JSON.stringify(OPERATIONS[operation]?.(call, input as never)))
      const own = modelFault(MODEL, model.output, output)
      if (own) this.ownFaults.push(`${operation}: ${own.text}`)
      return { ...spoken(output), said, error: undefined }
    } catch (error) {
      // Never silence: close() tells of it.
      if (!(error instanceof JsonError)) {
        this.ownFaults.push(`${entry.operation}: ${error}`)
        return { ...failed(new EcsError('ServerException', String(error))), said, error: 'ServerException' }
      }
      return { ...failed(error), said, error: error.type }
    }
  }

  #metadata(request: IncomingMessage, response: ServerResponse): void {
    const [, version, id = '', what] = (request.url ?? '').split('/')
    const found = this.#state.started.find(({ task }) => id.startsWith(idOf(task.arn)))
    if (!found || version !== 'v4') return void response.writeHead(404).end()
    const whole = taskMetadata(found) as { readonly Containers: readonly object[] }
    const body = what === 'task' ? whole : what === undefined ? whole.Containers[0] : undefined
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
}

interface Spoken extends Answer {
  readonly said: { readonly region?: string; readonly input?: unknown }
  readonly error: string | undefined
}

function failed({ type, message, more }: JsonError): Answer {
  return failure(type === 'ServerException' ? 500 : 400, type, message, more)
}

function checkInput({ input: shape }: Operation, input: unknown): void {
  const fault = modelFault(MODEL, shape, input)
  if (!fault) return
  throw new EcsError(
    fault.kind === 'value' || fault.kind === 'missing' ? 'InvalidParameterException' : 'SerializationException',
    fault.text,
  )
}

function injected(fault: CallFaultKind, operation: string, { arn }: Account): Spoken {
  const said = { said: {}, error: undefined }
  if (isRefusal(fault)) {
    const { status, code, message = 'As asked' } = fault
    return { ...failure(status, code, message), ...said }
  }
  const errors: Readonly<Record<string, EcsError>> = {
    throttled: new EcsError('ThrottlingException', 'Rate exceeded'),
    'server error': new EcsError('ServerException', 'Service Unavailable. Please try again later.'),
    denied: new EcsError(
      'AccessDeniedException',
      `User: ${arn} is not authorized to perform: ecs:${operation} because no identity-based policy allows the ecs:${operation} action`,
    ),
  }
  const error = errors[String(fault)]
  if (error) return { ...failed(error), ...said }
  return { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>Service Unavailable</html>', ...said }
}
