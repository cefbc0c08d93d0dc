// What another generator's load cannot be, and what to do instead.
import { expect, test } from '@jest/globals'
import { readProfile } from '../src/profile/read-profile.ts'
import { refuseEngine } from '../src/refuse-engine.ts'

test.each([
  ['jmeter: shop.jmx', 'a script of JMeter is sent from here', 'Leave `run-on` out.'],
  ['results: now.jtl', 'results are of a load that has been sent', 'Have them judged by `loadgate run`'],
])('%s is refused at its place, with a hint of its own', (engine, message, hint) => {
  const text = `name: shop\ntarget: http://127.0.0.1:8080\nengine: { ${engine} }\n`
  const { profile } = readProfile(text, { file: 'loadgate.yml', env: {} })
  const refuse = () => refuseEngine(profile!, 'is sent from here', 'Leave `run-on` out.')
  expect(refuse).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(`loadgate.yml:3:1 "engine": ${message}`),
      hint: expect.stringContaining(hint),
    }),
  )
})

test('a load of the profile itself is not refused', () => {
  expect(() => refuseEngine({}, 'is sent from here', 'Leave `run-on` out.')).not.toThrow()
})
