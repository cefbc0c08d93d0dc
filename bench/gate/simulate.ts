// `npm run bench:gate`: how often the gate is wrong on simulated machines, and what else would have said of the same runs.
// bench/README.md says how, and gets the figures.
//
//   node simulate.ts [PULLREQUESTS]   of typical machines side by side, a share of them elsewhere; 10,000 unless told otherwise
import { cpus } from 'node:os'
import { formatCount, formatDuration } from '../../src/units.ts'
import { writeFigures } from '../table.ts'
import { ENVIRONMENTS } from './environments.ts'
import { noiseOf } from './noise.ts'
import { allJudged } from './spread-work.ts'
import { tablesOf } from './tables.ts'
import { piecesOf, SEED } from './work.ts'

/** From which the noise of the machines is known to some 2 %. */
const RUNS = 1_500

const pullRequests = Number(process.argv[2] ?? 10_000)
if (!(Number.isSafeInteger(pullRequests) && pullRequests >= 10)) throw new Error('Usage: simulate.ts [PULLREQUESTS]')

const begun = performance.now()
const pieces = piecesOf(pullRequests)
const cells = await allJudged(pieces, (done) => {
  if (done % 50 === 0) console.error(`${formatCount(done)} of ${formatCount(pieces.length)} pieces`)
})
const broken = Object.entries(cells).filter(([, { invalid }]) => invalid > 0)
if (broken.length > 0)
  throw new Error(`Simulated evidence was found invalid: ${broken.map(([name]) => name).join('; ')}`)

const sections = tablesOf(cells, {
  quiet: noiseOf(ENVIRONMENTS.quiet, RUNS, SEED),
  typical: noiseOf(ENVIRONMENTS.typical, RUNS, SEED),
  hostile: noiseOf(ENVIRONMENTS.hostile, RUNS, SEED),
})
const date = new Date().toISOString().slice(0, 10)
const took = formatDuration(performance.now() - begun)
const circumstances = `${date}, up to ${formatCount(pullRequests)} pull requests of a kind, in ${took} on ${cpus()[0]?.model.trim() ?? 'an unknown processor'}, Node ${process.version}.`
writeFigures('gate', [circumstances, ...sections])
console.log(sections.join('\n\n'))
