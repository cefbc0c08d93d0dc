import { expect, test } from '@jest/globals'
import { formatSize, leastMemory, memoriesFor, VCPUS } from '../../../src/fargate/setup/sizes.ts'

const GIB = 1_024

// The table of the developer guide.
test.each([
  [256, [512, 1_024, 2_048]],
  [512, [1, 2, 3, 4].map((gib) => gib * GIB)],
  [1_024, [2, 3, 4, 5, 6, 7, 8].map((gib) => gib * GIB)],
  [2_048, Array.from({ length: 13 }, (_, n) => (4 + n) * GIB)],
  [4_096, Array.from({ length: 23 }, (_, n) => (8 + n) * GIB)],
  [8_192, [16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60].map((gib) => gib * GIB)],
  [16_384, [32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120].map((gib) => gib * GIB)],
  [300, []],
])('memories for %s units of CPU', (cpu, memories) => {
  expect(memoriesFor(cpu)).toEqual(memories)
})

test('every CPU has a least memory, which Fargate has', () => {
  expect(VCPUS).toEqual([0.25, 0.5, 1, 2, 4, 8, 16])
  for (const vcpu of VCPUS) expect(memoriesFor(vcpu * GIB)).toContain(leastMemory(vcpu * GIB))
})

test('a size in words', () => {
  expect(formatSize({ cpu: 256, memory: 512 })).toBe('0.25 vCPU and 0.5 GB')
})
