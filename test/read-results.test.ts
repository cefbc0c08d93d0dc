// Results of another generator as the run of a profile: secrets in its labels, and whose run it is.
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { nameForeign } from '../src/foreign/name-foreign.ts'
import { readResults } from '../src/read-results.ts'
import { jtl, type Place, place } from './foreign/files.ts'

let files: Place
beforeEach(() => {
  files = place()
})
afterEach(() => files[Symbol.dispose]())

const redact = (text: string) => text.replaceAll('hunter2', '***')

test('it has the names of the profile, hides what is secret, and what is not known of it stays as it was read', async () => {
  files.write('now.jtl', jtl([{ at: Date.now(), ms: 5, label: 'GET /?key=hunter2' }]))
  const plan = { name: 'shop', target: 'https://shop.example' }
  const read = await readResults('now.jtl', { plan, directory: files.at('.') }, { redact })
  expect(JSON.stringify(read)).not.toContain('hunter2')
  expect(read.steps.map(({ step }) => step)).toEqual(['GET /?key=***'])
  const given = nameForeign(read, plan, { commit: 'c0ffee' })
  expect(given).toEqual({ ...read, profile: 'shop', commit: 'c0ffee', plan: { ...read.plan, target: plan.target } })
  const fingerprint = { ...read.fingerprint, plan: 'of the script' }
  const ran = nameForeign(read, plan, { commit: undefined, id: 'one', fingerprint, calibration: undefined })
  expect(ran).toEqual({ ...given, id: 'one', fingerprint, commit: undefined, calibration: undefined })
})
