import { LoadgateError } from '../../errors.ts'
import type { Tasks } from '../doors.ts'

/** Tasks of one region. */
export interface Region {
  /** As AWS calls it, and as its ARNs have it: `eu-central-1`. */
  readonly name: string
  readonly tasks: Tasks
  /** Of the workers; any numbers, since only their ratios count. */
  readonly share: number
}

/**
 * Several regions as one: each batch of tasks goes to the region that is furthest behind its share, and to the same one when
 * it is asked for again.
 */
export function acrossRegions(regions: readonly Region[]): Tasks {
  const total = regions.reduce((sum, { share }) => sum + share, 0)
  const started = new Map(regions.map(({ name }) => [name, 0]))
  const chosen = new Map<string, Region>()
  let all = 0

  const choose = (count: number): Region => {
    const behind = ({ name, share }: Region) => ((all + count) * share) / total - started.get(name)!
    return regions.reduce((most, region) => (behind(region) > behind(most) ? region : most))
  }
  const of = (arn: string): Region => {
    const region = regions.find(({ name }) => arn.split(':')[3] === name)
    if (region === undefined)
      throw new LoadgateError('infrastructure', `The task ${arn} is in none of the run's regions`)
    return region
  }

  return {
    async run(request) {
      const region = chosen.get(request.token) ?? choose(request.count)
      if (!chosen.has(request.token)) {
        chosen.set(request.token, region)
        started.set(region.name, started.get(region.name)! + request.count)
        all += request.count
      }
      return await region.tasks.run(request)
    },
    async describe(arns) {
      const byRegion = Map.groupBy(arns, (arn) => of(arn))
      return (await Promise.all([...byRegion].map(([{ tasks }, own]) => tasks.describe(own)))).flat()
    },
    list: async () => (await Promise.all(regions.map(({ tasks }) => tasks.list()))).flat(),
    stop: (arn, reason) => of(arn).tasks.stop(arn, reason),
  }
}
