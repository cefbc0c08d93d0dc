import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { type LinkCount, linkCounts, linkUse } from '../../../src/engine/health/network-links.ts'

const folder = mkdtempSync(join(tmpdir(), 'loadgate-net-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As /sys/class/net has them. */
function link(name: string, { speed = '1000', device = true }: { speed?: string; device?: boolean } = {}): void {
  mkdirSync(join(folder, name, 'statistics'), { recursive: true })
  if (device) mkdirSync(join(folder, name, 'device'))
  if (speed) writeFileSync(join(folder, name, 'speed'), `${speed}\n`)
  writeFileSync(join(folder, name, 'statistics', 'rx_bytes'), '7000\n')
  writeFileSync(join(folder, name, 'statistics', 'tx_bytes'), '300\n')
}

test('only links of a device that tell their speed', () => {
  link('eth0')
  link('eth1', { speed: '-1' })
  link('eth2', { speed: '' })
  link('docker0', { speed: '10000', device: false })
  link('lo', { speed: '', device: false })
  expect(linkCounts(folder)).toEqual([{ name: 'eth0', perSecond: 125_000_000, received: 7_000, sent: 300 }])
  expect(linkCounts(join(folder, 'none'))).toEqual([])
})

test('the fullest link in its fuller direction', () => {
  const at = (name: string, received: number, sent: number): LinkCount => ({ name, perSecond: 1_000, received, sent })
  const before = [at('a', 100, 100), at('b', 0, 0)]
  expect(linkUse(before, [at('a', 300, 1_100), at('b', 400, 0)], 2_000)).toBe(0.5)
  expect(linkUse(before, [at('a', 900, 200), at('c', 9_000, 0)], 1_000)).toBe(0.8)
  // Counted anew after it was unplugged.
  expect(linkUse(before, [at('a', 0, 0)], 1_000)).toBe(0)
  expect(linkUse([], [], 1_000)).toBeUndefined()
})
