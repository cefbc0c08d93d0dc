import { expect, test } from '@jest/globals'
import { explainStop } from '../../../src/fargate/coordinator/failures.ts'
import type { TaskState } from '../../../src/fargate/doors.ts'

const EXITED = { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' }

const STOPPED: TaskState = {
  arn: 'arn:aws:ecs:eu-central-1:123456789012:task/load/1',
  status: 'STOPPED',
  stopCode: undefined,
  stoppedReason: undefined,
  exitCode: undefined,
  reason: undefined,
  startedAt: undefined,
  stoppedAt: undefined,
}

test.each([
  [{ exitCode: 10, ...EXITED }, /the worker refused its orders, since its image is of another version .*exit code 10/],
  [{ exitCode: 11, ...EXITED }, /the worker could not read or write in the bucket \(exit code 11/],
  [{ exitCode: 15, ...EXITED }, /the worker could not upload its result/],
  [{ exitCode: 137, ...EXITED, reason: 'OutOfMemoryError: Container killed' }, /stopped: a worker ran out of memory/],
  [{ exitCode: 1, ...EXITED }, /^its task stopped \(exit code 1, EssentialContainerExited: Essential container/],
  [{}, /^its task stopped \(ECS does not say why\)$/],
])('why a task with %j has stopped', (state, words) => {
  expect(explainStop({ ...STOPPED, ...state })).toMatch(words)
})
