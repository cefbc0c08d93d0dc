import { isWorthHiding } from '../secret-parts.ts'
import type { IssueCode } from './issue.ts'
import type { IssueLog } from './issue-log.ts'
import { type Wrong, wrong } from './scalars.ts'
import { type Environment, type Filled, fillEnvironment, type Slot, type UsedVariable } from './template.ts'
import { headSpan, type Node, nodeAt, type Path, type ScalarNode, type Span } from './tree.ts'

/** One profile while it is read. */
export interface Reading {
  readonly text: string
  readonly root: Node
  readonly env: Environment
  readonly log: IssueLog
  /** Values that no log may show; grows while the profile is read. */
  readonly secrets: Set<string>
}

/** Points at the value, or with `head` at its key. */
export function complain(
  { log, root }: Reading,
  path: Path,
  code: IssueCode,
  message: string,
  where: 'value' | 'head' = 'value',
): void {
  const node = nodeAt(root, path)
  log.add(code, node?.kind === 'scalar' && where === 'value' ? node.span : headSpan(root, path), message)
}

/** Something was written that the schema refused. */
export function unread({ root }: Reading, path: Path, value: object | undefined): boolean {
  const node = nodeAt(root, path)
  return node !== undefined && (node.kind !== 'map' || node.entries.size !== Object.keys(value ?? {}).length)
}

/** Which values of the environment are secrets: all of them, those behind a "?", or only those that are called one. */
export type Secrecy = 'always' | 'in-query' | 'by-name'

/** The text of a scalar with the environment's values in it. What is wrong with them is in the log. */
export function fill(reading: Reading, node: ScalarNode, secrecy: Secrecy): Filled {
  const filled = fillEnvironment(node.written, reading.env)
  filled.problems.forEach(({ slot, code, message }) => {
    reading.log.add(code, slotSpan(reading, node, slot), message)
  })
  const query = node.written.indexOf('?')
  for (const variable of filled.used) {
    const secret = secrecy === 'always' || (secrecy === 'in-query' && query >= 0 && query < variable.at)
    keepSecret(reading, variable, secret)
  }
  return filled
}

/** A value of the environment that a function is given: what it makes of it is sent, and how it was made is a secret. */
export function environmentArgument({ env, secrets }: Reading, name: string): string | Wrong {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (!value) return wrong('missing-env', `${name} is not set; set it`)
  if (isWorthHiding(value)) secrets.add(value)
  return value
}

const SECRET_NAME = /TOKEN|SECRET|PASS|PWD|KEY|AUTH|CREDENTIAL|COOKIE|SESSION|SIGNATURE|DSN/i

function keepSecret({ secrets }: Reading, { name, value }: UsedVariable, secret: boolean): void {
  if (isWorthHiding(value) && (secret || SECRET_NAME.test(name))) secrets.add(value)
}

/** Where a `${…}` stands; the whole value when quotes or line breaks hide it. */
export function slotSpan({ text }: Reading, node: ScalarNode, { written, at }: Slot): Span {
  const { span } = node
  const source = text.slice(span.start, span.end)
  const whole = source.indexOf(node.written)
  const offset = whole >= 0 ? whole + at : source.indexOf(written)
  return offset < 0 ? span : { start: span.start + offset, end: span.start + offset + written.length }
}

/** The text of a scalar that takes nothing but `${env.NAME}`; undefined when something is wrong with it. */
export function literal(reading: Reading, node: ScalarNode): string | undefined {
  const { parts, problems } = fill(reading, node, 'by-name')
  for (const part of parts)
    if (typeof part !== 'string')
      reading.log.add(
        'unknown-reference',
        slotSpan(reading, node, part),
        `only \${env.NAME} can stand here; write "$\${" for the characters themselves`,
      )
  if (problems.length > 0 || parts.some((part) => typeof part !== 'string')) return undefined
  return parts.join('')
}
