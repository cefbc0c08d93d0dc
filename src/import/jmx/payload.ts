import { jsonAsWritten } from '../bodies.ts'
import type { DraftBody } from '../draft.ts'
import { literal } from '../text.ts'
import type { Uploads } from '../uploads.ts'
import { type Argument, argumentsIn, formDecoded, formEncoded, pairOf } from './arguments.ts'
import { constant, type Filling, filled, hidden, Missing } from './filling.ts'
import type { Props, TestElement } from './plan-tree.ts'

/** Whether a sampler means to send a body: parameters of a method that has one, a text, or files. */
export function hasBody({ props }: TestElement): boolean {
  const given = argumentsIn(props)
  const method = props.text('HTTPSampler.method')
  const isText = props.flag('HTTPSampler.postBodyRaw') || given.every(({ name }) => name === '')
  const means = (isText && props.flag('HTTPSampler.postBodyRaw')) || /^(?:POST|PUT|PATCH)$/i.test(method)
  return (given.length > 0 && means) || props.list('HTTPsampler.Files').length > 0
}

export interface Sending extends Filling {
  readonly uploads: Uploads
  /** Of JMeter, by whose ways the plan is sent. */
  readonly version: number
}

export interface Sent {
  readonly method: string
  readonly given: readonly Argument[]
  /** `content-type` of a Header Manager. */
  readonly type: string | undefined
}

/** What JMeter sends with a request beside its address; `query` where the parameters are asked for. */
export function payloadOf(
  sampler: TestElement,
  sent: Sent,
  sending: Sending,
): { readonly query: boolean; readonly body: DraftBody | undefined } {
  const { props } = sampler
  const { method, given } = sent
  const files = props.list('HTTPsampler.Files')
  const isText = props.flag('HTTPSampler.postBodyRaw') || (given.length > 0 && given.every(({ name }) => name === ''))
  const isPost = method === 'post'
  if (
    isPost &&
    (files.length > 1 || props.flag('HTTPSampler.DO_MULTIPART_POST') || (files.length > 0 && !isWhole(files)))
  )
    return { query: false, body: form(files, given, sending) }
  if (files.length > 0 && given.length === 0) return { query: false, body: fileBody(files, sending) }
  if (isText) {
    const bodiless = ['head', 'options'].includes(method) || (method === 'get' && sendsLess(sending))
    return { query: false, body: bodiless ? undefined : textBody(sampler, sent, sending) }
  }
  if (method === 'get' || method === 'delete' || (method === 'options' && !sendsLess(sending)))
    return { query: true, body: undefined }
  const fields = isPost || !sendsLess(sending)
  return {
    query: false,
    body: fields && given.length > 0 && method !== 'head' ? fieldsBody(given, sending) : undefined,
  }
}

/** One without a name is the whole body. */
function isWhole([file, ...more]: readonly Props[]): boolean {
  return more.length === 0 && file?.text('File.paramname') === ''
}

function fileBody([file]: readonly Props[], sending: Sending): DraftBody {
  return {
    kind: 'file',
    file: fileOf(file!, sending),
    type: file!.text('File.mimetype') || undefined,
  }
}

/** Parameters stand in it as they are, whether they are encoded or not. */
function form(files: readonly Props[], given: readonly Argument[], sending: Sending): DraftBody {
  return {
    kind: 'multipart',
    parts: [
      ...given
        .filter(({ name }) => name !== '')
        .map(({ name, value }) => ({
          name: literal(constant(name, 'a field whose name', sending)),
          value: hidden(name, value, sending),
        })),
      ...files.map((file) => ({
        name: filled(file.text('File.paramname'), sending),
        file: fileOf(file, sending),
        type: file.text('File.mimetype') || undefined,
      })),
    ],
  }
}

function fileOf(file: Props, { uploads, ...sending }: Sending): string {
  return uploads.pathOf(constant(file.text('File.path'), 'a file whose path', sending))
}

const FORM = 'application/x-www-form-urlencoded'

function textBody(sampler: TestElement, { method, given, type }: Sent, sending: Sending): DraftBody {
  const text = given.map(({ value, encode }) => filled(value, sending, encode ? formEncoded : undefined)).join('')
  const value = type !== undefined && /^application\/json\b/i.test(type) ? jsonAsWritten(text) : undefined
  if (value !== undefined) return { kind: 'json', value }
  return { kind: 'text', text, type: type === undefined ? textType(sampler, method, sending) : undefined }
}

/** What JMeter says of a text by itself; of that of a POST up to version 4. */
export function textType(
  { props }: TestElement,
  method: string,
  { version }: Pick<Sending, 'version'>,
): string | undefined {
  if (method === 'post') return version < 5 ? FORM : undefined
  return `text/plain; charset=${props.text('HTTPSampler.contentEncoding') || 'ISO-8859-1'}`
}

/** JMeter 2 has bodies in fewer methods, and parameters. */
export function sendsLess({ version }: Pick<Sending, 'version'>): boolean {
  return version < 3
}

/** Fields that come twice are no map, and are written as they are sent. */
function fieldsBody(given: readonly Argument[], sending: Sending): DraftBody {
  const named = given.filter(({ name }) => name.trim() !== '')
  if (new Set(named.map(({ name }) => name)).size === named.length)
    return { kind: 'form', pairs: named.map((argument) => pairOf(argument, sending)) }
  if (named.some(({ name, value }) => name.includes('${') || value.includes('${')))
    throw new Missing('with a field that comes twice and changes')
  const text = new URLSearchParams(
    named.map(({ name, value, encode }): [string, string] => [name, encode ? value : formDecoded(value)]),
  ).toString()
  return { kind: 'text', text, type: FORM }
}
