import { expect, test } from '@jest/globals'
import { acrossRegions } from '../../../src/fargate/coordinator/regions.ts'
import type { RunTasks, Tasks } from '../../../src/fargate/doors.ts'

const request = (token: string, count: number): RunTasks => ({
  ...{ count, token, runId: 'r', environment: {}, cpu: 256, memory: 512, spot: false, tags: {} },
})

/** One that remembers what it was asked. */
function region(name: string, share: number) {
  const asked: string[] = []
  const stopped: string[] = []
  const arn = (n: number) => `arn:aws:ecs:${name}:1:task/c/${n}`
  const tasks: Tasks = {
    run: async ({ count, token }) => {
      asked.push(`${token}×${count}`)
      return { arns: Array.from({ length: count }, (_, n) => arn(n)), failures: [] }
    },
    describe: async (arns) =>
      arns.map((arn) => ({
        ...{ arn, status: 'RUNNING' as const, stopCode: undefined, stoppedReason: undefined, exitCode: undefined },
        ...{ reason: undefined, startedAt: undefined, stoppedAt: undefined },
      })),
    list: async () => [{ arn: arn(1), runId: name, hasStopped: false }],
    stop: async (arn) => void stopped.push(arn),
  }
  return { name, share, tasks, asked, stopped }
}

test('batches are spread by the shares, and go to the same region again', async () => {
  const [a, b] = [region('eu-central-1', 3), region('us-east-1', 1)]
  const tasks = acrossRegions([a, b])
  for (const n of [0, 1, 2, 3, 3, 2, 1, 0]) await tasks.run(request(`t${n}`, 10))
  expect(new Set(a.asked).size).toBe(3)
  expect(new Set(b.asked).size).toBe(1)
  expect(a.asked).toHaveLength(6)
  expect(b.asked).toHaveLength(2)
})

test('each task is asked for and stopped where it is', async () => {
  const [a, b] = [region('eu-central-1', 1), region('us-east-1', 1)]
  const tasks = acrossRegions([a, b])
  const arns = ['arn:aws:ecs:us-east-1:1:task/c/5', 'arn:aws:ecs:eu-central-1:1:task/c/6']
  expect((await tasks.describe(arns)).map(({ arn }) => arn).sort()).toEqual([...arns].sort())
  await tasks.stop(arns[0]!, 'over')
  expect([a.stopped, b.stopped]).toEqual([[], [arns[0]]])
  expect((await tasks.list()).map(({ runId }) => runId)).toEqual(['eu-central-1', 'us-east-1'])
  await expect(tasks.describe(['arn:aws:ecs:mars-1:1:task/c/5'])).rejects.toThrow(/none of the run's regions/)
})
