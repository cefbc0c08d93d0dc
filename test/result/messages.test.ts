// What is counted of conversations, from the engine to the file of a result, by way of workers elsewhere.
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import type { ShardResult } from '../../src/engine/shard-result.ts'
import { readOutcome } from '../../src/fargate/coordinator/read-worker.ts'
import type { Outcome } from '../../src/fargate/protocol.ts'
import { mergeResults } from '../../src/result/merge-results.ts'
import { mergeRounds } from '../../src/result/merge-rounds.ts'
import { readResult, writeResult } from '../../src/result/result-file.ts'
import { flawOf } from '../../src/result/shard-flaw.ts'
import { planOf, send } from '../engine/talk/profiles.ts'
import { RUN } from '../fargate/faults/stage.ts'
import { startTalkServer } from '../support/talk-server.ts'
import { contextOf } from './shards.ts'

const TALK = [{ send: 'x', receive: { text: 'x' } }, { send: 'nobody waits' }, { think: '20ms' }]

test('the workers add up, elsewhere and in a file; a run without conversations says nothing of them', async () => {
  await using server = await startTalkServer()
  const plan = planOf({ port: server.port, load: { rate: '20/s', for: '1s' }, steps: [{ websocket: '/', talk: TALK }] })
  const shards = (await send(plan, {}, 2)).map(sentFromElsewhere)
  for (const [index, shard] of shards.entries()) expect(flawOf(shard, plan, { index, count: 2 })).toBeUndefined()
  const result = mergeResults(shards, contextOf(plan))
  expect(result.health.messages).toEqual({ sent: 40, received: 40, passedOver: 20 })
  expect(readResult(writeResult(result))).toEqual(result)
  expect(mergeRounds([result, result]).health.messages).toEqual({ sent: 80, received: 80, passedOver: 40 })
  const [plain] = await send(planOf({ port: server.port, steps: [{ get: '/' }] }))
  expect(plain!.health).not.toHaveProperty('messages')
})

/** As it is written by a task and read by who has started it. */
function sentFromElsewhere(result: ShardResult): ShardResult {
  const clock = { offset: 0, uncertainty: 1, low: 0, high: 1 }
  const outcome: Outcome = {
    kind: 'loadgate-outcome',
    runId: RUN,
    index: 0,
    generation: 0,
    clock,
    stopped: undefined,
    result,
  }
  return readOutcome(gzipSync(JSON.stringify(outcome))).result
}
