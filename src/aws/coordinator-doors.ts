import type { CoordinatorDoors } from '../fargate/coordinator/job.ts'
import { acrossRegions } from '../fargate/coordinator/regions.ts'
import type { Objects, Tasks } from '../fargate/doors.ts'
import type { FargateSettings, Place } from '../fargate/setup/settings.ts'
import { systemTime } from '../fargate/system-time.ts'
import { openTasks } from './ecs.ts'
import { openObjects } from './s3.ts'

/** The real AWS for a coordinator. This file is imported when it is used, and not before: loading the SDK takes long. */
export function openCoordinatorDoors(settings: FargateSettings, tell: CoordinatorDoors['tell']): CoordinatorDoors {
  const regions = settings.places.map((place) => ({ name: place.region, share: place.share, tasks: openTasks(place) }))
  return {
    time: systemTime,
    objects: objectsOf(settings),
    tasks: acrossRegions(regions),
    random: Math.random,
    tell,
  }
}

/** What a run needs of AWS, place by place, to be tried before it. */
export function openForTrial(settings: FargateSettings): {
  readonly objects: Objects
  readonly tasks: readonly Tasks[]
} {
  return { objects: objectsOf(settings), tasks: settings.places.map((place: Place) => openTasks(place)) }
}

function objectsOf({ bucket, places }: FargateSettings): Objects {
  return openObjects(bucket, { region: places[0]!.region, now: systemTime.now })
}
