// Sources of each format, made by chance from what each format can hold. What stands for a request, a header or a body has a
// mark in it that stands nowhere else, so that anybody can see whether it is in a profile.
import { hostileStrings } from '../support/hostile-strings.ts'

export interface RandomSource {
  readonly text: string
  readonly requests: readonly string[]
  readonly headers: readonly string[]
  readonly bodies: readonly string[]
}

export class Chance {
  #state: number
  constructor(seed: number) {
    this.#state = seed * 2_654_435_761
  }

  /** Below `most`. */
  number(most: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * most)
  }

  is(percent: number): boolean {
    return this.number(100) < percent
  }

  of<T>(all: readonly T[]): T {
    return all[this.number(all.length)]!
  }

  times<T>(most: number, make: (n: number) => T): readonly T[] {
    return Array.from({ length: this.number(most + 1) }, (_, n) => make(n))
  }
}

const ODD = hostileStrings(40, 11)
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'LOCK']
const SITE = 'https://shop.example'

/** Marks in the order in which they are asked for, and what surrounds them. */
class Marks {
  readonly requests: string[] = []
  readonly headers: string[] = []
  readonly bodies: string[] = []
  readonly chance: Chance
  constructor(chance: Chance) {
    this.chance = chance
  }

  mark(kind: 'requests' | 'headers' | 'bodies'): string {
    const mark = `${kind[0]}q${this[kind].length}z`
    this[kind].push(mark)
    return mark
  }

  /** Now and then with something behind it that few would write. */
  text(kind: 'headers' | 'bodies'): string {
    return this.mark(kind) + (this.chance.is(12) ? this.chance.of(ODD) : '')
  }

  headerName(): string {
    return this.chance.of(['x-one', 'X-Two', 'x-three', 'x-four', 'X-One', 'accept', 'x five', 'connection', 'te'])
  }

  source(text: string): RandomSource {
    return { text, requests: this.requests, headers: this.headers, bodies: this.bodies }
  }
}

export function randomPostman(seed: number): RandomSource {
  const chance = new Chance(seed)
  const marks = new Marks(chance)
  const body = () => {
    const text = marks.text('bodies')
    return chance.of<object>([
      { mode: 'raw', raw: JSON.stringify({ text }), options: { raw: { language: 'json' } } },
      { mode: 'raw', raw: text },
      {
        mode: 'urlencoded',
        urlencoded: [{ key: 'a', value: text }, ...chance.times(2, () => ({ key: 'a', value: '2' }))],
      },
      {
        mode: 'formdata',
        formdata: [
          { key: 'a', value: text },
          { key: 'f', type: 'file', src: ['x.bin', 'y.bin'] },
        ],
      },
      { mode: 'graphql', graphql: { query: `query { ${text} }`, variables: chance.of(['', '{"a":1}', '{']) } },
      { mode: 'odd', odd: text },
    ])
  }
  const request = () => ({
    name: chance.of(['buy', 'look', ...ODD]),
    request: {
      method: chance.of(METHODS),
      url: `${chance.is(90) ? SITE : 'https://other.example'}/${marks.mark('requests')}${chance.of(['', '?a=1', '?a=1&a=2', '?b={{nobody}}'])}`,
      header: chance.times(3, () => ({
        key: marks.headerName(),
        value: marks.text('headers'),
        disabled: chance.is(10),
      })),
      ...(chance.is(40) ? { body: body() } : {}),
    },
  })
  const items = (depth: number): readonly object[] =>
    chance.times(4, () =>
      depth > 0 && chance.is(30) ? { name: chance.of(['folder', ...ODD]), item: items(depth - 1) } : request(),
    )
  const item = [{ name: 'sound', request: `${SITE}/${marks.mark('requests')}` }, ...items(3)]
  return marks.source(JSON.stringify({ info: { name: chance.of(['shop', ...ODD]) }, item }))
}

export function randomOpenApi(seed: number): RandomSource {
  const chance = new Chance(seed)
  const marks = new Marks(chance)
  const shown = (text: string) =>
    chance.of<object>([{ example: text }, { schema: { default: text } }, { schema: { enum: [text] } }])
  const parameter = (n: number) => {
    const isHeader = chance.is(60)
    const name = isHeader ? `x-${marks.headers.length}` : `q${chance.number(3)}`
    return {
      in: isHeader ? 'header' : chance.of(['query', 'cookie']),
      name: isHeader && n === 0 && chance.is(30) ? 'Authorization' : name,
      required: chance.is(50),
      ...shown(isHeader ? marks.text('headers') : 'plain'),
    }
  }
  const body = () => {
    const text = marks.text('bodies')
    const binary = { type: 'string', format: 'binary' }
    return {
      required: chance.is(50),
      content: chance.of<object>([
        { 'application/json': { example: { text } } },
        { 'application/x-www-form-urlencoded': { schema: { properties: { text: { const: text } } } } },
        { 'text/plain': { example: text } },
        { 'multipart/form-data': { schema: { properties: { text: { const: text }, file: binary } } } },
        { 'application/odd': { example: text } },
        { $ref: 'elsewhere.yaml' },
      ]),
    }
  }
  const operation = () => ({
    parameters: chance.times(4, parameter),
    ...(chance.is(40) ? { requestBody: body() } : {}),
  })
  const paths = Object.fromEntries(
    chance.times(8, () => [
      `/${marks.mark('requests')}`,
      { [chance.of(METHODS.slice(0, -1)).toLowerCase()]: operation() },
    ]),
  )
  const sound = { [`/${marks.mark('requests')}`]: { get: {} } }
  return marks.source(
    JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'shop' },
      servers: [{ url: SITE }],
      paths: { ...sound, ...paths },
    }),
  )
}

export function randomHar(seed: number): RandomSource {
  const chance = new Chance(seed)
  const marks = new Marks(chance)
  const entry = (n: number) => {
    const text = chance.is(30) ? marks.text('bodies') : undefined
    return {
      startedDateTime: new Date(1_770_000_000_000 + n * 1_000).toISOString(),
      time: 20,
      request: {
        method: text === undefined ? chance.of(METHODS) : chance.of(['POST', 'PUT', 'PATCH', 'GET']),
        url: `${chance.is(90) ? SITE : 'https://other.example'}/${marks.mark('requests')}`,
        headers: chance.times(3, () => ({ name: marks.headerName(), value: marks.text('headers') })),
        ...(text === undefined
          ? {}
          : {
              postData: chance.of([
                { mimeType: 'application/json', text: JSON.stringify({ text }) },
                { mimeType: 'text/plain', text },
              ]),
            }),
      },
      response: { status: chance.of([200, 200, 200, 404, 0, 101]), headers: [], content: {} },
    }
  }
  const sound = {
    startedDateTime: new Date(1_770_000_000_000).toISOString(),
    time: 20,
    request: { method: 'GET', url: `${SITE}/${marks.mark('requests')}`, headers: [] },
    response: { status: 200, headers: [], content: {} },
  }
  const entries = [sound, ...chance.times(8, (n) => entry(n + 1))]
  return marks.source(JSON.stringify({ log: { entries } }))
}

const xml = (text: string) =>
  text
    .replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, '')
    .replace(/[<>&"'\n\r\t]/g, (character) => `&#${character.charCodeAt(0)};`)
const prop = (name: string, value: string) => `<stringProp name="${name}">${xml(value)}</stringProp>`
const element = (tag: string, { props = '', below = '', enabled = true }) =>
  `<${tag} testname="${tag}" enabled="${enabled}">${props}</${tag}><hashTree>${below}</hashTree>`

export function randomJmx(seed: number): RandomSource {
  const chance = new Chance(seed)
  const marks = new Marks(chance)
  const manager = () => {
    const headers = chance.times(3, () => {
      return `<elementProp name="">${prop('Header.name', marks.headerName())}${prop('Header.value', marks.text('headers'))}</elementProp>`
    })
    const props = `<collectionProp name="HeaderManager.headers">${headers.join('')}</collectionProp>`
    return element('HeaderManager', { props, enabled: chance.is(90) })
  }
  const argument = (name: string, value: string) =>
    `<elementProp name="${name}">${prop('Argument.name', name)}${prop('Argument.value', value)}<boolProp name="HTTPArgument.always_encode">true</boolProp></elementProp>`
  const payload = () => {
    const text = marks.text('bodies')
    const given = chance.of([argument('', text), argument('a', text), argument('a', text) + argument('a', '2')])
    const raw = given.startsWith('<elementProp name=""')
    return `<boolProp name="HTTPSampler.postBodyRaw">${raw}</boolProp><elementProp name="HTTPsampler.Arguments"><collectionProp name="Arguments.arguments">${given}</collectionProp></elementProp>`
  }
  const sampler = () => {
    const path = `/${marks.mark('requests')}${chance.of(['', '?a=1', '/${nobody}', '/a b', '/${mode}'])}`
    const isBodied = chance.is(40)
    const method = isBodied ? chance.of(['POST', 'PUT', 'PATCH']) : chance.of(METHODS)
    const host = chance.is(90) ? 'shop.example' : 'other.example'
    const props = `${prop('HTTPSampler.domain', host)}${prop('HTTPSampler.protocol', 'https')}${prop('HTTPSampler.path', path)}${prop('HTTPSampler.method', method)}${isBodied ? payload() : ''}`
    return element('HTTPSamplerProxy', { props, enabled: chance.is(90), below: chance.is(30) ? manager() : '' })
  }
  const controllers: readonly (readonly [tag: string, props: () => string])[] = [
    ['GenericController', () => ''],
    ['LoopController', () => prop('LoopController.loops', chance.of(['0', '1', '3', '200', '-1', 'x', '${mode}']))],
    ['OnceOnlyController', () => ''],
    [
      'IfController',
      () =>
        prop(
          'IfController.condition',
          chance.of(['true', 'false', '"${mode}" == "full"', 'x > 1', '"${nobody}"=="1"']),
        ),
    ],
    [
      'ThroughputController',
      () =>
        prop('ThroughputController.style', chance.of(['0', '1'])) +
        prop(
          'ThroughputController.percentThroughput',
          chance.of(['0', '0.00000000001', '30', '33.3', '100', '250', '-1']),
        ),
    ],
    ['RandomController', () => ''],
    ['InterleaveControl', () => ''],
    ['RandomOrderController', () => ''],
    ['WhileController', () => ''],
  ]
  const inside = (depth: number): string =>
    chance
      .times(4, () => {
        if (chance.is(20)) return manager()
        if (depth === 0 || chance.is(50)) return sampler()
        const [tag, props] = chance.of(controllers)
        return element(tag, { props: props(), below: inside(depth - 1), enabled: chance.is(95) })
      })
      .join('')
  const sound = () =>
    `<HTTPSamplerProxy testname="sound">${prop('HTTPSampler.domain', 'shop.example')}${prop('HTTPSampler.protocol', 'https')}${prop('HTTPSampler.path', `/${marks.mark('requests')}`)}</HTTPSamplerProxy><hashTree/>`
  const group = (first = '') =>
    element('ThreadGroup', { props: prop('ThreadGroup.num_threads', '3'), below: first + inside(6) })
  const constants = `<Arguments testname="v"><collectionProp name="Arguments.arguments"><elementProp name="">${prop('Argument.name', 'mode')}${prop('Argument.value', 'full')}</elementProp></collectionProp></Arguments><hashTree/>`
  const plan = element('TestPlan', {
    below: constants + group(chance.is(70) ? sound() : '') + element('ThreadGroup', { below: sound() }),
  })
  return marks.source(
    `<jmeterTestPlan jmeter="${chance.of(['2.13', '5.6'])}"><hashTree>${plan}</hashTree></jmeterTestPlan>`,
  )
}
