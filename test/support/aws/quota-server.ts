// Service Quotas on 127.0.0.1, as far as it is read: how many vCPUs of Fargate the account may have at once.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { ACCOUNT_ID, Account } from './account.ts'
import { type Answer, bodyOf, listen, send, shut } from './answering.ts'
import { type CallFault, type CallFaultKind, CallFaults, isBefore, isRefusal, nameOf } from './call-faults.ts'
import { failure, JsonError, parsed, signatureError, spoken } from './json-protocol.ts'
import { modelFault, serviceModel } from './model.ts'
import { verifySignature } from './sigv4.ts'

/** Of Fargate, by AWS's codes. */
export const ON_DEMAND = 'L-3032A538'
export const SPOT = 'L-36FBB829'

/** vCPUs that may run at once. */
export interface Quota {
  readonly code: typeof ON_DEMAND | typeof SPOT
  readonly value: number
  /** Every one if left out. */
  readonly region?: string
  /** Why AWS does not know it just now, as it says beside it. */
  readonly error?: string
}

export interface QuotaOptions {
  readonly account?: Account
  readonly quotas?: readonly Quota[]
}

export interface QuotaCall {
  readonly operation: string
  readonly region: string
  readonly code: string
  readonly error: string | undefined
}

const MODEL = serviceModel('service-quotas')
const OPERATION = 'GetServiceQuota'
const NAMES = {
  [ON_DEMAND]: ['Fargate On-Demand vCPU resource count', 'Standard/OnDemand'],
  [SPOT]: ['Fargate Spot vCPU resource count', 'Standard/Spot'],
} as const

export class QuotaServer {
  readonly account: Account
  readonly calls: QuotaCall[] = []
  quotas: readonly Quota[]
  address = ''
  readonly #faults = new CallFaults()
  readonly #server = createServer((request, response) => void this.#serve(request, response))

  private constructor({ account = new Account(), quotas = [] }: QuotaOptions) {
    this.account = account
    this.quotas = quotas
  }

  static async start(options: QuotaOptions = {}): Promise<QuotaServer> {
    const server = new QuotaServer(options)
    server.address = await listen(server.#server)
    return server
  }

  get env(): Record<string, string> {
    return { ...this.account.env, AWS_ENDPOINT_URL_SERVICE_QUOTAS: this.address }
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
    const target = String(request.headers['x-amz-target'] ?? '')
    const operation = target.split('.')[1] ?? ''
    // By its region, since nothing else tells two calls apart.
    const fault = this.#faults.next(operation, String(request.headers.authorization))
    const call = { operation, region: '', code: '', error: nameOf(fault) }
    let answer: Answer
    try {
      const { method = '', url = '/', headers } = request
      const { credentials } = this.account
      const signature = verifySignature({ method, url, headers, body }, credentials, 'servicequotas', Date.now())
      if (typeof signature === 'string') throw signatureError(signature)
      call.region = signature.region
      if (isBefore(fault)) answer = injected(fault)
      else {
        if (target !== `${MODEL.targetPrefix}.${OPERATION}`) throw new JsonError('UnknownOperationException', '')
        const input = parsed(headers, body) as { readonly ServiceCode: string; readonly QuotaCode: string }
        const wrong = modelFault(MODEL, MODEL.operations[OPERATION]!.input, input)
        if (wrong) throw new JsonError('IllegalArgumentException', wrong.text)
        call.code = input.QuotaCode
        answer = this.#quota(call.region, input)
      }
    } catch (cause) {
      if (!(cause instanceof JsonError)) throw cause
      call.error ??= cause.type
      answer = failure(400, cause.type, cause.message)
    }
    this.calls.push(call)
    send(response, answer, fault)
  }

  #quota(
    region: string,
    { ServiceCode, QuotaCode }: { readonly ServiceCode: string; readonly QuotaCode: string },
  ): Answer {
    const arn = `arn:aws:servicequotas:${region}:${ACCOUNT_ID}:${ServiceCode}/${QuotaCode}`
    const refusal = this.account.refusal('servicequotas:GetServiceQuota', arn, { 'servicequotas:service': ServiceCode })
    if (refusal) throw new JsonError('AccessDeniedException', refusal)
    const found = this.quotas.find(({ code, region: its = region }) => code === QuotaCode && its === region)
    if (ServiceCode !== 'fargate' || !found)
      throw new JsonError(
        'NoSuchResourceException',
        'The request failed because the specified service quota does not exist.',
      )
    const output = { Quota: quotaOf(found, arn) }
    const own = modelFault(MODEL, MODEL.operations[OPERATION]!.output, output)
    if (own) throw new Error(`an answer that is not of the model: ${own.text}`)
    return spoken(output)
  }
}

function quotaOf({ code, value, error }: Quota, arn: string): object {
  const [name, type] = NAMES[code]
  return {
    ServiceCode: 'fargate',
    ServiceName: 'AWS Fargate',
    QuotaArn: arn,
    QuotaCode: code,
    QuotaName: name,
    Value: value,
    Unit: 'None',
    Adjustable: true,
    GlobalQuota: false,
    UsageMetric: {
      MetricNamespace: 'AWS/Usage',
      MetricName: 'ResourceCount',
      MetricDimensions: { Class: type, Resource: 'vCPU', Service: 'Fargate', Type: 'Resource' },
      MetricStatisticRecommendation: 'Maximum',
    },
    QuotaAppliedAtLevel: 'ACCOUNT',
    ...(error && { ErrorReason: { ErrorCode: error, ErrorMessage: 'As asked' } }),
  }
}

function injected(fault: CallFaultKind): Answer {
  if (isRefusal(fault)) return failure(fault.status, fault.code, fault.message ?? 'As asked')
  if (fault === 'throttled') return failure(400, 'TooManyRequestsException', 'Rate exceeded')
  if (fault === 'denied') return failure(400, 'AccessDeniedException', 'User is not authorized to perform this')
  if (fault === 'unavailable')
    return { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>Service Unavailable</html>' }
  return failure(500, 'ServiceException', 'Something went wrong')
}
