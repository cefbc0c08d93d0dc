import { join, resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { openStore } from '../../src/baseline/store.ts'
import { LoadgateError } from '../../src/errors.ts'

test('none is no store', () => {
  expect(openStore('none', '/')).toBeUndefined()
})

test('a file is taken from the working directory and named as it was written', async () => {
  const store = openStore('file:not-there/baseline.json', resolve('test'))
  expect(store?.name).toBe('file:not-there/baseline.json')
  expect(await store?.read()).toEqual({ store: store?.name, runs: [] })
  const self = openStore(`file:${join('baseline', 'store.test.ts')}`, resolve('test'))
  await expect(self?.read()).rejects.toThrow(`${resolve('test/baseline/store.test.ts')} is not a baseline`)
})

test.each(['', 'file:', 'baseline.json', 's3://bucket/x', 'branch:baselines', 'File:x'])(
  '"%s" names no store',
  (text) => {
    const error = (() => {
      try {
        return openStore(text, '/')
      } catch (thrown) {
        return thrown
      }
    })() as LoadgateError
    expect(error).toBeInstanceOf(LoadgateError)
    expect([error.kind, error.hint]).toEqual(['usage', expect.stringMatching(/file:PATH.*none/)])
  },
)
