import { expect, test } from '@jest/globals'
import { effectsOf } from './hostile-sinks.ts'

// A hundred thousand of them are in the heavy stage.
test('2,000 hostile strings through log, comment, annotations and outputs: none takes effect', () => {
  expect(effectsOf(2_000, 6)).toEqual([])
}, 120_000)
