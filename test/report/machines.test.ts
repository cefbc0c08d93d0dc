// What other programs read of a report: the action's outputs and the JSON file. Both are interface.
import { expect, test } from '@jest/globals'
import { renderJson } from '../../src/report/json.ts'
import { outputsOf } from '../../src/report/outputs.ts'
import { FAIL, report, scope } from './reports.ts'

test('outputs are plain numbers of the whole run', () => {
  expect(outputsOf(FAIL)).toEqual({ verdict: 'fail', 'p95-ms': '380', 'error-rate': '0.0105', throughput: '171' })
})

test.each([
  [{ p95: undefined }, { 'p95-ms': '' }],
  [{ p95: 0 }, { 'p95-ms': '0' }],
  [{ p95: 1_234_567 }, { 'p95-ms': '1234567' }],
  [{ p95: 0.042_42 }, { 'p95-ms': '0.042' }],
  [{ errors: 1e-7 }, { 'error-rate': '0' }],
  [{ errors: 1 }, { 'error-rate': '1' }],
  [{ throughput: 100 }, { throughput: '100' }],
  [{ throughput: 1e7 / 3 }, { throughput: '3333333.333' }],
])('%j is given as %j', (figures, outputs) => {
  expect(outputsOf(report('pass', 'fine', { comparison: { scopes: [scope('all', figures)] } }))).toMatchObject(outputs)
})

test('a run without any step has outputs, too', () => {
  expect(outputsOf(report('invalid', 'nothing', { comparison: { scopes: [] } }))).toEqual({
    verdict: 'invalid',
    'p95-ms': '',
    'error-rate': '',
    throughput: '',
  })
})

test('the JSON file holds everything a report is made of', () => {
  const text = renderJson(FAIL)
  expect(text.endsWith('}\n')).toBe(true)
  const { kind, schema, ...rest } = JSON.parse(text)
  expect([kind, schema]).toEqual(['loadgate-report', 1])
  expect(Object.keys(rest)).toEqual(['verdict', 'comparison', 'result', 'run'])
  expect(rest).toEqual(JSON.parse(JSON.stringify(FAIL)))
})
