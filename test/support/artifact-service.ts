import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
// GitHub's own messages of the service, inside the package and not exported from it.
import {
  CreateArtifactRequest,
  CreateArtifactResponse,
  FinalizeArtifactRequest,
  FinalizeArtifactResponse,
} from '../../node_modules/@actions/artifact/lib/generated/index.js'

export interface StoredArtifact {
  /** What the token of the run says. */
  readonly run: string
  readonly name: string
  readonly zip: Buffer
  readonly sha256: string
}

/** What the next calls of one kind meet instead of an answer. */
export interface ArtifactFault {
  readonly call: 'CreateArtifact' | 'FinalizeArtifact' | 'blob'
  readonly times: number
  readonly kind: 'reset' | 'quota'
}

type Answer = readonly [status: number, body: unknown]

const STRICT = { ignoreUnknownFields: false }
const SERVICE = '/twirp/github.actions.results.api.v1.ArtifactService/'

/** The artifact service of one workflow run, and the blob storage behind it. */
export class ArtifactService {
  readonly stored: StoredArtifact[] = []
  readonly calls: string[] = []
  onStored: ((artifact: StoredArtifact) => void) | undefined
  readonly #server = createServer((request, response) => void this.#serve(request, response))
  readonly #blocks = new Map<string, Buffer>()
  readonly #blobs = new Map<string, Buffer>()
  readonly #names = new Set<string>()
  #faults: { readonly fault: ArtifactFault; left: number }[] = []

  static async start(): Promise<ArtifactService> {
    const service = new ArtifactService()
    service.#server.listen(0, '127.0.0.1')
    await once(service.#server, 'listening')
    return service
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What the runner gives an action to find it by. */
  get env(): Record<string, string> {
    return this.envOf('run-1')
  }

  envOf(run: string): Record<string, string> {
    const claims = Buffer.from(JSON.stringify({ scp: `Actions.Results:${run}:job-1` })).toString('base64url')
    return { ACTIONS_RESULTS_URL: this.url, ACTIONS_RUNTIME_TOKEN: `x.${claims}.x` }
  }

  inject(fault: ArtifactFault): void {
    this.#faults.push({ fault, left: fault.times })
  }

  /** A name that another job of the run has taken. */
  take(name: string, run = 'run-1'): void {
    this.#names.add(pathOf(run, name))
  }

  reset(): void {
    this.#faults = []
    this.#names.clear()
    this.#blobs.clear()
    for (const list of [this.stored, this.calls]) list.length = 0
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts)
    const url = new URL(request.url ?? '/', this.url)
    const call = url.pathname.startsWith(SERVICE) ? url.pathname.slice(SERVICE.length) : 'blob'
    this.calls.push(call)
    const found = this.#faults.find(({ fault, left }) => fault.call === call && left > 0)
    if (found) found.left--
    if (found?.fault.kind === 'reset') response.socket?.resetAndDestroy()
    else if (found) json(response, [403, { msg: 'insufficient usage to create artifact' }])
    else if (call === 'blob') this.#blob(url, body, response)
    else if (call === 'CreateArtifact') json(response, this.#create(body.toString()))
    else if (call === 'FinalizeArtifact') json(response, this.#finalize(body.toString()))
    else json(response, [404, { msg: `no ${call} here` }])
  }

  #create(body: string): Answer {
    const { name, workflowRunBackendId: run } = CreateArtifactRequest.fromJsonString(body, STRICT)
    const path = pathOf(run, name)
    if (this.#names.has(path)) return [409, { msg: 'an artifact with this name already exists' }]
    this.#names.add(path)
    const signedUploadUrl = `${this.url}${path}?sig=secret-signature`
    return [200, CreateArtifactResponse.toJson({ ok: true, signedUploadUrl })]
  }

  #finalize(body: string): Answer {
    const { name, size, hash, workflowRunBackendId: run } = FinalizeArtifactRequest.fromJsonString(body, STRICT)
    const zip = this.#blobs.get(pathOf(run, name)) ?? Buffer.alloc(0)
    const sha256 = createHash('sha256').update(zip).digest('hex')
    if (Number(size) !== zip.length || hash?.value !== `sha256:${sha256}`)
      return [400, { msg: 'size or digest differs' }]
    const artifact = { run, name, zip, sha256 }
    this.stored.push(artifact)
    this.onStored?.(artifact)
    return [200, FinalizeArtifactResponse.toJson({ ok: true, artifactId: String(this.stored.length) })]
  }

  #blob(url: URL, body: Buffer, response: ServerResponse): void {
    const block = url.searchParams.get('blockid')
    // Two uploads may name their blocks alike.
    if (block) this.#blocks.set(url.pathname + block, body)
    else {
      const ids = [...body.toString().matchAll(/<Latest>([^<]+)<\/Latest>/g)].map(([, id]) => id ?? '')
      this.#blobs.set(
        url.pathname,
        Buffer.concat(ids.map((id) => this.#blocks.get(url.pathname + id) ?? Buffer.alloc(0))),
      )
    }
    response.writeHead(201, { etag: '"1"', 'last-modified': new Date(0).toUTCString(), 'x-ms-request-id': '1' })
    response.end()
  }
}

const pathOf = (run: string, name: string) => `/account/${run}/${encodeURIComponent(name)}.zip`

function json(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
