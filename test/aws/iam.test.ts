import { expect, test } from '@jest/globals'
import { decide, type Policy, type Statement, unneeded } from '../support/aws/iam.ts'

const policy = (...Statement: readonly Statement[]): Policy => ({ Version: '2012-10-17', Statement })
const CLUSTER = 'arn:aws:ecs:eu-central-1:123456789012:cluster/loadgate'
const TASK = 'arn:aws:ecs:eu-central-1:123456789012:task/loadgate/0123'
const wish = (context = {}, action = 'ecs:StopTask', resource = TASK) => ({ action, resource, context })
const stop = (more: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: 'ecs:StopTask',
  Resource: 'arn:aws:ecs:*:123456789012:task/loadgate/*',
  ...more,
})

test.each([
  ['nothing', [], 'not allowed'],
  ['this', [stop()], 'allowed'],
  ['all but this', [stop({ Action: 'ecs:RunTask' })], 'not allowed'],
  ['actions in any case, with wildcards', [stop({ Action: ['s3:*', 'ECS:stop?ask'] })], 'allowed'],
  ['a prefix of the action', [stop({ Action: 'ecs:Stop' })], 'not allowed'],
  ['everything of another service', [stop({ Action: 's3:*' })], 'not allowed'],
  ['another cluster', [stop({ Resource: 'arn:aws:ecs:*:*:task/other/*' })], 'not allowed'],
  ['resources in another case', [stop({ Resource: 'arn:aws:ecs:*:*:task/Loadgate/*' })], 'not allowed'],
  ['a wildcard that would have to reach over colons', [stop({ Resource: 'arn:*:task/loadgate/*' })], 'not allowed'],
  ['any resource', [stop({ Resource: '*' })], 'allowed'],
  ['not this', [{ Effect: 'Allow', Action: '*', NotResource: '*' }], 'not allowed'],
  ['this, and a denial of all', [stop(), stop({ Effect: 'Deny', Resource: '*' })], 'denied'],
  ['this, and a denial of all else', [stop(), { Effect: 'Deny', NotAction: 'ecs:StopTask', Resource: '*' }], 'allowed'],
] as const)('a policy that allows %s', (_, statements, expected) => {
  expect(decide(policy(...statements), wish())).toBe(expected)
})

const TAGS = { 'ecs:cluster': CLUSTER, 'aws:RequestTag/loadgate:run': 'r1', 'aws:TagKeys': ['loadgate:run', 'team'] }
test.each([
  [{ ArnEquals: { 'ecs:cluster': CLUSTER } }, true],
  [{ ArnEquals: { 'ECS:Cluster': CLUSTER } }, true],
  [{ ArnLike: { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/load*' } }, true],
  [{ ArnLike: { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/x*' } }, false],
  [{ ArnNotLike: { 'ecs:cluster': 'arn:aws:ecs:*:*:cluster/x*' } }, true],
  [{ StringEquals: { 'ecs:cluster': CLUSTER.toUpperCase() } }, false],
  [{ StringEqualsIgnoreCase: { 'ecs:cluster': CLUSTER.toUpperCase() } }, true],
  [{ StringEquals: { 'aws:RequestTag/loadgate:run': ['r0', 'r1'] } }, true],
  [{ StringEquals: { 'aws:RequestTag/Loadgate:run': 'r1' } }, false],
  [{ StringNotEquals: { 'aws:RequestTag/loadgate:run': ['r0', 'r1'] } }, false],
  [{ StringLike: { 'aws:RequestTag/loadgate:run': 'r?' } }, true],
  [{ StringEquals: { missing: 'x' } }, false],
  [{ StringNotEquals: { missing: 'x' } }, true],
  [{ StringEqualsIfExists: { missing: 'x' } }, true],
  [{ Null: { missing: 'true' } }, true],
  [{ Null: { 'ecs:cluster': 'true' } }, false],
  [{ Null: { 'ecs:cluster': false } }, true],
  [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['loadgate:run'] } }, false],
  [{ 'ForAllValues:StringLike': { 'aws:TagKeys': ['loadgate:*', 'team', 'more'] } }, true],
  [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team'] } }, true],
  [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['none'] } }, false],
  [{ ArnEquals: { 'ecs:cluster': CLUSTER }, StringEquals: { 'aws:RequestTag/loadgate:run': 'r2' } }, false],
] as const)('the condition %j', (Condition, holds) => {
  expect(decide(policy(stop({ Condition })), wish(TAGS))).toBe(holds ? 'allowed' : 'not allowed')
})

test('what is not known here is not guessed', () => {
  const of = (more: object) => () => decide(policy(stop(more)), wish(TAGS))
  expect(of({ Condition: { NumericLessThan: { 's3:max-keys': '10' } } })).toThrow(/NumericLessThan/)
  expect(of({ Principal: '*' })).toThrow(/Principal/)
  expect(of({ Resource: 'arn:aws:ecs:*:*:task/${aws:username}' })).toThrow(/policy variable/)
})

test('what of a policy nobody needed is told', () => {
  const wide = policy(
    stop({ Sid: 'Stop' }),
    stop({ Sid: 'Wide', Action: ['ecs:*', 's3:GetObject'], Resource: '*' }),
    stop({ Effect: 'Deny', Action: 'ecs:DeleteCluster' }),
  )
  expect(unneeded(wide, [wish()])).toEqual(['Wide: s3:GetObject'])
})
