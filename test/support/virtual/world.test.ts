// What the virtual world promises to those who simulate in it.
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Bucket } from './bucket.ts'
import { Machine } from './machine.ts'
import { Network } from './network.ts'
import { World } from './world.ts'

test('things happen in the order of their moments, and of their asking where these are equal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ moment: fc.nat({ max: 20 }), taken: fc.boolean() })), async (given) => {
      const world = new World(1)
      const seen: (readonly [number, number])[] = []
      const backs = given.map(({ moment }, asked) => world.at(moment, () => void seen.push([world.now, asked])))
      given.forEach(({ taken }, asked) => {
        if (taken) backs[asked]!()
      })
      await world.run()
      const due = given.flatMap(({ moment, taken }, asked) => (taken ? [] : [[moment, asked] as const]))
      expect(seen).toEqual(due.sort(([a, x], [b, y]) => a - b || x - y))
    }),
  )
})

test('the same seed gives the same world, another one another', async () => {
  const trace = async (seed: number) => {
    const { world, bucket, machine } = small(seed, 0.2)
    const seen: unknown[] = []
    const objects = bucket.objectsOf(machine)
    for (let n = 0; n < 20; n++)
      void objects.put(`k${n}`, 'x').then(
        () => seen.push([n, world.now]),
        () => seen.push([n, 'lost']),
      )
    await world.run()
    return seen
  }
  expect(await trace(5)).toEqual(await trace(5))
  expect(await trace(5)).not.toEqual(await trace(6))
})

test('a machine that is killed neither goes on nor sends, and a sleep ends early by its signal alone', async () => {
  const { world, bucket, machine } = small()
  const seen: string[] = []
  const stop = new AbortController()
  void machine.time.sleep(100, stop.signal).catch((reason) => seen.push(String(reason)))
  void machine.time.sleep(1_000).then(() => seen.push('awake'))
  void machine.time.sleep(200).then(() => bucket.objectsOf(machine).put('key', 'late'))
  world.at(50, () => stop.abort('stopped'))
  world.at(199, () => machine.kill())
  await world.run()
  expect(seen).toEqual(['stopped'])
  expect(bucket.writes.calls).toBe(0)
})

test('clocks are off by their skew, and run apart by their drift', async () => {
  const world = new World(1)
  const right = new Machine(world, 'right')
  const wrong = new Machine(world, 'wrong', { skew: 5_000, drift: 0.01 })
  await world.run({ until: 100_000 })
  expect(wrong.time.epoch() - right.time.epoch()).toBeCloseTo(6_000)
  expect(wrong.time.now()).toBeCloseTo(101_000)
  expect(wrong.worldTimeOf(wrong.time.epoch() + 1_010)).toBeCloseTo(101_000)
})

test('who is parted from the bucket gets no answer, until that is healed', async () => {
  const { world, network, bucket, machine } = small()
  bucket.storage.put('key', 'there', false)
  const url = bucket.sign('GET', 'key')
  const ask = () =>
    bucket
      .mailOf(machine)
      .get(url, 100, 2_000)
      .then(
        ({ status }) => status,
        () => 'none',
      )
  const heal = network.part(machine.name, 'bucket')
  const first = ask()
  await world.run()
  heal()
  const second = ask()
  await world.run()
  network.part('*', 'bucket')
  const third = ask()
  await world.run()
  expect(await Promise.all([first, second, third])).toEqual(['none', 'ok', 'none'])
})

test('addresses are good for what they are signed for, until they expire', async () => {
  const { world, bucket, machine } = small()
  const mail = bucket.mailOf(machine)
  const write = bucket.sign('PUT', 'key', { once: true, expiresIn: 10_000 })
  const put = (url: string, once: boolean) => mail.put(url, 'x', { once, deadline: 1_000 })
  const all = [put(write, false), put(`${write}1`, true), put(bucket.sign('GET', 'key'), true), put(write, true)]
  await world.run()
  const again = put(write, true)
  await world.run({ until: 11_000 })
  const late = put(write, true)
  const read = mail.get(bucket.sign('GET', 'key'), 100, 1_000)
  await world.run()
  expect(await Promise.all([...all, again, late])).toEqual(['denied', 'denied', 'denied', 'done', 'taken', 'denied'])
  expect((await read).body.toString()).toBe('x')
})

test('exactly one of many gets what is written once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 10 }), async (seed, many) => {
      const { world, bucket, machine } = small(seed)
      const url = bucket.sign('PUT', 'key', { once: true })
      const mail = bucket.mailOf(machine)
      const put = (n: number) => mail.put(url, `${n}`, { once: true, deadline: 1_000 })
      const answers = Promise.all(Array.from({ length: many }, (_, n) => put(n)))
      await world.run()
      const done = (await answers).flatMap((answer, n) => (answer === 'done' ? [`${n}`] : []))
      expect(done).toEqual([bucket.storage.get('key').body.toString()])
    }),
  )
})

test('a mute bucket does what it does not say, a deaf one does nothing', async () => {
  const { world, bucket, machine } = small()
  const mail = bucket.mailOf(machine)
  for (const [key, there] of [
    ['mute', 200],
    ['deaf', 404],
  ] as const) {
    bucket.faultOf = () => ({ kind: key })
    const put = mail.put(bucket.sign('PUT', key), 'x', { once: false, deadline: 1_000 }).catch(() => 'failed')
    await world.run()
    expect(await put).toBe('failed')
    expect(bucket.storage.get(key).status).toBe(there)
  }
})

function small(seed = 1, loss = 0) {
  const world = new World(seed)
  const network = new Network(world, { loss })
  return { world, network, bucket: new Bucket(world, network), machine: new Machine(world, 'machine') }
}
