// Controllers of a plan as blocks of a profile, where they mean the same.
import { expect, test } from '@jest/globals'
import { conditionOf } from '../../src/import/jmx/condition.ts'
import { csvRows, plainCsv } from '../../src/import/jmx/csv-rows.ts'
import { withOneGroup } from '../../src/import/regex.ts'
import { imported, leftOut } from './imported.ts'

const text = (name: string, value: string) => `<stringProp name="${name}">${value}</stringProp>`
const element = (tag: string, props: string, below: string) =>
  `<${tag} testname="${tag}">${props}</${tag}><hashTree>${below}</hashTree>`
const get = (name: string, below = '') =>
  `<HTTPSamplerProxy testname="${name}">${text('HTTPSampler.path', `/${name}`)}</HTTPSamplerProxy><hashTree>${below}</hashTree>`
const timer = (ms: number) => element('ConstantTimer', text('ConstantTimer.delay', String(ms)), '')
const role = element(
  'RegexExtractor',
  text('RegexExtractor.refname', 'role') + text('RegexExtractor.regex', 'role=(\\w+)'),
  '',
)
const loop = (times: number, below: string) =>
  element('LoopController', text('LoopController.loops', String(times)), below)
const share = (percent: number, below: string) =>
  element(
    'ThroughputController',
    text('ThroughputController.style', '1') + text('ThroughputController.percentThroughput', String(percent)),
    below,
  )
const when = (condition: string, below: string) =>
  element(
    'IfController',
    text('IfController.condition', condition.replaceAll('"', '&quot;').replaceAll('&&', '&amp;&amp;')),
    below,
  )

function made(inner: string) {
  const group = element('ThreadGroup', text('ThreadGroup.num_threads', '8'), inner)
  const constants = `<Arguments testname="v"><collectionProp name="Arguments.arguments"><elementProp name="p">${text('Argument.name', 'mode')}${text('Argument.value', 'full')}</elementProp></collectionProp></Arguments><hashTree/>`
  const plan = element('TestPlan', '', constants + group)
  const { profile, ...rest } = imported('jmx', {
    file: 'p.jmx',
    text: `<jmeterTestPlan><hashTree>${plan}</hashTree></jmeterTestPlan>`,
  })
  return { ...rest, profile, scenarios: profile.slice(profile.indexOf('\nscenarios:\n')) }
}

test.each([
  ['a loop of several', loop(3, get('a') + get('b')), '      - repeat: 3\n        steps:\n          - get: /a'],
  ['a loop of one', loop(3, get('a')), '      - get: /a\n        name: a\n        repeat: 3\n'],
  [
    'a loop of one with its pause',
    loop(3, timer(5) + get('a')),
    '      - think: 5ms\n      - get: /a\n        name: a\n        repeat: 3\n        between: 5ms\n',
  ],
  [
    'a loop in a loop',
    loop(2, get('a') + loop(4, get('b') + get('c'))),
    '      - repeat: 2\n        steps:\n          - get: /a\n            name: a\n          - repeat: 4\n            steps:\n              - get: /b',
  ],
  [
    'a share with its pauses',
    get('z') + share(25, timer(5) + get('a')),
    '      - chance: 25 %\n        steps:\n          - think: 5ms\n          - get: /a',
  ],
  ['all of them', share(100, get('a')), '      - get: /a\n        name: a\n'],
  [
    'a condition',
    get('z', role) + when('"${role}" == "admin"', get('a') + get('b')),
    '      - when: { role: admin }\n        steps:\n          - get: /a',
  ],
  ['a condition that is always so', when('"${mode}" == "full"', get('a')), '      - get: /a\n        name: a\n'],
])('%s', (_, inner, written) => {
  const { scenarios, account } = made(inner)
  expect(scenarios).toContain(written)
  expect(account.left).toEqual([])
})

test('what is never sent, and what nobody can tell, is in the list', () => {
  const { account } = made(
    get('z') + loop(0, get('a')) + share(0, get('b')) + when('"${mode}"=="x"', get('c')) + when('${n} > 3', get('d')),
  )
  expect(leftOut(account, 'request').map((line) => line.replace(/^.* \/ /, ''))).toEqual([
    'a": never sent',
    'b": never sent',
    'c": never sent',
    'd": below "IfController" (IfController)',
  ])
})

test('a group of shares alone is a scenario for each, in the same proportions', () => {
  const { read } = made(share(30, get('a')) + share(70, get('b') + get('c')))
  expect(read.scenarios.map(({ name, weight, steps }) => [name, weight, steps.length])).toEqual([
    ['ThreadGroup > a', 2.4, 1],
    ['ThreadGroup > b', 5.6, 2],
  ])
})

test('one of several has its share beside others, and is in the list', () => {
  const { scenarios, account } = made(get('z') + element('RandomController', '', get('a') + get('b')))
  expect(scenarios).toMatch(/name: a\n {8}chance: 1 in 2\n[\s\S]*name: b\n {8}chance: 1 in 2\n/)
  expect(leftOut(account, 'element')).toEqual([
    'RandomController "TestPlan / ThreadGroup / RandomController": sending one of several by chance',
  ])
})

test.each(['RandomController', 'InterleaveControl'])('a pause that is a choice of a %s is in the list', (tag) => {
  const pause = (name: string) =>
    `<TestAction testname="${name}">${text('ActionProcessor.action', '1')}${text('ActionProcessor.duration', '2000')}</TestAction><hashTree/>`
  const choices = get('a') + get('b') + pause('wait') + element('GenericController', '', pause('rest'))
  const { scenarios, account } = made(get('z') + pause('kept') + element(tag, '', choices))
  expect(scenarios.match(/think: 2s/g)).toHaveLength(1)
  expect(leftOut(account, 'element').filter((line) => line.startsWith('TestAction'))).toEqual([
    expect.stringMatching(/ wait": a pause as one of several$/),
    expect.stringMatching(/ rest": a pause as one of several$/),
  ])
})

const VARIABLES = {
  constants: new Map([['mode', 'full']]),
  columns: new Map([['email', 'accounts.email']]),
  captured: new Map([['user_role', 'userRole']]),
}

test.each([
  ['"${user_role}" == "admin"', { when: { userRole: 'admin' } }],
  ["'admin' === '${user_role}'", { when: { userRole: 'admin' } }],
  ['${user_role} == 7', { when: { userRole: '7' } }],
  ['${__jexl3("${user_role}" == "admin",)}', { when: { userRole: 'admin' } }],
  ['${__groovy(vars.get("user_role") == "admin")}', { when: { userRole: 'admin' } }],
  ['"${user_role}"=="a" || "${user_role}"=="b"', { when: { userRole: ['a', 'b'] } }],
  ['"${mode}"=="full" && "${user_role}"=="a"', { when: { userRole: 'a' } }],
  ['${user_role}', { when: { userRole: 'true' } }],
  ['"${mode}" == "small"', 'never'],
  ['"${email}" == "ada@example.com"', undefined],
  ['"${user_role}" != "admin"', undefined],
  ['"${user_role}"=="a" || "${mode}"=="full"', undefined],
  ['alert("${user_role}" == "admin")', undefined],
])('the condition %s', (condition, means) => {
  expect(conditionOf(condition, VARIABLES)).toEqual(means)
})

test.each([
  [
    'a;b\nc;d e\n',
    ';',
    false,
    [
      ['a', 'b'],
      ['c', 'd e'],
    ],
  ],
  ['a,"b\r\n\n"c",,', ',', false, [['a', '"b'], [''], ['"c"', '', '']]],
  [
    '"a,1","say ""hi"""\r\nx,"two\nlines"',
    ',',
    true,
    [
      ['a,1', 'say "hi"'],
      ['x', 'two\nlines'],
    ],
  ],
  ['a\t"b" c\n', '\t', true, [['a', '"b" c']]],
  ['', ',', true, []],
])('lines of data as JMeter reads them: %j', (content, delimiter, quoted, rows) => {
  expect(csvRows(content, { delimiter, quoted })).toEqual(rows)
})

test.each([
  ['never closed', '"'],
  ['closed in the midst of a value', '"x'],
])('a long value with a quote that is %s is read to the end of the value', (_, end) => {
  const long = 'a'.repeat(20_000_000)
  const opened = end === '"' ? `"${long}` : `"${long}${end}`
  expect(csvRows(`1,${opened}\n2,b`, { delimiter: ',', quoted: true })).toEqual([
    ['1', opened],
    ['2', 'b'],
  ])
})

test('and as they are written', () => {
  expect(plainCsv(['a', 'b'], [['1', 'x,"y"'], ['2'], ['3', '4', '5']])).toBe('a,b\n1,"x,""y"""\n2,\n3,4\n')
  expect(plainCsv(['a'], [[''], ['1']])).toBe('a\n""\n1\n')
})

test.each([
  ['(a|b)=(\\d+)', 2, '(?:a|b)=(\\d+)'],
  ['[(](a)\\((b)', 1, '[(](a)\\((?:b)'],
  ['(?:x)(y)', 1, '(?:x)(y)'],
  ['(a)(b)', 0, '(?:a)(?:b)'],
  ['(a)', 2, undefined],
])('%s with its group %d alone', (regex, group, alone) => {
  expect(withOneGroup(regex, group)).toBe(alone)
})

const extractor = (tag: string, fields: Readonly<Record<string, string>>) =>
  element(
    tag,
    Object.entries(fields)
      .map(([name, value]) => text(`${tag}.${name}`, value))
      .join(''),
    '',
  )

test.each([
  [
    'HtmlExtractor',
    { refname: 'csrf', expr: 'input[name=csrf]', attribute: 'value' },
    'csrf: { html: "input[name=csrf]", attribute: value }',
  ],
  [
    'XPathExtractor',
    { refname: 'csrf', xpathQuery: "//meta[@name='csrf-token']/@content" },
    `csrf: { html: "meta[name='csrf-token']", attribute: content }`,
  ],
  ['HtmlExtractor', { refname: 'csrf', expr: 'form input', attribute: 'value' }, undefined],
  ['XPathExtractor', { refname: 'csrf', xpathQuery: 'count(//a)' }, undefined],
])('%s as a capture: %j', (tag, fields, capture) => {
  const { profile, account } = made(get('z', extractor(tag, fields)))
  if (capture === undefined) expect(leftOut(account, 'element')).toHaveLength(1)
  else expect([profile, account.left]).toEqual([expect.stringContaining(capture), []])
})
