import { blockLength } from '../engine/interval.ts'
import type { RunResult } from '../result/result.ts'
import type { Ms } from '../units.ts'
import { damaged } from './damaged.ts'
import { foreignResult } from './foreign-result.ts'
import { eachLine } from './lines.ts'
import type { Beside, Sample, SampleFormat } from './sample.ts'
import { Survey } from './survey.ts'
import { Tally } from './tally.ts'

/**
 * A run of a file that holds every request: the same histograms, intervals and blocks that a run of Loadgate's has. Read
 * twice, so that nothing of it has to be kept: where a window begins, and how it is cut, is known at its end only.
 * @param cut how long the blocks of a step are
 */
export async function fromSamples(
  file: string,
  format: SampleFormat,
  name: string | undefined,
  cut: (measured: Ms) => Ms = blockLength,
): Promise<RunResult> {
  const survey = new Survey()
  const once = await pass(file, format, (sample) => survey.take(sample))
  const surveyed = survey.result(file, once.beside)
  const tally = new Tally(surveyed, cut(surveyed.measured))
  const again = await pass(file, format, (sample) => tally.take(sample))
  if (again.sha256 !== once.sha256)
    throw damaged(file, undefined, 'it changed while it was read', 'Read it once the generator has ended.')
  const { tool, form, untold, remarks, grain } = format
  const { others: together, sums } = surveyed
  const users = Math.max(surveyed.users, once.beside.users)
  return foreignResult({
    ...tally.result(),
    sha256: once.sha256,
    name,
    source: { tool, form, untold, remarks, grain, users: users > 0 ? users : undefined, together, sums },
    startedAt: surveyed.first,
    target: '',
    measured: surveyed.measured,
    dropped: once.beside.dropped,
    iterations: once.beside.iterations,
  })
}

async function pass(file: string, format: SampleFormat, take: (sample: Sample) => void) {
  const over = format.passOver(file, take)
  const { sha256 } = await eachLine(file, (text, number) => over.line(text, number))
  const beside: Beside = over.end()
  return { sha256, beside }
}
