// CloudFormation and STS on 127.0.0.1, as far as they are read: what a stack gives out, and who asks.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { ACCOUNT_ID, Account, REGION } from './account.ts'
import { type Answer, bodyOf, listen, send, shut } from './answering.ts'
import { type CallFault, type CallFaultKind, CallFaults, isBefore, isRefusal, nameOf } from './call-faults.ts'
import { modelFault, type Service, type Shape, serviceModel } from './model.ts'
import { type SignatureFault, verifySignature } from './sigv4.ts'
import { element, escapeXml } from './xml.ts'

export interface Stack {
  readonly name: string
  readonly outputs: Readonly<Record<string, string>>
  /** `CREATE_COMPLETE` if left out. */
  readonly status?: string
  readonly reason?: string
  readonly region?: string
  readonly parameters?: Readonly<Record<string, string>>
}

export interface QueryOptions {
  readonly account?: Account
  readonly stacks?: readonly Stack[]
}

export interface QueryCall {
  readonly operation: string
  readonly region: string
  readonly error: string | undefined
}

const SERVICES = [
  { name: 'cloudformation', model: serviceModel('cloudformation') },
  { name: 'sts', model: serviceModel('sts') },
] as const

export class QueryServer {
  readonly account: Account
  readonly calls: QueryCall[] = []
  stacks: readonly Stack[]
  address = ''
  readonly #faults = new CallFaults()
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  private constructor({ account = new Account(), stacks = [] }: QueryOptions) {
    this.account = account
    this.stacks = stacks
  }

  static async start(options: QueryOptions = {}): Promise<QueryServer> {
    const server = new QueryServer(options)
    server.address = await listen(server.#server)
    return server
  }

  get env(): Record<string, string> {
    const address = this.address
    return { ...this.account.env, AWS_ENDPOINT_URL_CLOUDFORMATION: address, AWS_ENDPOINT_URL_STS: address }
  }

  inject(fault: CallFault): void {
    this.#faults.inject(fault)
  }

  heal(): void {
    this.#faults.clear()
  }

  async close(): Promise<void> {
    await shut(this.#server)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const form = new URLSearchParams(body.toString())
    const operation = form.get('Action') ?? ''
    const fault = this.#faults.next(operation, form.get('StackName') ?? '')
    let error = nameOf(fault)
    let region = ''
    let answer: Answer
    const found = SERVICES.find(({ model }) => model.version === form.get('Version'))
    try {
      if (isBefore(fault)) throw wantedError(fault)
      if (!found?.model.operations[operation])
        throw new QueryError(400, 'InvalidAction', `no such action: ${operation}`)
      const { method = '', url = '/', headers } = request
      const { credentials } = this.account
      const signature = verifySignature({ method, url, headers, body }, credentials, found.name, Date.now())
      if (typeof signature === 'string') throw signatureError(signature)
      region = signature.region
      const { Action, Version, ...input } = Object.fromEntries(form)
      const wrong = modelFault(found.model, found.model.operations[operation].input, input)
      if (wrong) throw new QueryError(400, 'ValidationError', wrong.text)
      const output = operation === 'DescribeStacks' ? this.#stacks(input.StackName, region) : this.#identity()
      answer = written(found.model, operation, output)
    } catch (cause) {
      if (!(cause instanceof QueryError)) throw cause
      error ??= cause.code
      answer = cause.answer
    }
    this.calls.push({ operation, region, error })
    send(response, answer, fault)
  }

  // Whoever asks may always know who he is: IAM does not even let a policy forbid it.
  #identity(): object {
    return { UserId: 'AROAEXAMPLE:test', Account: ACCOUNT_ID, Arn: this.account.arn }
  }

  #stacks(wanted: string | undefined, region: string): object {
    const all = this.stacks.map((stack) => ({ ...stack, arn: arnOf(stack) }))
    const chosen = all.filter(
      ({ name, arn, region: its = REGION }) =>
        its === region && (wanted === undefined || wanted === name || wanted === arn),
    )
    const resource =
      wanted === undefined
        ? `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/*/*`
        : (chosen[0]?.arn ?? `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/${wanted}/*`)
    const refusal = this.account.refusal('cloudformation:DescribeStacks', resource)
    if (refusal) throw new QueryError(403, 'AccessDenied', refusal)
    if (wanted !== undefined && chosen.length === 0)
      throw new QueryError(400, 'ValidationError', `Stack with id ${wanted} does not exist`)
    return {
      Stacks: chosen.map(({ name, arn, outputs, status = 'CREATE_COMPLETE', reason, parameters = {} }) => ({
        StackId: arn,
        StackName: name,
        CreationTime: 1_767_225_600,
        StackStatus: status,
        ...(reason && { StackStatusReason: reason }),
        Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      })),
    }
  }
}

const arnOf = ({ name, region = REGION }: Stack) =>
  `arn:aws:cloudformation:${region}:${ACCOUNT_ID}:stack/${name}/00000000-0000-0000-0000-000000000000`

function written(model: Service, operation: string, output: object): Answer {
  const shape = model.operations[operation]?.output as Shape
  const wrong = modelFault(model, shape, output)
  if (wrong) throw new Error(`an answer that is not of the model: ${wrong.text}`)
  const result = element(`${operation}Result`, xmlOf(model, shape, output))
  const meta = element('ResponseMetadata', element('RequestId', REQUEST))
  const body = `<${operation}Response xmlns="${model.xmlNamespace}">${result}${meta}</${operation}Response>`
  return { status: 200, headers: { 'content-type': 'text/xml' }, body }
}

const REQUEST = '00000000-0000-0000-0000-000000000000'

function xmlOf(model: Service, shape: Shape, value: unknown): string {
  if ('shape' in shape) return xmlOf(model, model.shapes[shape.shape] as Shape, value)
  const { member, members = {}, type } = shape
  if (Array.isArray(value)) return value.map((item) => element('member', xmlOf(model, member as Shape, item))).join('')
  if (type === 'timestamp') return new Date(Number(value) * 1000).toISOString()
  if (type !== 'structure') return escapeXml(String(value))
  return Object.entries(value as object)
    .map(([key, item]) => element(key, xmlOf(model, members[key] as Shape, item)))
    .join('')
}

class QueryError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }

  get answer(): Answer {
    const type = element('Type', this.status >= 500 ? 'Receiver' : 'Sender')
    const error = element('Error', type + element('Code', this.code) + element('Message', escapeXml(this.message)))
    const body = element('ErrorResponse', error + element('RequestId', REQUEST))
    return { status: this.status, headers: { 'content-type': 'text/xml' }, body }
  }
}

function signatureError(fault: SignatureFault): QueryError {
  if (fault === 'missing')
    return new QueryError(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token')
  if (fault === 'token expired')
    return new QueryError(403, 'ExpiredToken', 'The security token included in the request is expired')
  if (fault === 'unknown key' || fault === 'wrong token')
    return new QueryError(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.')
  return new QueryError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}

function wantedError(fault: CallFaultKind): QueryError {
  if (isRefusal(fault)) return new QueryError(fault.status, fault.code, fault.message ?? 'As asked')
  if (fault === 'throttled') return new QueryError(400, 'Throttling', 'Rate exceeded')
  if (fault === 'denied') return new QueryError(403, 'AccessDenied', 'User is not authorized to perform this')
  if (fault === 'unavailable') return new QueryError(503, 'ServiceUnavailable', 'Service is unavailable')
  return new QueryError(500, 'InternalFailure', 'An internal error has occurred')
}
