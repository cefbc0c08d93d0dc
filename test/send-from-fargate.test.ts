import { expect, test } from '@jest/globals'
import { machineOf } from '../src/send-from-fargate.ts'
import { settings } from './fargate/setup/made-settings.ts'

const place = settings().places[0]!
const from = (...regions: readonly [region: string, share: number][]) =>
  machineOf(settings({ places: regions.map(([region, share]) => ({ ...place, region, share })) }))

test('runs are comparable from the same regions in the same shares, whatever their order', () => {
  const two = from(['eu-central-1', 2], ['us-east-1', 1])
  expect(two.os).toBe('linux in eu-central-1 66.7 %, us-east-1 33.3 %')
  expect(from(['us-east-1', 2], ['eu-central-1', 4])).toEqual(two)
  expect(from(['us-east-1', 1], ['ap-south-1', 2])).not.toEqual(two)
  expect(from(['eu-central-1', 1])).not.toEqual(two)
})

test('a load whose workers begin after each other is another one', () => {
  const apart = machineOf(settings({ stagger: 60_000 }))
  expect(apart.os).toMatch(/, begun 1 min apart$/)
  expect({ ...apart, os: '' }).toEqual({ ...machineOf(settings()), os: '' })
})
