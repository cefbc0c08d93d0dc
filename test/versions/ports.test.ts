import { createServer } from 'node:net'
import { expect, test } from '@jest/globals'
import { freePorts } from '../../src/versions/ports.ts'

test('two ports that nobody listens on, out of the way of outgoing connections', async () => {
  for (let round = 0; round < 20; round++) {
    const [one, other] = await freePorts()
    expect(one).not.toBe(other)
    for (const port of [one, other]) {
      expect(port).toBeGreaterThanOrEqual(20_000)
      expect(port).toBeLessThan(32_000)
    }
  }
})

test('ports stay while they are free; one that is taken gives way', async () => {
  const ports = await freePorts()
  expect(await freePorts(ports)).toEqual(ports)
  const [one, other] = ports
  for (const host of ['127.0.0.1', undefined]) {
    const stranger = createServer().listen(one, host)
    await new Promise((resolve) => stranger.once('listening', resolve))
    try {
      const [instead, same] = await freePorts(ports)
      expect(instead).not.toBe(one)
      expect(same).toBe(other)
    } finally {
      await new Promise((resolve) => stranger.close(resolve))
    }
  }
  // Never the same port for both.
  const [twice, another] = await freePorts([one, one])
  expect(twice).toBe(one)
  expect(another).not.toBe(one)
})
