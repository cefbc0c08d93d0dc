// Evaluates an identity-based policy as IAM documents it. What it does not know it refuses to evaluate: a policy that is
// only thought to be tested is worse than none.

export interface Policy {
  readonly Version: '2012-10-17'
  readonly Id?: string
  readonly Statement: Statement | readonly Statement[]
}

export interface Statement {
  readonly Sid?: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action?: string | readonly string[]
  readonly NotAction?: string | readonly string[]
  readonly Resource?: string | readonly string[]
  readonly NotResource?: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Value | readonly Value[]>>>>
}

type Value = string | boolean | number

export interface Wish {
  /** Such as `ecs:RunTask`. */
  readonly action: string
  /** An ARN, or `*` for an action that knows no resources. */
  readonly resource: string
  /** By condition key; several values for keys such as `aws:TagKeys`. */
  readonly context: Readonly<Record<string, string | readonly string[]>>
}

export type Decision = 'allowed' | 'not allowed' | 'denied'

/** An explicit denial wins over whatever allows. */
export function decide(policy: Policy, wish: Wish): Decision {
  const meant = statementsOf(policy).filter((statement) => applies(statement, wish))
  if (meant.some(({ Effect }) => Effect === 'Deny')) return 'denied'
  return meant.length > 0 ? 'allowed' : 'not allowed'
}

/** The actions of a policy that none of these wishes needed, as `Sid or number: action`. */
export function unneeded(policy: Policy, wishes: readonly Wish[]): readonly string[] {
  return statementsOf(policy).flatMap((statement, number) => {
    if (statement.Effect === 'Deny') return []
    const needed = wishes.filter((wish) => applies(statement, wish))
    return listOf(statement.Action)
      .filter((pattern) => !needed.some(({ action }) => like(pattern, action, true)))
      .map((pattern) => `${statement.Sid ?? number}: ${pattern}`)
  })
}

export const statementsOf = ({ Statement }: Policy): readonly Statement[] =>
  Array.isArray(Statement) ? Statement : [Statement as Statement]

const KNOWN = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']

function applies(statement: Statement, wish: Wish): boolean {
  const strange = Object.keys(statement).find((key) => !KNOWN.includes(key))
  if (strange) throw new Error(`${strange} in a statement is not evaluated here`)
  return (
    among(statement.Action, statement.NotAction, (pattern) => like(pattern, wish.action, true)) &&
    among(statement.Resource, statement.NotResource, (pattern) => likeArn(pattern, wish.resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) => {
      const test = testOf(operator)
      return Object.entries(keys).every(([key, values]) => test(valuesOf(wish, key), listOf(values).map(String)))
    })
  )
}

function among(
  some: string | readonly string[] | undefined,
  others: string | readonly string[] | undefined,
  matches: (pattern: string) => boolean,
): boolean {
  if ((some === undefined) === (others === undefined)) throw new Error('a statement needs exactly one of X and NotX')
  return some !== undefined ? listOf(some).some(matches) : !listOf(others).some(matches)
}

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]

// Names of condition keys are compared without regard to case, but for what follows the slash of a tag's.
function valuesOf({ context }: Wish, key: string): readonly string[] | undefined {
  const same = (name: string) => {
    const [front = '', ...tag] = name.split('/')
    return [front.toLowerCase(), ...tag].join('/')
  }
  const found = Object.entries(context).find(([name]) => same(name) === same(key))
  return found && listOf(found[1])
}

type Test = (given: readonly string[] | undefined, wanted: readonly string[]) => boolean

const OPERATORS: Readonly<Record<string, (given: string, wanted: string) => boolean>> = {
  StringEquals: (given, wanted) => given === wanted,
  StringEqualsIgnoreCase: (given, wanted) => given.toLowerCase() === wanted.toLowerCase(),
  StringLike: (given, wanted) => like(wanted, given, false),
  ArnEquals: (given, wanted) => likeArn(wanted, given),
  ArnLike: (given, wanted) => likeArn(wanted, given),
  Bool: (given, wanted) => given.toLowerCase() === wanted.toLowerCase(),
}

function testOf(operator: string): Test {
  if (operator === 'Null')
    return (given, wanted) => wanted.some((wish) => (given === undefined || given.length === 0) === (wish === 'true'))
  const [, set, name = '', ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? []
  const negated = /^(String|Arn)Not/.test(name)
  const matches = OPERATORS[name.replace(/^(String|Arn)Not/, '$1')]
  if (!matches) throw new Error(`the condition operator ${operator} is not evaluated here`)
  const one = (given: string, wanted: readonly string[]) => wanted.some((wish) => matches(given, wish)) !== negated
  return (given, wanted) => {
    if (given === undefined || given.length === 0) return ifExists !== undefined || negated || set === 'ForAllValues'
    if (set === 'ForAnyValue') return given.some((value) => one(value, wanted))
    return given.every((value) => one(value, wanted))
  }
}

/** With `*` for any characters and `?` for one. */
function like(pattern: string, text: string, anyCase: boolean): boolean {
  if (/\$\{(?![*?$]\})/.test(pattern)) throw new Error(`the policy variable in ${pattern} is not evaluated here`)
  const parts = [...pattern].map((char) => (char === '*' ? '[^]*' : char === '?' ? '[^]' : RegExp.escape(char)))
  return new RegExp(`^${parts.join('')}$`, anyCase ? 'iu' : 'u').test(text)
}

/** In an ARN no wildcard reaches over a colon, but for its last part. */
function likeArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true
  const split = (text: string) => {
    const parts = text.split(':')
    return [...parts.slice(0, 5), parts.slice(5).join(':')]
  }
  const [wanted, given] = [split(pattern), split(arn)]
  return wanted.every((part, index) => like(part, given[index] ?? '', false))
}
