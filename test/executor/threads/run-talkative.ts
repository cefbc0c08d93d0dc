import { threadsExecutor } from '../../../src/executor/threads.ts'
import { planLoad } from '../../../src/plan/plan-load.ts'
import { splitPlan } from '../../../src/plan/split-plan.ts'
import { profile } from '../../plan/profiles.ts'

const talkative = threadsExecutor(new URL('./talkative.ts', import.meta.url))
await talkative.run(splitPlan(planLoad(profile(), { data: {} }), 1))
