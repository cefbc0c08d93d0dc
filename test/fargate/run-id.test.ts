import { expect, test } from '@jest/globals'
import { readProgress } from '../../src/fargate/coordinator/read-worker.ts'
import { keysOf, PROTOCOL } from '../../src/fargate/protocol.ts'
import { readControl } from '../../src/fargate/read-control.ts'
import { isRunId, newRunId } from '../../src/fargate/run-id.ts'

test('a new name is one, and is in every key', () => {
  const runId = newRunId()
  expect(isRunId(runId)).toBe(true)
  expect(keysOf(runId).control).toContain(`/${runId}/`)
})

test.each([
  '',
  'abc',
  'A'.repeat(20),
  'a'.repeat(21),
  'abcdefghij234567abc1',
  '../../../../../abcdef',
  'abcdefghij234567abcd\n',
])('%j is no name of a run, whoever says it', (runId) => {
  const written = (more: object) => Buffer.from(JSON.stringify({ protocol: PROTOCOL, runId, sequence: 1, ...more }))
  const wait = { kind: 'loadgate-control', term: 1_000, order: { kind: 'wait' } }
  const progress = { kind: 'loadgate-progress', generation: 0, state: 'waiting' }
  expect(isRunId(runId)).toBe(false)
  expect(() => readControl(written(wait), runId)).toThrow('runId is not a run id')
  expect(() => readProgress(written(progress))).toThrow('runId is not a run id')
})
