import type { PartPercentiles, Remark, Source, Untold } from '../result/result.ts'
import { counted, formatCount } from '../units.ts'

const UNTOLD: Readonly<Record<Untold, string>> = {
  'intended-start':
    'when requests were due, so that what a slow service made the next ones wait is not in the times (coordinated omission)',
  distribution: 'more of the times than a few percentiles',
  course: 'how the run went over time, and so how steady it was',
  'times-of-failures': 'which of the times are of failures: all are taken together',
  begin: "when it was: that is taken from the file's date",
}

const REMARKS: Readonly<Record<Remark, string>> = {
  'without-connecting': 'Its times begin once there is a connection: name, TCP and TLS are not in them.',
  'to-the-first-byte': 'Its times end with the first byte of an answer, and are off by up to 1 %.',
  rounded: 'Its percentiles are of times rounded to 1 ms up to 100 ms, to 10 ms up to a second, to 100 ms beyond.',
}

/** Whose run it is, and what its file does not tell: what no verdict on it can know. All of it is in our words. */
export function sourceSentence(
  { tool, form, untold, remarks, grain, users, together, sums, ran }: Source,
  percentiles: readonly PartPercentiles[] | undefined,
): string {
  const lacks = ['how fit the generator was (lateness, CPU, network)', ...untold.map((code) => UNTOLD[code])]
  return [
    `Sent by ${tool}${ran ? ` ${ran.version}` : ''} (${form})${users === undefined ? '' : `, with up to ${formatCount(users)} users`}.`,
    `Not told: ${lacks.join('; ')}.`,
    ...(grain > 0 ? [`Its times are exact to ${grain} ms, and a change within that is none.`] : []),
    ...(percentiles ? ['A percentile is judged by its number, bounded by the ones next to it.'] : []),
    ...remarks.map((remark) => REMARKS[remark]),
    ...(together > 0 ? [`${counted(together, 'rarer label')} are counted together as "other labels".`] : []),
    ...(sums > 0 ? [`${counted(sums, 'transaction')} left out: the requests that they are sums of are counted.`] : []),
  ].join(' ')
}
