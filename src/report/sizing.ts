import { MOST_REDIRECTS } from '../engine/redirects.ts'
import { type RateNeed, type Sizing, UNSEEN, type UserNeed } from '../sizing/size-load.ts'
import { counted, formatCount, formatMs, formatShare, type PerSecond, type Share, type Us } from '../units.ts'

const REMEDY = 'Lower the peak, or use a larger machine.'

/** Whether this machine can send the plan, and from where on one like it could not, for `loadgate plan`. */
export function renderSizing(sizing: Sizing): string {
  const { cost, perThread, mostThreads, need, redirected, beside } = sizing
  const users = 'ports' in need && need.ports !== undefined ? `${counted(need.ports, 'user')} or ` : ''
  return [
    `A request costs about ${formatUs(cost.perRequest)} of CPU (mean of ${formatCount(cost.requests)}; long answers, TLS and HTTP/2 cost more).`,
    `One thread sends up to ${rate(perThread)}, at ${formatShare(UNSEEN)} of a core, without showing in the response times.`,
    `This machine has ${room(sizing)}.`,
    '',
    'peak' in need ? rateVerdict(need) : userVerdict(need, sizing),
    ...(redirected
      ? [`With ${MOST_REDIRECTS} redirects to each request that follows them: ${rateVerdict(redirected)}`]
      : []),
    ...(beside ? [`With what the arrivals leave, ${userVerdict(beside, sizing)}`] : []),
    `Beyond ${users}${rate(perThread * mostThreads)}, one machine like this is not enough.`,
  ].join('\n')
}

/** What is known without a measurement. */
export function renderUnsized(threads: number, reason: string): string {
  return `Whether this machine can send it is not known: ${reason}. A run takes ${counted(threads, 'thread')}.`
}

function room({ machine: { cores, cpu, shared }, mostThreads }: Sizing): string {
  const rest = shared ? 'leaves the rest to the target' : 'leaves the rest to the system'
  return `${counted(cores, 'core')} (${cpu}) and room for ${counted(mostThreads, 'thread')}, which ${rest}`
}

function rateVerdict({ peak, fits, threads, share, ceiling }: RateNeed): string {
  const takes = `The peak of ${planned(peak)} takes ${counted(threads, 'thread')} at ${ofCore(share, threads)}`
  if (fits === 'as-is') return `${takes}: this machine can send it.`
  if (fits === 'threads') return `${takes}: this machine can send it, with \`--threads ${threads}\`.`
  if (fits === 'seen')
    return `The peak of ${planned(peak)} is more than that: this machine may send it, but may show in the response times, or make the run invalid. ${REMEDY}`
  return `This machine cannot send it: the peak is ${planned(peak)}, and at about ${rate(ceiling)} ${counted(threads, 'thread')} can do no more. ${REMEDY}`
}

function userVerdict({ users, fastest, answersFrom }: UserNeed, { threads, mostThreads, perThread }: Sizing) {
  const these = `${counted(users, 'user')} on ${counted(threads, 'thread')}`
  if (fastest !== undefined && answersFrom === 0) {
    const share = (fastest / threads / perThread) * UNSEEN
    return `${these} send at most ${rate(fastest)}, however fast the answers are, at ${ofCore(share, threads)}: this machine can send it.`
  }
  const more = mostThreads > threads ? ` With faster ones, more \`--threads\` help, up to ${mostThreads}.` : ''
  return `${these} send as many requests as the answers let them: this machine can send it where an answer takes ${formatMs(twoDigits(answersFrom))} or more on average.${more}`
}

function rate(perSecond: PerSecond): string {
  return `${formatCount(twoDigits(perSecond))} requests/s`
}

/** Not measured, so that 6,540 is seen to be more than 6,500. */
function planned(perSecond: PerSecond): string {
  return `${formatCount(Number(perSecond.toFixed(2)))} requests/s`
}

function ofCore(share: Share, threads: number): string {
  const amount = share < 0.01 ? 'less than 1 %' : `about ${formatShare(twoDigits(share))}`
  return `${amount} of a core${threads > 1 ? ' each' : ''}`
}

function formatUs(us: Us): string {
  return `${twoDigits(us)} µs`
}

/** A measurement of a second on a shared machine is no finer. */
function twoDigits(value: number): number {
  return Number(value.toPrecision(2))
}
