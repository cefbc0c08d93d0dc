import type { CallPlace } from './functions.ts'
import type { AnySection } from './grammar-steps.ts'
import type { Body, Expect, RequestStep, Template } from './profile.ts'
import { documentContent, readPairs } from './read-body.ts'
import { readCaptures } from './read-captures.ts'
import { readExpect } from './read-expect.ts'
import { FLOW_KEYS, readFlow } from './read-flow.ts'
import { hasFunctions } from './read-functions.ts'
import { readJson, readJsonText } from './read-json.ts'
import { readAddress, readHeaders, schemaPlaces, withQuery } from './read-request.ts'
import { readTemplate } from './read-template.ts'
import { complain, type Reading, unread } from './reading.ts'
import { type Receive, type Talk, talkMethod } from './talk.ts'
import type { Scope } from './template.ts'
import { keysAt, type Path } from './tree.ts'

interface Place {
  readonly path: Path
  readonly scope: Scope
}

const OF_OPENING = ['websocket', 'talk', 'subprotocol', 'name', 'headers', 'query', 'expect', 'capture', 'timeout']
const KEYS: readonly string[] = [...OF_OPENING, ...FLOW_KEYS]

/** RFC 6455 1.3: what the handshake is answered with. What is said behind it has no other. */
const SWITCHING = [{ from: 101, to: 101 }]
const NOTHING: Expect = { status: SWITCHING, json: [], headers: [], body: undefined }

/** The opening of a conversation or its closing; undefined when something is wrong with it, which is then in the log. */
export function readConversation(
  reading: Reading,
  section: AnySection,
  { path, name, scope: given, part }: Place & { readonly name: string; readonly part: Talk['does'] | undefined },
): RequestStep | undefined {
  const common = { kind: 'request', name, headers: [], body: undefined, capture: [], timeout: section.timeout } as const
  if (part === 'close')
    return { ...common, method: talkMethod(part, false), path: [], expect: NOTHING, talk: { does: part } }
  const calls: CallPlace[] = []
  const scope = hasFunctions(reading) ? { ...given, calls } : given
  const sound = hasOnlyItsOwn(reading, section, path)
  const address = readAddress(reading, [...path, 'websocket'], scope)
  const query = readPairs(reading, section.query, [...path, 'query'], scope)
  const headers = readHeaders(reading, section.headers, [...path, 'headers'], scope)
  const expect = readExpect(reading, section.expect, [...path, 'expect'], scope.calls)
  const capture = readCaptures(reading, section.capture, [...path, 'capture'])
  const { subprotocol } = section
  const misnamed = subprotocol === undefined && keysAt(reading.root, path).includes('subprotocol')
  if (!sound || misnamed || !address || !query || !headers || !expect || !capture) return undefined
  return {
    ...common,
    method: talkMethod('open', false),
    path: withQuery(address, query),
    headers,
    expect: { ...expect, status: SWITCHING },
    capture,
    talk: { does: 'open', ...(subprotocol === undefined ? {} : { subprotocol }) },
    ...(calls.length === 0 ? {} : { calls }),
  }
}

/** The answer to a handshake has a status that is known, headers, and no body. */
function hasOnlyItsOwn(reading: Reading, section: AnySection, path: Path): boolean {
  const keys = (...inner: Path) => keysAt(reading.root, [...path, ...inner])
  const refuse = (inner: Path, why: string): false => {
    complain(reading, [...path, ...inner], 'conflict', why, 'head')
    return false
  }
  const odd = keys().filter((key) => !KEYS.includes(key) && key in section)
  const handshake = 'the answer to a handshake is 101 and has headers only'
  const wrong = [
    ...odd.map((key) => refuse([key], `a conversation has no "${key}"; remove it, or say it under "talk"`)),
    ...keys('headers')
      .filter((name) => /^sec-websocket-/i.test(name))
      .map((name) => {
        const instead = /-protocol$/i.test(name) ? 'write "subprotocol" instead' : 'remove it'
        return refuse(['headers', name], `"${name}" is set by the handshake itself; ${instead}`)
      }),
    ...keys('expect')
      .filter((key) => key !== 'headers' && key in (section.expect ?? {}))
      .map((key) => {
        const instead = key === 'status' ? 'remove it' : `expect "${key}" of a message under "talk"`
        return refuse(['expect', key], `${handshake}; ${instead}`)
      }),
    ...keys('capture').flatMap((name) =>
      keys('capture', name)
        .filter((key) => ['json', 'regex', 'html'].includes(key))
        .map((key) => refuse(['capture', name, key], `${handshake}; capture it of a message under "talk"`)),
    ),
  ]
  return wrong.length === 0
}

/** A message that is sent, waited for, or both; undefined when something is wrong with it, which is then in the log. */
export function readSaid(
  reading: Reading,
  section: AnySection,
  { path, name, scope: given }: Place & { readonly name: string | undefined },
): RequestStep | undefined {
  const calls: CallPlace[] = []
  const scope = hasFunctions(reading) ? { ...given, calls } : given
  const keys = keysAt(reading.root, path)
  const [sends, receives] = [keys.includes('send'), keys.includes('receive')]
  if (!sends && !receives) {
    // An unknown key is most likely the one, misspelt, and reported already.
    if (keys.every((key) => key in section))
      complain(reading, path, 'missing-key', 'say "send", "receive", both, "think" or "steps"', 'head')
    return undefined
  }
  const content = sends ? readMessage(reading, section, { path: [...path, 'send'], scope }) : undefined
  const receive = receives ? readReceive(reading, section, { path: [...path, 'receive'], scope }) : undefined
  const stray = ['expect', 'capture'].find((key) => !receives && keys.includes(key))
  if (stray !== undefined)
    complain(
      reading,
      [...path, stray],
      'conflict',
      `"${stray}" is of a message that is waited for; add "receive"`,
      'head',
    )
  const expect = readExpect(reading, section.expect, [...path, 'expect'], scope.calls)
  const capture = readCaptures(reading, section.capture, [...path, 'capture'])
  const flow = readFlow(reading, section, { path, scope })
  if (name === undefined || stray !== undefined || !expect || !capture || flow === 'broken') return undefined
  if ((sends && !content) || (receives && !receive)) return undefined
  const body: Body | undefined = content && { type: undefined, content }
  return {
    kind: 'request',
    name,
    method: talkMethod('say', sends),
    path: [],
    headers: [],
    body,
    expect: { ...expect, status: SWITCHING },
    capture,
    timeout: section.receive?.within,
    talk: { does: 'say', ...(receive === undefined ? {} : { receive }) },
    ...(flow === undefined ? {} : { flow }),
    ...(calls.length === 0 ? {} : { calls }),
    ...schemaPlaces(reading, expect, [...path, 'expect', 'schema']),
  }
}

function readMessage(reading: Reading, { send }: AnySection, { path, scope }: Place): Template | undefined {
  if (send === undefined) return undefined
  if (typeof send !== 'object') return readTemplate(reading, path, { scope, encode: 'none' })
  const keys = keysAt(reading.root, path)
  const [kind, second] = ['json', 'generate'].filter((key) => keys.includes(key))
  if (second !== undefined)
    complain(reading, [...path, second], 'conflict', 'a message is one; keep "json" or "generate"', 'head')
  else if (kind === 'generate') return documentContent(send.generate)
  else if (kind === 'json') return readJson(reading, send.json, { path: [...path, 'json'], scope })
  else if (keys.every((key) => key in send))
    complain(
      reading,
      path,
      'missing-key',
      'the message is missing; add "json" or "generate", or write it as text',
      'head',
    )
  return undefined
}

function readReceive(reading: Reading, { receive }: AnySection, { path, scope }: Place): Receive | undefined {
  if (receive === undefined) return undefined
  const keys = keysAt(reading.root, path)
  if (keys.length === 0) {
    const why = 'add what the message has: "json", "text" or "matches"; or "within" alone for whatever comes next'
    complain(reading, path, 'missing-key', why, 'head')
    return undefined
  }
  const json = Object.entries(receive.json ?? {}).map(([pointer, wanted]) => {
    const value =
      wanted === undefined ? undefined : readJsonText(reading, wanted, { path: [...path, 'json', pointer], scope })
    return value && { pointer, value }
  })
  const text = keys.includes('text') ? readTemplate(reading, [...path, 'text'], { scope, encode: 'none' }) : undefined
  const { matches } = receive
  const broken =
    json.some((one) => one === undefined) ||
    unread(reading, [...path, 'json'], receive.json) ||
    (keys.includes('text') && !text) ||
    ['matches', 'within'].some((key) => keys.includes(key) && receive[key as keyof typeof receive] === undefined)
  if (broken) return undefined
  return {
    json: json.filter((one) => one !== undefined),
    ...(text === undefined ? {} : { text }),
    ...(matches === undefined ? {} : { matches }),
  }
}
