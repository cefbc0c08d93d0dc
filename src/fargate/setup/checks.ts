import { peakLevel } from '../../plan/curve.ts'
import { demandOf } from '../../plan/demand.ts'
import { counted, formatBytes, formatCount, formatDuration, type Ms } from '../../units.ts'
import { POLICY_LIMIT, sentAtPeak } from './bandwidth.ts'
import type { PreflightFacts } from './facts.ts'
import type { Finding } from './finding.ts'
import { formatDollars } from './prices.ts'
import { mostShards, shareOut } from './workers.ts'

type Check = (facts: PreflightFacts) => readonly Finding[]

/** Each looks at one thing. */
export const CHECKS: readonly Check[] = [
  ({ identity }) => ('problem' in identity ? [identity.problem] : []),
  ({ tried }) => tried,
  target,
  certificate,
  image,
  session,
  job,
  cost,
  shards,
  quota,
  bandwidth,
  stagger,
  spot,
]

function target({ targetIsHere, plan }: PreflightFacts): readonly Finding[] {
  return targetIsHere
    ? [
        stop(
          `Workers cannot reach ${plan.target}: it is on this machine`,
          'the profile',
          'Deploy the target and name its address, or use `run-on: runner`.',
        ),
      ]
    : []
}

function certificate({ plan }: PreflightFacts): readonly Finding[] {
  return plan.tls?.key === undefined
    ? []
    : [
        stop(
          'Workers have no client certificate: its key does not leave this machine',
          'the profile',
          'Use `run-on: runner`, or let the target know its clients by something else.',
        ),
      ]
}

function image({ settings, version }: PreflightFacts): readonly Finding[] {
  const images = new Set(settings.places.map(({ image }) => image))
  if (images.size > 1)
    return [
      stop(
        `The regions have ${images.size} different images`,
        'output Image of the stacks',
        'Update the stacks to one image.',
      ),
    ]
  const [name] = images
  if (name === undefined) return []
  const found = /:v?(\d+\.\d+\.\d+[^@]*)(?:@|$)/.exec(name)?.[1]
  const pinned = name.includes('@sha256:')
  return [
    ...(found !== undefined && found !== version
      ? [
          stop(
            `The worker's image is version ${found}, and this is ${version}`,
            'output Image of the stack',
            `Update the stack with Image=…:${version}@sha256:….`,
          ),
        ]
      : []),
    ...(pinned
      ? []
      : [
          warning(
            `The worker's image ${name} is not pinned: another may be there tomorrow`,
            'output Image of the stack',
            'Name it with its digest, as in …:VERSION@sha256:….',
          ),
        ]),
  ]
}

/** Calls are made, and addresses are signed, until the load's end and somewhat beyond. */
function needed({ plan, estimate, workers, settings }: PreflightFacts): Ms {
  const each = Math.max(plan.duration, estimate.expected.taskTime / Math.max(1, workers.count))
  return each + settings.stagger * Math.max(0, workers.count - 1) + 5 * 60_000
}

const HOUR: Ms = 3_600_000
const LONGER = 'Give the role a longer session: `role-duration-seconds` of the step, and SessionSeconds of the stack.'

// No signature of S3 lasts longer (Amazon S3, query parameters of Signature Version 4).
const LONGEST_SIGNATURE: Ms = 7 * 24 * HOUR

function session(facts: PreflightFacts): readonly Finding[] {
  const { identity, now } = facts
  const time = needed(facts)
  if (time > LONGEST_SIGNATURE)
    return [
      stop(
        `The run takes ${formatDuration(time)} with its start and end, and workers can be spoken to for ${formatDuration(LONGEST_SIGNATURE)}`,
        'the profile',
        'Take a shorter load.',
      ),
    ]
  if ('problem' in identity || !identity.temporary) return []
  if (identity.expires === undefined)
    return time > HOUR
      ? [
          stop(
            `The run takes ${formatDuration(time)} with its start and end, and the credentials do not say how long they last; one hour is usual`,
            'AWS credentials',
            'Say it in AWS_CREDENTIAL_EXPIRATION, as the example in docs/fargate.md does: workers cannot hand in what they measured once the session is over.',
          ),
        ]
      : []
  const left = identity.expires - now
  return left < time
    ? [
        stop(
          `The credentials last for another ${formatDuration(Math.max(0, left))}, and the run takes ${formatDuration(time)} with its start and end`,
          'AWS credentials',
          LONGER,
        ),
      ]
    : []
}

function job(facts: PreflightFacts): readonly Finding[] {
  const { jobLimit, attached } = facts
  const time = needed(facts)
  return attached && jobLimit !== undefined && time > jobLimit
    ? [
        stop(
          `The run takes ${formatDuration(time)} with its start and end, and a job ends after ${formatDuration(jobLimit)}`,
          'the job',
          'Hand it over with `loadgate run --detach`, and fetch it with `loadgate collect`.',
        ),
      ]
    : []
}

function cost({ estimate, settings }: PreflightFacts): readonly Finding[] {
  const { expected, most, guessed } = estimate
  const { maxCost } = settings
  const fewer = 'Raise `max-cost`, or take fewer or smaller workers, a shorter load, or Spot.'
  return [
    ...(expected.total > maxCost
      ? [
          stop(
            `The run will cost about ${formatDollars(expected.total)}, more than ${formatDollars(maxCost)}`,
            '`max-cost`',
            fewer,
          ),
        ]
      : most.total > maxCost
        ? [
            warning(
              `The run will cost about ${formatDollars(expected.total)}, but up to ${formatDollars(most.total)} if all go wrong that can`,
              '`max-cost`',
              fewer,
            ),
          ]
        : []),
    ...guessed.map((region) =>
      note(
        `The prices of ${region} are not known here: those of the dearest region stand in`,
        'the estimate',
        'See https://aws.amazon.com/fargate/pricing/.',
      ),
    ),
  ]
}

function shards({ plan, workers }: PreflightFacts): readonly Finding[] {
  const most = mostShards(plan)
  return workers.count > most
    ? [
        stop(
          `${counted(workers.count, 'worker')} cannot share what is there for ${formatCount(most)}: each has a connection, and a user where there are users`,
          '`fargate-workers`',
          `Take at most ${most}, or raise the limit of connections.`,
        ),
      ]
    : []
}

// Of an account that has never asked for more (Amazon ECS endpoints and quotas).
const FIRST_QUOTA = 6

function quota({ settings, workers, quota: known }: PreflightFacts): readonly Finding[] {
  const counts = shareOut(workers.count, settings.places)
  return settings.places.flatMap(({ region }, at) => {
    const vcpus = (counts[at]! * settings.size.cpu) / 1_024
    const most = known[region]
    const where = `Fargate ${settings.spot ? 'Spot' : 'On-Demand'} vCPUs in ${region}`
    const ask = 'Ask for more at Service Quotas; it can take a day.'
    if (most !== undefined && vcpus > most)
      return [
        stop(
          `The run takes ${formatCount(vcpus)} vCPUs at once, and the account may have ${formatCount(most)}`,
          where,
          ask,
        ),
      ]
    if (most === undefined && vcpus > FIRST_QUOTA)
      return [
        note(
          `The run takes ${formatCount(vcpus)} vCPUs at once; new accounts may have ${FIRST_QUOTA}, and what yours may have could not be read`,
          where,
          ask,
        ),
      ]
    return []
  })
}

/** Answers of such a size are nothing unusual. */
const USUAL_ANSWER = 10_000
const TELL_AWS = 'Read https://aws.amazon.com/ec2/testing/ first, and send from the region that the target is in.'

function bandwidth({ plan }: PreflightFacts): readonly Finding[] {
  const sent = sentAtPeak(plan)
  if (sent === undefined) return []
  if (sent > POLICY_LIMIT)
    return [
      warning(
        `About ${formatBytes(Math.round(sent))}/s leave the workers at the peak, which is more than 1 Gbit/s`,
        "AWS's testing policy",
        TELL_AWS,
      ),
    ]
  const { rate } = demandOf(plan)
  return rate * USUAL_ANSWER > POLICY_LIMIT
    ? [
        note(
          `Answers of ${formatBytes(Math.round(POLICY_LIMIT / rate))} or more make this load more than 1 Gbit/s`,
          "AWS's testing policy",
          TELL_AWS,
        ),
      ]
    : []
}

function stagger({ plan, settings, workers }: PreflightFacts): readonly Finding[] {
  const last = settings.stagger * (workers.count - 1)
  return last >= plan.duration
    ? [
        warning(
          `The last worker begins ${formatDuration(last)} after the first, which has ended by then: the peak of ${formatCount(peakLevel(plan.curve))} is never reached`,
          '`start`',
          'Take a shorter interval, or fewer workers.',
        ),
      ]
    : []
}

function spot({ settings }: PreflightFacts): readonly Finding[] {
  return settings.spot
    ? [
        note(
          'AWS may take Spot workers away at any time, and a run that lost one is invalid',
          '`fargate-spot`',
          'Use it where a run may be repeated.',
        ),
      ]
    : []
}

const stop = (what: string, where: string, remedy: string): Finding => ({ level: 'stop', what, where, remedy })
const warning = (what: string, where: string, remedy: string): Finding => ({ level: 'warning', what, where, remedy })
const note = (what: string, where: string, remedy: string): Finding => ({ level: 'note', what, where, remedy })
