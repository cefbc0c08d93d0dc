// infra/stack.yml with its functions resolved, as CloudFormation would for given parameters.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseDocument, type ScalarTag } from 'yaml'

export const STACK_FILE = resolve(import.meta.dirname, '../../infra/stack.yml')

type Node = string | number | boolean | null | readonly Node[] | { readonly [key: string]: Node }
type Tree = { readonly [key: string]: Node }

export interface Template {
  readonly Parameters: Readonly<
    Record<string, { readonly Default?: string | number; readonly AllowedPattern?: string }>
  >
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Tree }>>
  readonly Outputs: Readonly<Record<string, { readonly Value: string }>>
}

const FUNCTIONS = [
  'Ref',
  'Sub',
  'GetAtt',
  'If',
  'Equals',
  'Not',
  'And',
  'Join',
  'Select',
  'GetAZs',
  'Split',
  'Condition',
]

/** As written: `!Sub x` is `{ 'Fn::Sub': x }`. */
export function readStack(): Tree {
  const named = (name: string) => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`)
  const tags = FUNCTIONS.flatMap((name) => [
    { tag: `!${name}`, resolve: (text: string) => ({ [named(name)]: text }) } as ScalarTag,
    {
      tag: `!${name}`,
      collection: 'seq' as const,
      resolve: (seq: { toJSON(): unknown }) => ({ [named(name)]: seq.toJSON() }),
    },
  ])
  const document = parseDocument(readFileSync(STACK_FILE, 'utf8'), { customTags: tags as never, strict: true })
  if (document.errors.length > 0) throw document.errors[0]
  return document.toJS()
}

export const PSEUDO = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '123456789012',
  'AWS::StackName': 'loadgate',
  'AWS::NoValue': '',
}
const SERVICES: Readonly<Record<string, string>> = {
  'AWS::ECS::Cluster': 'arn:aws:ecs:eu-central-1:123456789012:cluster/',
  'AWS::S3::Bucket': 'arn:aws:s3:::',
  'AWS::IAM::Role': 'arn:aws:iam::123456789012:role/',
}

/**
 * What a stack of these parameters would have; what its conditions leave out is left out. A resource is called as in the
 * template, or as a parameter of its name says.
 */
export function resolveStack(parameters: Readonly<Record<string, string>> = {}): Template {
  const tree = readStack() as unknown as Template & { readonly Conditions: Tree }
  const defaults = Object.entries(tree.Parameters).map(([name, { Default = '' }]) => [name, String(Default)])
  const given: Record<string, string> = { ...Object.fromEntries(defaults), ...parameters, ...PSEUDO }
  const reference = (name: string): string => given[name] ?? name
  const attribute = (path: string): string => {
    const [name = '', ...rest] = path.split('.')
    const prefix = rest.join('.') === 'Arn' ? SERVICES[tree.Resources[name]?.Type ?? ''] : ''
    return `${prefix ?? ''}${reference(name)}`
  }
  const holds = (name: string): boolean => resolved(tree.Conditions[name] as Node) === true
  const functions: Readonly<Record<string, (value: never) => Node | undefined>> = {
    Ref: (name: string) => (name === 'AWS::NoValue' ? undefined : reference(name)),
    Condition: (name: string) => holds(name),
    'Fn::GetAtt': (path: string | readonly string[]) => attribute([path].flat().join('.')),
    'Fn::Sub': (text: string) =>
      text.replace(/\$\{([^}]+)\}/g, (_, name: string) => (name.includes('.') ? attribute(name) : reference(name))),
    'Fn::Equals': ([a, b]: readonly Node[]) => resolved(a as Node) === resolved(b as Node),
    'Fn::Not': ([a]: readonly Node[]) => resolved(a as Node) !== true,
    'Fn::And': (all: readonly Node[]) => all.every((each) => resolved(each) === true),
    'Fn::If': ([name, yes, no]: readonly Node[]) => resolved((holds(String(name)) ? yes : no) as Node),
    'Fn::Join': ([by, items]: readonly Node[]) => [resolved(items as Node)].flat().join(String(by)),
    'Fn::Select': ([at, items]: readonly Node[]) => `${JSON.stringify(items)}[${at}]`,
    'Fn::GetAZs': () => 'zones',
  }
  const resolved = (node: Node): Node | undefined => {
    if (Array.isArray(node)) return node.flatMap((each) => resolved(each as Node) ?? [])
    if (typeof node !== 'object' || node === null) return node
    const entries = Object.entries(node)
    const [key = '', value] = entries[0] ?? []
    const act = functions[key]
    if (entries.length === 1 && act) return act(value as never)
    return Object.fromEntries(
      entries.flatMap(([name, each]) => {
        const found = name === 'Condition' && typeof each === 'string' ? each : resolved(each as Node)
        return found === undefined ? [] : [[name, found]]
      }),
    )
  }
  const kept = (items: Readonly<Record<string, object>>) =>
    Object.fromEntries(
      Object.entries(items).flatMap(([name, item]) =>
        'Condition' in item && !holds(String(item.Condition)) ? [] : [[name, resolved(item as unknown as Node)]],
      ),
    )
  return {
    Parameters: tree.Parameters,
    Resources: kept(tree.Resources),
    Outputs: kept(tree.Outputs),
  } as unknown as Template
}
