import { expect, test } from '@jest/globals'
import { estimateCost, type Fleet } from '../../src/fargate/setup/cost.ts'
import type { Prepared, PreparedFleet } from '../../src/fargate/setup/prepare.ts'
import { renderFargate, renderRunOn, renderWouldRun } from '../../src/report/fargate.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import { settings } from '../fargate/setup/made-settings.ts'
import { onePlan, requestStep } from '../support/plans.ts'
import * as reports from './reports.ts'

const plan = onePlan({ port: 1, steps: [requestStep({ timeout: 10_000 })], seconds: 600, timeout: 10_000 })
const fleetOf = (changes: Parameters<typeof settings>[0] = {}, perPlace = [3]): PreparedFleet => {
  const made = settings(changes)
  const { size, spot, stagger } = made
  const count = perPlace.reduce((sum, each) => sum + each, 0)
  const fleets = made.places.map(({ region, architecture, publicAddress }, at): Fleet => {
    return { region, architecture, publicAddress, size, spot, workers: perPlace[at]! }
  })
  const workers = { count, why: '9,000 requests/s, 3,000 requests/s from each worker' }
  return { settings: made, workers, perPlace, estimate: estimateCost(fleets, plan, stagger) }
}
const identity = {
  account: '123456789012',
  arn: 'arn:aws:sts::123456789012:assumed-role/load/ci',
  temporary: true,
  expires: undefined,
}
const shown = (changes: Partial<Prepared>) =>
  renderFargate({ findings: [], identity, fleet: fleetOf(), ...changes }, plan).split('\n')

test('what a run takes and costs', () => {
  expect(shown({})).toEqual([
    '3 workers of 1 vCPU and 2 GB, in eu-central-1: 9,000 requests/s, 3,000 requests/s from each worker.',
    'They begin in one moment, for 10 min.',
    'About $0.04 (36 min 30 s of tasks $0.03, their addresses $0.003, requests to S3 $0.004), and $0.17 if all go wrong that can; at prices of 2026-07-07, without what the network takes.',
    'As assumed-role/load/ci of account 123456789012.',
  ])
  expect(renderWouldRun([])).toBe('Nothing was started. A run would be.')
})

test('several regions, other processors, Spot, and one after the other', () => {
  const [place] = settings().places
  const places = [place!, { ...place!, region: 'us-east-1', architecture: 'ARM64' as const }]
  const lines = shown({ fleet: fleetOf({ places, spot: true, stagger: 30_000 }, [2, 1]) })
  expect(lines.slice(0, 2)).toEqual([
    '3 workers of 1 vCPU and 2 GB, ARM Spot 2 in eu-central-1, 1 in us-east-1: 9,000 requests/s, 3,000 requests/s from each worker.',
    'They begin 30 s after each other, for 10 min each.',
  ])
})

test('what speaks against it, where, and what to do', () => {
  const findings = [
    { level: 'stop', what: 'No permission', where: 'the bucket', remedy: 'Ask for it.' },
    { level: 'warning', what: 'Not pinned', where: 'output Image', remedy: 'Pin it.' },
    { level: 'note', what: 'Prices are guessed', where: 'the estimate', remedy: 'Look.' },
  ] as const
  expect(shown({ findings, fleet: undefined, identity: undefined })).toEqual([
    '',
    'stop:    No permission (the bucket).',
    '         Ask for it.',
    'warning: Not pinned (output Image).',
    '         Pin it.',
    'note:    Prices are guessed (the estimate).',
    '         Look.',
  ])
  expect(renderWouldRun(findings)).toBe('Nothing was started. A run would be refused: 1 finding to see to first.')
})

test('where it is sent from', () => {
  expect(renderRunOn({ where: 'fargate', why: 'so' })).toBe('Sent from workers on Fargate: so.')
  expect(renderRunOn({ where: 'runner', why: 'so' })).toBe('Sent from this machine: so.')
})

test('what a run cost is said, and that it is not known where ECS did not tell', () => {
  const facts = { runId: 'abc', regions: ['eu-central-1'], size: { cpu: 1024, memory: 2048 }, stagger: 0, left: [] }
  const cost = { total: 0.034, compute: 0.03, addresses: 0, requests: 0.004, taskTime: 1_200_000 }
  const said = (known: typeof cost | undefined) => {
    const run = { ...reports.PASS.run, fargate: { ...facts, skew: 12, cost: known } }
    return renderTerminal({ ...reports.PASS, run }, { colour: false, width: 500 })
  }
  expect(said(cost)).toMatch(/Fargate run abc: .*all stopped; about \$0\.03 \(20 min of tasks \$0\.03/)
  expect(said(undefined)).toMatch(/all stopped; what it cost is not known, since ECS did not tell of all its tasks\./)
})
