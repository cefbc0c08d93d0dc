import type { ExportedFunction } from '../function-module.ts'
import type { LoadPlan, PlannedStep } from '../plan/plan.ts'
import type { FunctionCall } from '../profile/functions.ts'
import { FunctionTime } from './health/function-time.ts'
import type { Cause } from './shard-result.ts'
import type { Values } from './template.ts'

type Step = Pick<Extract<PlannedStep, { kind: 'request' }>, 'calls'>

/** What a call comes to, of arguments that are there; undefined when it failed, which the values then know. */
export type Called = (given: readonly unknown[], values: Values) => string | undefined

/** The functions of a plan's module, ready to be called by the steps. */
export class Functions {
  readonly time = new FunctionTime()
  readonly #exported: ReadonlyMap<string, ExportedFunction>

  constructor(exported: ReadonlyMap<string, ExportedFunction>) {
    this.#exported = exported
  }

  /** Of a template of the step. */
  compile({ name, written }: FunctionCall, step: Step): Called {
    const { where, call } = this.#ready(name, written, step)
    return (given, values) => {
      const refuse = (why: string) => {
        values.refuse?.(`${where}${name} ${why}`)
        return undefined
      }
      const begun = performance.now()
      try {
        const result = call(...given, new CallContext(values))
        return textOf(result) ?? refuse(`returned ${kindOf(result)}; it returns text or a number`)
      } catch (error) {
        return refuse(`threw ${thrown(error)}`)
      } finally {
        this.time.add(performance.now() - begun)
      }
    }
  }

  /** Of the answers to the step. */
  compileCheck(name: string, step: Step): Judged {
    const { where, call } = this.#ready(name, name, step)
    const broken = (why: string) => ({ cause: 'function-failed' as const, why: `${where}${name} ${why}` })
    return (answer, values) => {
      const begun = performance.now()
      try {
        const result = call(answer, new CallContext(values))
        if (result === true) return undefined
        if (result === false) return { cause: 'unexpected-answer', why: `${name} returned false` }
        if (typeof result === 'string') return { cause: 'unexpected-answer', why: `${name}: ${result}` }
        return broken(`returned ${kindOf(result)}; a check returns true, or what is wrong as text`)
      } catch (error) {
        return broken(`threw ${thrown(error)}`)
      } finally {
        this.time.add(performance.now() - begun)
      }
    }
  }

  /** With the place at which the step calls it. */
  #ready(name: string, written: string, { calls = [] }: Step): { where: string; call: ExportedFunction } {
    const place = calls.find((call) => call.written === written)?.place
    const where = place ? `${place.file}:${place.line}:${place.column}: ` : ''
    const call = this.#exported.get(name)
    if (!call) throw new Error(`${where}the module exports no function ${name}`)
    return { where, call }
  }
}

/** What an answer lacks; undefined when it is good. */
type Judged = (answer: object, values: Values) => { readonly cause: Cause; readonly why: string } | undefined

/** Who uses none does not wait for them. */
export async function functionsOf({ functions }: LoadPlan): Promise<Functions | undefined> {
  if (functions === undefined) return undefined
  const { importFunctions } = await import('../function-module.ts')
  return new Functions(await importFunctions(functions.text, functions.file))
}

/** What a function is told of the pass that calls it; nothing of it can be changed. See loadgate-functions.d.ts. */
export class CallContext {
  readonly #values: Values

  constructor(values: Values) {
    this.#values = values
  }

  get user(): number {
    return this.#values.number('user')
  }

  get iteration(): number {
    return this.#values.number('iteration')
  }

  get worker(): number {
    return this.#values.number('worker')
  }

  random(): number {
    return this.#values.draw()
  }

  now(): number {
    return this.#values.now()
  }

  captured(name: string): string | undefined {
    return this.#values.captured(name)
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (typeof value !== 'object') return `a ${typeof value}`
  return 'then' in value ? 'a promise: what it waits for cannot be waited for before each request' : 'an object'
}

function thrown(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
