// The coordinator killed in a virtual world: at each call of the outer world in turn, before it is made and after it is answered,
// and at random moments; on networks that lose and delay, with tasks that start late. Nothing is left, whatever the moment.
//   FARGATE_KILLS=10000 npm run heavy -- fargate-virtual-kills
import { expect, test } from '@jest/globals'
import { chanceOf } from '../support/virtual/chance.ts'
import { COURSES, SECONDS } from '../support/virtual/courses.ts'
import { type Course, callsOf, type Killed, kill, type Moment } from '../support/virtual/kill.ts'

const KILLS = Number(process.env.FARGATE_KILLS) || 500
const SENT_WITHIN = 30_000
const LIVED_WITHIN = 60_000
/** What may be paid of a task: its plan, a twentieth more, and two minutes. */
const PAID = SECONDS * 1_050 + 120_000
const LONG = 3_600_000

interface Planned {
  readonly seed: number
  readonly course: Course
  readonly moment: Moment
}

interface Done {
  readonly what: string
  readonly course: Course
  readonly killed: Killed
}

test(
  `of ${KILLS} killed coordinators none leaves a worker that sends 30 s later, or one that lives 60 s later`,
  async () => {
    const done: Done[] = []
    for (const { seed, course, moment } of await planned()) {
      if (done.length === KILLS) break
      const killed = await kill(seed, course, moment)
      // These do it again.
      if (killed) done.push({ what: `${course.name}, seed ${seed}, ${JSON.stringify(moment)}`, course, killed })
    }
    const kills = done.map(({ killed }) => killed)
    tell(done)
    expect(kills).toHaveLength(KILLS)
    // Some of them say enough, if there are many.
    expect(done.filter(isLeft).slice(0, 10)).toEqual([])
    // Else none of this would say anything.
    expect(kills.filter(({ sent }) => sent > 0).length).toBeGreaterThan(KILLS / 10)
    expect(kills.filter(({ late }) => late.tasks > 0).length).toBeGreaterThan(KILLS / 20)
  },
  LONG,
)

const isLeft = ({ course, killed: { sent, lived, late, paid } }: Done): boolean =>
  sent > SENT_WITHIN || lived > LIVED_WITHIN || late.sent || late.lived > LIVED_WITHIN || (paid > PAID && !course.rough)

/** Evenly out of all courses, with as many seeds as it takes; some more than needed, since some runs end before their moment. */
async function planned(): Promise<readonly Planned[]> {
  const all: Planned[] = []
  const wanted = Math.ceil(1.05 * KILLS)
  for (let seed = 1; all.length < wanted; seed++)
    for (const course of COURSES) for (const moment of await momentsOf(seed, course)) all.push({ seed, course, moment })
  return Array.from({ length: wanted }, (_, n) => all[Math.floor((n * all.length) / wanted)]!)
}

/** Each call, before and after, and random moments, which are a fifth of all. */
async function momentsOf(seed: number, course: Course): Promise<readonly Moment[]> {
  const chance = chanceOf(seed)
  const calls = await callsOf(seed, course)
  const last = calls.length - 1
  return calls.flatMap((_, call): Moment[] => {
    const random = chance.happens(0.5) ? [{ at: chance.between(0, calls[last]!.at) }] : []
    // That call hands the run over: then it is to go on.
    const after = course.detached && call === last ? [] : [{ call, when: 'after' as const }]
    return [{ call, when: 'before' }, ...after, ...random]
  })
}

function tell(done: readonly Done[]): void {
  const kills = done.map(({ killed }) => killed)
  const most = (of: (killed: Killed) => number) => Math.max(...kills.map(of))
  const seconds = (time: number) => `${(time / 1_000).toFixed(1)} s`
  const byCall = [...Map.groupBy(kills, ({ call }) => call)].sort(([, a], [, b]) => b.length - a.length)
  const lines = [
    `${kills.length} coordinators killed: ${kills.filter(({ sent }) => sent > 0).length} while workers sent`,
    `the last request ${seconds(most(({ sent }) => sent))} after, the last task gone ${seconds(most(({ lived }) => lived))} after`,
    `${kills.reduce((sum, { late }) => sum + late.tasks, 0)} tasks began after the kill: none sent, each was gone within ${seconds(most(({ late }) => late.lived))} of its start`,
    `at most ${seconds(Math.max(...done.map(({ course, killed }) => (course.rough ? 0 : killed.paid))))} of a task paid, for a plan of ${SECONDS} s; on the roughest network ${seconds(most(({ paid }) => paid))}`,
    `last call: ${byCall.map(([call, { length }]) => `${call} ${length}`).join(', ')}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
