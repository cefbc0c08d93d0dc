import type { CompiledSchema } from '../json-schema.ts'
import type { Pattern } from '../pattern.ts'
import type { LoadPlan, PlannedStep } from '../plan/plan.ts'
import type { AnswerChecks, SizeRange } from '../profile/answer-checks.ts'
import type { Expect } from '../profile/profile.ts'
import { formatBytes } from '../units.ts'
import { headerText } from './captures.ts'
import type { Functions } from './functions.ts'
import type { Answer } from './http/transport.ts'
import type { Cause } from './shard-result.ts'
import type { Values } from './template.ts'

type RequestStep = Extract<PlannedStep, { kind: 'request' }>

/** What an answer lacks, and in which words; undefined when nothing. */
export type Flaw = { readonly cause: Cause; readonly why: string } | undefined

/** A demand made ready. */
export interface AnswerCheck {
  /** What it has to be given of the answer: the body's JSON comes with its text. */
  readonly reads: 'nothing' | 'text' | 'json' | 'all'
  readonly judge: (answer: Answer, json: () => unknown, values: Values) => Flaw
}

/** By step; the libraries are loaded only where a step asks for what they do. */
export type AnswerCheckers = (step: RequestStep) => readonly AnswerCheck[]

export async function answerCheckers(
  { scenarios, files = {} }: LoadPlan,
  functions: Functions | undefined,
): Promise<AnswerCheckers> {
  const expects = scenarios.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'request' ? step.expect : [])),
  )
  const compilePattern = expects.some(({ matches }) => matches !== undefined)
    ? (await import('../pattern.ts')).compilePattern
    : undefined
  const compileSchema = expects.some(({ schema }) => schema !== undefined)
    ? (await import('../json-schema.ts')).compileSchema
    : undefined
  return (step) => {
    const { without, matches, size, schema, check } = step.expect
    return [
      ...(size === undefined ? [] : [sizeCheck(size)]),
      ...(without === undefined ? [] : [withoutCheck(without)]),
      ...(matches === undefined || !compilePattern ? [] : [matchCheck(matches, compilePattern(matches))]),
      ...(schema === undefined || !compileSchema ? [] : [schemaCheck(compileSchema(schemaOf(schema, files)))]),
      ...(check === undefined || !functions ? [] : [functionCheck(check, step, functions)]),
    ]
  }
}

/** For what makes up answers: it cannot make up any that these demands would take. */
export function withoutAnswerChecks({
  without: _,
  matches: __,
  size: ___,
  schema: ____,
  check: _____,
  ...rest
}: Expect): Expect {
  return rest
}

function schemaOf(schema: NonNullable<AnswerChecks['schema']>, files: Readonly<Record<string, string>>): unknown {
  return 'inline' in schema ? schema.inline : JSON.parse(Buffer.from(files[schema.file] ?? '', 'base64').toString())
}

function unexpected(why: string): Flaw {
  return { cause: 'unexpected-answer', why }
}

function sizeCheck({ from, to = Number.POSITIVE_INFINITY }: SizeRange): AnswerCheck {
  return {
    reads: 'nothing',
    judge: ({ bytesReceived: size }) => {
      if (size >= from && size <= to) return undefined
      const bound = size < from ? `less than ${formatBytes(from)}` : `more than ${formatBytes(to)}`
      return unexpected(`the body has ${formatBytes(size)}, ${bound}`)
    },
  }
}

function withoutCheck(text: string): AnswerCheck {
  return {
    reads: 'text',
    judge: (answer) => (answer.text!.includes(text) ? unexpected(`the body has "${text.slice(0, 100)}"`) : undefined),
  }
}

function matchCheck(source: string, pattern: Pattern): AnswerCheck {
  return {
    reads: 'text',
    judge: ({ text }) =>
      pattern.fits(text!) ? undefined : unexpected(`the body has nothing that fits ${source.slice(0, 100)}`),
  }
}

function schemaCheck(schema: CompiledSchema): AnswerCheck {
  return {
    reads: 'json',
    judge: (_, json) => {
      const document = json()
      const why = document === undefined ? 'the body is not JSON' : schema.wrong(document)
      return why === undefined ? undefined : unexpected(why)
    },
  }
}

function functionCheck(name: string, step: RequestStep, functions: Functions): AnswerCheck {
  const judge = functions.compileCheck(name, step)
  return { reads: 'all', judge: (answer, json, values) => judge(new SeenAnswer(answer, json), values) }
}

/** What a function is shown of an answer. See loadgate-functions.d.ts. */
export class SeenAnswer {
  readonly status: number
  readonly text: string
  readonly #answer: Answer
  readonly #json: () => unknown

  constructor(answer: Answer, json: () => unknown) {
    this.status = answer.status
    this.text = answer.text!
    this.#answer = answer
    this.#json = json
  }

  get json(): unknown {
    return this.#json()
  }

  header(name: string): string | undefined {
    return headerText(this.#answer.headers, name)
  }
}
