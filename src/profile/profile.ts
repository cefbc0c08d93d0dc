import type { Ms, Share } from '../units.ts'
import type { AnswerChecks } from './answer-checks.ts'
import type { DocumentValue } from './document.ts'
import type { CallPlace, FunctionCall, FunctionsModule } from './functions.ts'
import type { Generated } from './generated.ts'
import type { Places } from './places.ts'
import type { Talk } from './talk.ts'

/** A profile as written, read and checked: every unit resolved, every template parsed, no default of the plan applied. */
export interface LoadProfile {
  readonly name: string
  /** Base address, `http://host[:port][/base]` without a trailing slash; `${env.X}` is already substituted. */
  readonly target: string
  /** How the target is written; left out where there is no profile behind it. */
  readonly written?: WrittenAddress
  readonly service?: ServiceSpec
  /** Undefined where every scenario has one of its own, or a script has it. */
  readonly load: Load | undefined
  /** Who sends the load instead of Loadgate, or has sent it; left out where nobody does. There are no scenarios then. */
  readonly engine?: Engine
  /** Bound on one whole request, from the send to the last byte. */
  readonly timeout: Ms
  /** Of requests that do not say; left out: none are followed. */
  readonly redirects?: Redirects
  /** Empty when the profile chooses none (the plan then applies the defaults). */
  readonly connections: ConnectionChoices
  readonly data: Readonly<Record<string, DataSource>>
  readonly functions?: FunctionsModule
  readonly scenarios: readonly Scenario[]
  /** As written; empty when the profile names none (the plan then applies the defaults). */
  readonly budgets: readonly Budget[]
  /** Left out where there are none. */
  readonly guards?: readonly Guard[]
}

/** Another generator. */
export type Engine = ScriptEngine | ResultsEngine

/** What it has written of a load that it has sent. */
export interface ResultsEngine {
  readonly kind: 'results'
  /** Path relative to the profile. */
  readonly file: string
  readonly place: Place
}

/** Its script, which is run. */
export interface ScriptEngine {
  readonly kind: 'script'
  readonly tool: 'JMeter'
  /** The script, and what it reads: paths relative to the profile, each once. */
  readonly file: string
  readonly files: readonly string[]
  readonly properties: Readonly<Record<string, string>>
  /** It is stopped when it takes longer. */
  readonly within: Ms
  readonly place: Place
}

/** An address as it stands in a profile. */
export interface WrittenAddress {
  /** That can be read there; undefined where the environment says another. */
  readonly host: string | undefined
  readonly place: Place
}

/** An address that is watched while the load is sent, and must not suffer by it. */
export interface Guard {
  /** Unique; the address unless named. */
  readonly name: string
  readonly url: string
  readonly written: WrittenAddress
  /** From one request to the next. */
  readonly every: Ms
  /** Bound on one whole request, its connection included. */
  readonly within: Ms
  /** So many in a row end the load. */
  readonly failures: number
  readonly expect: Expect
}

/** A process that Loadgate starts, awaits and stops. */
export interface ServiceSpec {
  /** Shell command that installs and builds a version, run in the profile's directory before the first start. */
  readonly prepare: string | undefined
  readonly prepareWithin: Ms
  /** Shell command, run in the profile's directory. */
  readonly start: string
  /** Path on the target that answers 2xx or 3xx once the service is ready. */
  readonly ready: string
  readonly readyWithin: Ms
  /** Two versions cannot serve at the same time: a fixed port, a shared database, too little memory. */
  readonly alone: boolean
}

/** `rate` in arrivals per second is the open model, `users` the closed one. */
export interface Load {
  readonly model: 'open' | 'closed'
  /** Sent before the shape begins, at its first level, and not measured. */
  readonly warmUp: Ms
  readonly shape: Shape
}

/** Of one scenario alone, which the load of the profile then does not choose. */
export interface OwnLoad extends Load {
  /** How long after the beginning of the measurement it begins. */
  readonly after: Ms
}

/** Levels are arrivals per second (open) or users (closed). */
export type Shape =
  /** Straight pieces; a constant load is one piece with `from === to`. */
  | { readonly kind: 'stages'; readonly stages: readonly Stage[] }
  /** `from`, then `add` (above 0) more every `every`, never beyond `until`, for `over` in all. */
  | {
      readonly kind: 'steps'
      readonly from: number
      readonly add: number
      readonly every: Ms
      readonly until: number | undefined
      readonly over: Ms
    }
  /** Given levels at given times, each held until the next; `over` in all. The first is at 0. */
  | {
      readonly kind: 'levels'
      readonly levels: readonly { readonly at: Ms; readonly level: number }[]
      readonly over: Ms
    }

export interface Stage {
  readonly from: number
  readonly to: number
  readonly over: Ms
}

/** How requests come to the target, as far as the profile says so. */
export interface ConnectionChoices {
  readonly use?: ConnectionUse | undefined
  /** Most connections at one time, of all workers together. */
  readonly limit?: number | undefined
  /** A connection older than this is not used again. */
  readonly maxAge?: Ms | undefined
  /** Requests that one connection carries at most. */
  readonly maxRequests?: number | undefined
  readonly http?: HttpVersion | undefined
  /** Requests beside a page that one user has under way at most. */
  readonly parallel?: number | undefined
  /** Whether the target's TLS certificate must be valid; false only with an https target. */
  readonly verify?: boolean | undefined
  /** Paths of PEM files, relative to the profile. */
  readonly ca?: string | undefined
  readonly certificate?: string | undefined
  /** Name of the variable that holds the key of the certificate, or the path of its file. */
  readonly key?: string | undefined
  /** What is in these files, once they are read. */
  readonly tls?: TlsFiles | undefined
}

/** What the target is known by, and what it knows its clients by, as PEM; of the key only where it is. */
export interface TlsFiles {
  /** Instead of the authorities that Node knows. */
  readonly ca?: string | undefined
  readonly certificate?: string | undefined
  /** Name of a variable of the environment. */
  readonly key?: string | undefined
}

/**
 * `per-user`: each user of the closed model keeps one of its own. `per-iteration`: each iteration opens one of its own
 * and closes it at its end. `shared`: any that is free.
 */
export type ConnectionUse = 'per-user' | 'per-iteration' | 'shared'

export type HttpVersion = '1.1' | '2'

/** A file beside the profile, each row of which one iteration (or user) gets. */
export interface DataSource {
  /** Path relative to the profile. */
  readonly file: string
  readonly format: 'csv' | 'json'
  /**
   * `sequential`: row n for arrival n, from the start again at the end. `random`: seeded. `weighted`: the same, as often as
   * the column `by` says. `unique`: no row twice.
   */
  readonly pick: RowPick
  /** Whether `${env.NAME}` in its values is taken from the environment; left out: it is these characters. */
  readonly env?: true
  /** Of `weighted` alone. */
  readonly by?: string | undefined
}

export type RowPick = 'sequential' | 'random' | 'weighted' | 'unique'

export interface Scenario {
  readonly name: string
  /** Among those without a load of their own. */
  readonly weight: number
  readonly load?: OwnLoad | undefined
  /** It keeps the service busy, and is in no figure of the whole run. Only with a load of its own. */
  readonly background?: true | undefined
  /** In the order in which they are written, those within blocks and beside pages among them. */
  readonly steps: readonly Step[]
  /** Each before those within it; absent where there are none. */
  readonly blocks?: readonly Block[]
  /** By which each user's pauses are multiplied, seeded; absent where all users are alike. */
  readonly pace?: Pace
}

/** Steps that are sent together by chance, on a condition, or several times in a row. */
export interface Block {
  /** Index of its first step. */
  readonly from: number
  /** Of the first behind it. */
  readonly to: number
  readonly flow: Flow
}

export type Pace =
  /** Any factor between the two. */
  | { readonly shape?: undefined; readonly from: number; readonly to: number }
  | { readonly shape: 'normal'; readonly mean: number; readonly deviation: number }

export type Step = RequestStep | ThinkStep

interface OfLife {
  /** Only at the beginning of a user's life, of which each scenario has its own. All such steps stand before the others. */
  readonly once?: true
}

export interface RequestStep extends OfLife {
  readonly kind: 'request'
  /** Unique within the scenario; `METHOD path` as written unless named. */
  readonly name: string
  readonly method: string
  /** Path and query behind the target's base path; begins with `/` unless a reference comes first. */
  readonly path: Template
  readonly headers: readonly (readonly [name: string, value: Template])[]
  readonly body: Body | undefined
  readonly expect: Expect
  readonly capture: readonly Capture[]
  /** How its answer is read, where that is a stream of events; absent where it is not. */
  readonly events?: Events
  /** Overrides the profile's. Of a stream of events, that of the first. */
  readonly timeout: Ms | undefined
  /** Overrides the profile's; in a plan, there only where they are followed. */
  readonly redirects?: Redirects
  /** Whether it is sent, and how often; undefined: once. */
  readonly flow?: Flow | undefined
  /** Where it calls functions of the profile's own, if it does: for messages, and no part of the load. */
  readonly calls?: readonly CallPlace[]
  /** Where the JSON Schema stands that is written into it: for messages, and in no plan. */
  readonly schemaPlaces?: Places
  /** Sent as soon as the page has its answer, which is the last request before it without this, beside others like it. */
  readonly also?: true
  /** Where it is no request, but a part of a conversation. */
  readonly talk?: Talk
}

/** A stream is read until it ends, until the event that is named or for a time, whichever comes first. */
export interface Events {
  readonly until?: LastEvent
  /** From its first event on. */
  readonly for?: Ms
  /** Longest pause between two events. */
  readonly within?: Ms
}

export type LastEvent =
  | { readonly kind: 'number'; readonly number: number }
  /** It only says that the stream is over. */
  | { readonly kind: 'mark'; readonly text: string }
  /** All that is given fits. */
  | {
      readonly kind: 'event'
      readonly event?: string
      readonly id?: string
      /** Its data has this in it. */
      readonly data?: string
      readonly json?: Expect['json']
    }

/** Whether an answer that leads on to another address is followed there, or is the answer. */
export type Redirects = 'follow' | 'none'

export interface Body {
  /** The content-type to send unless `headers` names one. */
  readonly type: string | undefined
  readonly content: Template
  /** What parts a form with files, and stands in nothing that is sent in it. */
  readonly boundary?: string
}

export interface Flow {
  /** Of an iteration to come to it, seeded; undefined for always. */
  readonly chance: Share | undefined
  /** All of them; each is one of its values. */
  readonly when: readonly { readonly capture: string; readonly is: readonly string[] }[]
  /** So often in a row, seeded where the two differ, with such a pause between two. */
  readonly repeat: { readonly from: number; readonly to: number; readonly between: Pause | undefined }
}

export type ThinkStep = OfLife & { readonly kind: 'think' } & Pause

/** How long somebody thinks, seeded. */
export type Pause =
  /** Any time between the two. */
  | { readonly shape?: undefined; readonly from: Ms; readonly to: Ms }
  | { readonly shape: 'normal'; readonly mean: Ms; readonly deviation: Ms }
  | { readonly shape: 'exponential'; readonly mean: Ms }

/** What makes an answer a success. */
export interface Expect extends AnswerChecks {
  /** Inclusive ranges; 200–399 unless the profile says otherwise. */
  readonly status: readonly { readonly from: number; readonly to: number }[]
  /** JSON Pointer (RFC 6901) to the value it must have. */
  readonly json: readonly { readonly pointer: string; readonly value: JsonValue }[]
  readonly headers: readonly { readonly name: string; readonly contains: string }[]
  /** Text the body must contain. */
  readonly body: string | undefined
  /** The body is an answer of GraphQL without errors. */
  readonly graphql?: true
}

/** A value kept from an answer for the later steps of the iteration, of a `once` step for the user's life, as `${name}`. */
export interface Capture {
  readonly name: string
  readonly from:
    | { readonly kind: 'json'; readonly pointer: string }
    | { readonly kind: 'header'; readonly name: string }
    | { readonly kind: 'cookie'; readonly name: string }
    /** RE2: the first group of the first place where it fits the body, or all of it where it has none. */
    | { readonly kind: 'regex'; readonly pattern: string }
    /** The attribute of the first element of the page that the selector fits and that has it. */
    | { readonly kind: 'html'; readonly selector: string; readonly attribute: string }
}

/** Literal text and references, in order. Plain text is a list of one literal (or of none). */
export type Template = readonly TemplatePart[]

export type TemplatePart = string | Reference

/** `encode` says how the value must be written where it stands: in a URL or form, inside a JSON string, or as it is. */
export interface Reference {
  readonly encode: 'none' | 'url' | 'json'
  readonly value:
    | { readonly kind: 'data'; readonly source: string; readonly column: string }
    | { readonly kind: 'capture'; readonly name: string }
    /** Built-in generators: `uuid()`, `now()` (epoch ms), `random(from, to)` (whole numbers, inclusive, seeded). */
    | { readonly kind: 'uuid' }
    /** Numbers from 1 on, each its own over all workers: of the user, of the iteration, of the worker that sends it. */
    | { readonly kind: 'user' | 'iteration' | 'worker' }
    | { readonly kind: 'now' }
    | { readonly kind: 'random'; readonly from: number; readonly to: number }
    | FunctionCall
    | Generated
    | DocumentValue
    /** What is in a file beside the profile: its bytes, or as `encode` says, its text. In bodies alone. */
    | { readonly kind: 'file'; readonly file: string }
}

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** One line of `budgets`, e.g. `p95 of "fan club" < baseline + 10 % and + 5 ms`. */
export interface Budget {
  /** As written, on one line. */
  readonly text: string
  readonly metric: MetricName
  /** What stands behind `of`, as a label: `scenario`, or `scenario › step` also where the step alone was named. */
  readonly of: string | undefined
  readonly limit: Limit
  /** "or abort": a run that breaks it for sure is ended at once. */
  readonly abort?: true
  /** Where it stands in the profile, 1-based. */
  readonly place: Place
}

/**
 * `p95`, `p99.9` …: a percentile of the response time in ms; `p95 between events` …: of what streams of events took beyond
 * their first; `errors`: share of requests; `throughput`: successes/s.
 */
export type MetricName = TimeMetric | 'errors' | 'throughput'

export type TimeMetric = `p${number}` | `p${number} ${EventTime}`

export type EventTime = (typeof EVENT_TIMES)[number]

/** From each event of a stream to the next, and from the beginning to the last: absolute limits alone are held to them. */
export const EVENT_TIMES = ['between events', 'to last event'] as const

export function eventTimeOf(metric: MetricName): EventTime | undefined {
  return EVENT_TIMES.find((time) => metric.endsWith(time))
}

/** The side that is allowed follows from the metric: latency and errors stay below, throughput stays above. */
export type Limit =
  /** In the metric's unit: ms, share (0–1) or per second. */
  | { readonly kind: 'absolute'; readonly value: number }
  /**
   * Relative to the baseline. `share` 0.1 is "10 % worse"; `amount` is in the metric's unit (a share for "0.2 pp").
   * Where both stand, both must be exceeded. At least one is present.
   */
  | { readonly kind: 'baseline'; readonly share: number | undefined; readonly amount: number | undefined }

export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}
