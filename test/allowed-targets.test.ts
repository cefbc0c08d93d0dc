import { expect, test } from '@jest/globals'
import {
  type AllowedTargets,
  hostOf,
  placeOf,
  readListedTarget,
  refuseAddress,
  refuseHost,
  writtenTarget,
} from '../src/allowed-targets.ts'

const listed = (...texts: string[]) => texts.map((text) => readListedTarget(text)!)
const rules = (written: readonly string[], ...texts: string[]): AllowedTargets => ({
  written,
  listed: listed(...texts),
})
const NOBODY = rules([])

// --- how the cloud's own address can be written -------------------------------------------------------------------------

/** All of them 169.254.169.254, or fd00:ec2::254, to one reader or another. */
const METADATA = [
  '169.254.169.254',
  '169.254.169.254.',
  '169.254.43518',
  '169.16689662',
  '2852039166',
  '0xa9fea9fe',
  '0xA9.0xFE.0xA9.0xFE',
  '0xa9.254.0xa9fe',
  '0251.0376.0251.0376',
  '0251.254.0xa9.254',
  '025177524776',
  '169。254。169。254',
  '169.254.169.254',
  '①⑥⑨.②⑤④.①⑥⑨.②⑤④',
  '%31%36%39.254.169.254',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[0000:0000:0000:0000:0000:FFFF:169.254.169.254]',
  '[::169.254.169.254]',
  '[::a9fe:a9fe]',
  '[64:ff9b::169.254.169.254]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::]',
  '[fd00:ec2::254]',
  '[fd00:0ec2:0:0:0:0:0:254]',
  '[FD00:EC2::254]',
]

test.each(METADATA)('http://%s/ is refused, allowed by nobody', (host) => {
  expect(refuseHost(NOBODY, placeOf(new URL(`http://${host}/`)))).toEqual(expect.any(String))
})

test.each(METADATA.filter((host) => !host.startsWith('[2002') && !/^\[::(?:169|a9fe)/.test(host)))(
  'http://%s/ is refused even where the profile has it, and allowed by its address alone',
  (host) => {
    const place = placeOf(new URL(`http://${host}/`))
    expect(refuseHost(rules([place.host]), place)).toMatch(/cloud's own services$/)
    expect(refuseHost(rules([], place.host), place)).toBeUndefined()
  },
)

test.each(['user@', 'user:password@', '127.0.0.1:80@', 'shop.example%40'])(
  'what stands before the host does not hide it: %s',
  (before) => {
    const url = URL.parse(`http://${before}169.254.169.254/`)
    expect(url === null || refuseHost(rules(['shop.example', '127.0.0.1']), placeOf(url))).toBeTruthy()
  },
)

// --- names and addresses ------------------------------------------------------------------------------------------------

const PRIVATE = ['10.0.0.5', '172.20.0.2', '192.168.1.1', '100.64.0.1', 'fd12::1', '::ffff:10.0.0.5']
const NEVER = ['169.254.169.254', '169.254.1.1', 'fe80::1', 'fd00:ec2::254', '::ffff:169.254.170.2', '168.63.129.16']

// biome-ignore format: a table
test.each<[what: string, allowed: AllowedTargets, url: string, yes: readonly string[], no: readonly string[]]>([
  ['a name that the profile has', rules(['shop.example']), 'http://shop.example', ['93.184.215.14', '2606:2800::1'], [...PRIVATE, ...NEVER, '127.0.0.1', '::1', '0.0.0.0', '::', '224.0.0.1']],
  ['the same with a dot and in capitals', rules(['shop.example']), 'http://SHOP.example.', ['93.184.215.14'], ['10.0.0.5', '127.0.0.1']],
  ['the same at any port', rules(['shop.example']), 'https://shop.example:8443', ['93.184.215.14'], ['10.0.0.5']],
  ['a name that is listed', rules([], 'shop.internal'), 'http://shop.internal', ['93.184.215.14', '127.0.0.1', '0.0.0.0', ...PRIVATE], NEVER],
  ['a name that is listed with a port', rules([], 'shop.internal:8080'), 'http://shop.internal:8080', PRIVATE, NEVER],
  ['the same at another port', rules([], 'shop.internal:8080'), 'http://shop.internal:8081', [], ['93.184.215.14', ...PRIVATE]],
  ['https has a port, too', rules([], 'shop.internal:443'), 'https://shop.internal', PRIVATE, NEVER],
  ['one label for a star', rules([], '*.preview.example'), 'http://pr-7.preview.example', ['93.184.215.14', ...PRIVATE], NEVER],
  ['not two', rules([], '*.preview.example'), 'http://a.pr-7.preview.example', [], ['93.184.215.14']],
  ['nor none', rules([], '*.preview.example'), 'http://preview.example', [], ['93.184.215.14']],
  ['nor what only ends so', rules([], '*.preview.example'), 'http://pr-7.evilpreview.example', [], ['93.184.215.14']],
  ['two stars for two', rules([], '*.*.preview.example'), 'http://a.pr-7.preview.example', ['93.184.215.14'], NEVER],
  ['a name that leads into a listed network', rules([], '10.0.0.0/8'), 'http://anything.example', ['10.0.0.5', '::ffff:10.9.9.9'], ['11.0.0.1', '127.0.0.1', '93.184.215.14', '169.254.169.254']],
  ['a written name that does', rules(['shop.internal'], '10.0.0.0/8'), 'http://shop.internal', ['10.0.0.5', '93.184.215.14'], ['192.168.0.1', ...NEVER]],
  ['what is listed by its address, whatever it is', rules([], '169.254.169.254', 'fe80::/10'), 'http://x.example', ['169.254.169.254', '::ffff:a9fe:a9fe', 'fe80::1%lo'], ['169.254.169.253', '10.0.0.5']],
  ['an address that the profile has', rules(['10.0.0.5']), 'http://10.0.0.5', ['10.0.0.5'], []],
  ['an address that only another name leads to', rules(['shop.example']), 'http://10.0.0.5', [], ['10.0.0.5']],
  ['localhost', NOBODY, 'http://localhost:1', ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'], ['93.184.215.14', '10.0.0.5', '169.254.169.254']],
  ['a name below it', NOBODY, 'http://shop.localhost:1', ['127.0.0.1', '::1'], ['93.184.215.14', '10.0.0.5']],
  ['an address of this machine', NOBODY, 'http://127.0.0.7', ['127.0.0.7'], []],
  ['the same in another way', NOBODY, 'http://0x7f.7', ['127.0.0.7'], []],
  ['the same as IPv6', NOBODY, 'http://[::ffff:127.0.0.7]', ['::ffff:127.0.0.7'], []],
  ['what only begins like one', NOBODY, 'http://127.0.0.1.example', [], ['127.0.0.1', '93.184.215.14']],
  ['what only ends like it', NOBODY, 'http://notlocalhost', [], ['127.0.0.1', '93.184.215.14']],
  ['nothing allowed', NOBODY, 'http://shop.example', [], ['93.184.215.14', '127.0.0.1', ...PRIVATE, ...NEVER]],
])('%s', (_, allowed, url, yes, no) => {
  const place = placeOf(new URL(url))
  expect(yes.map((address) => refuseAddress(allowed, place, address))).toEqual(yes.map(() => undefined))
  expect(no.filter((address) => refuseAddress(allowed, place, address) === undefined)).toEqual([])
})

test.each([
  [NOBODY, 'http://shop.example', 'shop.example is not allowed'],
  [rules(['shop.example']), 'http://shop.example', undefined],
  [rules(['xn--bcher-kva.example']), 'http://bücher.example', undefined],
  [rules([], 'bücher.example'), 'http://xn--bcher-kva.example', undefined],
  [rules([], 'other.example:8080'), 'http://shop.example:8080', 'shop.example is not allowed'],
  [rules([], '10.0.0.0/8'), 'http://shop.example', undefined],
  [NOBODY, 'http://10.0.0.5', '10.0.0.5 is not allowed'],
  [NOBODY, 'http://localhost', undefined],
  [NOBODY, 'http://[::1]:8080', undefined],
])('before a name is resolved: %j of %s', (allowed, url, refused) => {
  expect(refuseHost(allowed, placeOf(new URL(url)))).toBe(refused)
})

test('a refusal says where the name has led', () => {
  const place = placeOf(new URL('http://shop.example'))
  expect(refuseAddress(rules(['shop.example']), place, '10.0.0.5')).toBe(
    'shop.example leads to 10.0.0.5, a private address',
  )
  expect(refuseAddress(rules(['shop.example']), place, '127.0.0.1')).toMatch(/this machine itself$/)
})

// --- an allow list ------------------------------------------------------------------------------------------------------

test.each([
  ['shop.example', { host: 'shop.example', port: undefined }],
  ['SHOP.Example.', { host: 'shop.example', port: undefined }],
  ['shop.example:8443', { host: 'shop.example', port: 8443 }],
  ['localhost', { host: 'localhost', port: undefined }],
  ['*.preview.example:443', { host: '*.preview.example', port: 443 }],
  ['*.bücher.example', { host: '*.xn--bcher-kva.example', port: undefined }],
  ['10.0.0.5', { network: { octets: [10, 0, 0, 5], bits: 32 }, port: undefined }],
  ['10.0.0.5:80', { network: { octets: [10, 0, 0, 5], bits: 32 }, port: 80 }],
  ['0x0a.5', { network: { octets: [10, 0, 0, 5], bits: 32 }, port: undefined }],
  ['10.0.0.0/8', { network: { octets: [10, 0, 0, 0], bits: 8 }, port: undefined }],
  ['fd00::/8', { network: { octets: [0xfd, ...Array(15).fill(0)], bits: 8 }, port: undefined }],
  ['::1', { network: { octets: [...Array(15).fill(0), 1], bits: 128 }, port: undefined }],
  ['[::1]:8080', { network: { octets: [...Array(15).fill(0), 1], bits: 128 }, port: 8080 }],
])('%s is read', (text, target) => {
  expect(readListedTarget(text)).toEqual(target)
})

test.each([
  ...['shop.example', 'shop.example:8443', '*.preview.example:443', '10.0.0.5', '10.0.0.5:80', '10.0.0.0/8'],
  ...['fd00::/8', '::/0', '2001:db8::1', '::1', '[::1]:8080'],
])('%s is written as it is read', (text) => {
  expect(writtenTarget(readListedTarget(text)!)).toBe(text)
})

test.each([
  '*',
  '*.example',
  '**.shop.example',
  'a.*.example',
  'shop*.example',
  '*.10.0.0.1',
  'http://shop.example',
  'shop.example/',
  'shop.example/path',
  'user@shop.example',
  'shop.example?',
  'shop.example#',
  'shop\\example',
  'shop.example:',
  'shop.example:0',
  'shop.example:65536',
  'shop.example:080',
  '10.0.0.1/8',
  '10.0.0.0/8:80',
  '[10.0.0.1]',
  '[fd00::/8]',
  '[::1',
  '::1:99999:1',
  'a b',
  '%31',
  '',
])('"%s" is not', (text) => {
  expect(readListedTarget(text)).toBeUndefined()
})

test('one way to write each host', () => {
  for (const url of ['http://shop.example', 'http://SHOP.example.:80/', 'http://shop。example/'])
    expect(hostOf(new URL(url))).toBe('shop.example')
  expect(placeOf(new URL('https://[::1]/'))).toEqual({ host: '::1', port: 443 })
})
