// Stands in for Apache JMeter 5.6.3, which `npm test` does not have: held to its documented command line, properties and
// shutdown port, it reads a real test plan, really sends its requests and writes the JTL that the properties ask for.
// It knows thread groups with loops or a duration, HTTP samplers, constant timers, CSV data sets (that their file is there),
// ${__P(name,default)}, and nothing else. The real one is run by test/heavy/jmeter.test.ts.
import { createSocket } from 'node:dgram'
import { createWriteStream, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What goes wrong: exits, silent, header-only, cut, stubborn, garbled, dies. */
const fault = process.env.STAND_IN_FAULT ?? ''
const BANNER = String.raw`    _    ____   _    ____ _   _ _____       _ __  __ _____ _____ _____ ____
   / \  |  _ \ / \  / ___| | | | ____|     | |  \/  | ____|_   _| ____|  _ \
  / _ \ | |_) / _ \| |   | |_| |  _|    _  | | |\/| |  _|   | | |  _| | |_) |
 / ___ \|  __/ ___ \ |___|  _  | |___  | |_| | |  | | |___  | | | |___|  _ <
/_/   \_\_| /_/   \_\____|_| |_|_____|  \___/|_|  |_|_____| |_| |_____|_| \_\ ${process.env.STAND_IN_VERSION ?? '5.6.3'}

Copyright (c) 1999-2024 The Apache Software Foundation
`

const FLAGS = {
  '-n': 'nongui',
  '-t': 'test',
  '-l': 'results',
  '-j': 'log',
  '-q': 'addprop',
  '-v': 'version',
  '--version': 'version',
}
const WITH_VALUE = new Set(['test', 'results', 'log', 'addprop'])

function options(argv) {
  const found = {}
  for (let at = 0; at < argv.length; at++) {
    const name = FLAGS[argv[at]]
    if (name === undefined) fail(`Error: Unknown option ${argv[at]}`)
    found[name] = WITH_VALUE.has(name) ? argv[++at] : true
    if (found[name] === undefined) fail(`Error: option ${argv[at - 1]} needs a value`)
  }
  return found
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

/** java.util.Properties: ISO 8859-1, "name=value", comments, and the codes of characters. */
function propertiesIn(path) {
  const decoded = (text) =>
    text.replace(/\\u([\da-fA-F]{4})|\\(.)/g, (_, code, other) =>
      code ? String.fromCharCode(Number.parseInt(code, 16)) : other,
    )
  const lines = readFileSync(path, 'latin1').split(/\r?\n/)
  return Object.fromEntries(
    lines.flatMap((line) => {
      if (/^\s*(?:[#!]|$)/.test(line)) return []
      const end = /(?<!\\)[=:]/.exec(line)?.index ?? line.length
      return [[decoded(line.slice(0, end).trim()), decoded(line.slice(end + 1).trimStart())]]
    }),
  )
}

const given = options(process.argv.slice(2))
if (given.version) {
  console.log(BANNER)
  process.exit(0)
}
if (!given.nongui || !given.test) fail('Error: no display, and -n or -t is missing')
const logLines = []
const log = (level, text) => {
  logLines.push(`${new Date().toISOString().replace('T', ' ').slice(0, -1)} ${level} o.a.j.JMeter: ${text}`)
  if (given.log) writeFileSync(given.log, `${logLines.join('\n')}\n`)
}
log('INFO', 'Version 5.6.3')
const properties = given.addprop ? propertiesIn(given.addprop) : {}
const saves = (name, byDefault = 'true') => (properties[`jmeter.save.saveservice.${name}`] ?? byDefault) === 'true'

// Which columns there are, and what is in them (org.apache.jmeter.samplers.SampleSaveConfiguration, CSVSaveService).
const COLUMNS = [
  ['timestamp', 'timeStamp', (s) => s.at],
  ['time', 'elapsed', (s) => s.elapsed],
  ['label', 'label', (s) => s.label],
  ['response_code', 'responseCode', (s) => s.code],
  ['response_message', 'responseMessage', (s) => s.message],
  ['thread_name', 'threadName', (s) => s.thread],
  ['data_type', 'dataType', () => 'text'],
  ['successful', 'success', (s) => s.success],
  ['assertion_results_failure_message', 'failureMessage', () => ''],
  ['bytes', 'bytes', (s) => s.bytes],
  ['sent_bytes', 'sentBytes', () => 120],
  ['thread_counts', 'grpThreads', (s) => s.threads],
  ['thread_counts', 'allThreads', (s) => s.threads],
  ['url', 'URL', (s) => s.url],
  ['latency', 'Latency', (s) => s.elapsed],
  ['idle_time', 'IdleTime', () => 0],
  ['connect_time', 'Connect', () => 0],
].filter(([flag]) => saves(flag))
const separator = properties['jmeter.save.saveservice.default_delimiter'] ?? ','
const quoted = (value) => (/[",\n\r;]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value))
const row = (cells) => `${cells.map(quoted).join(separator)}\n`

const substituted = (text) =>
  text
    .replace(/&(lt|gt|amp|quot|apos);/g, (_, name) => ({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" })[name])
    .replace(
      /\$\{__(?:P|property)\(([^,)]+)(?:,([^)]*))?\)\}/g,
      (_, name, byDefault = '1') => properties[name] ?? byDefault,
    )

/** The elements of a plan that this knows, in order: what stands behind a thread group is of it. */
function groupsIn(text) {
  if (!/<jmeterTestPlan\b/.test(text))
    fail(`Error in NonGUIDriver java.lang.IllegalArgumentException: Problem loading XML from:'${given.test}'`)
  const groups = []
  const prop = (body, name) => {
    const [, value] = new RegExp(`name="${name.replaceAll('.', '\\.')}"[^>]*>([^<]*)<`).exec(body) ?? []
    return value === undefined ? undefined : substituted(value)
  }
  for (const [, name, label = '', body] of text.matchAll(
    /<(ThreadGroup|HTTPSamplerProxy|ConstantTimer|CSVDataSet)\b[^>]*testname="([^"]*)"[^>]*>([\s\S]*?)<\/\1>/g,
  )) {
    if (name === 'CSVDataSet') {
      const file = resolve(dirname(given.test), prop(body, 'filename'))
      if (!existsSync(file)) {
        log(
          'ERROR',
          `Test failed! java.lang.IllegalArgumentException: File ${prop(body, 'filename')} must exist and be readable`,
        )
        groups.length = 0
        return groups
      }
    } else if (name === 'ThreadGroup')
      groups.push({
        threads: Number(prop(body, 'ThreadGroup.num_threads')),
        loops: Number(prop(body, 'LoopController.loops')),
        seconds:
          prop(body, 'ThreadGroup.scheduler') === 'true'
            ? Number(prop(body, 'ThreadGroup.duration'))
            : Number.POSITIVE_INFINITY,
        steps: [],
      })
    else if (name === 'ConstantTimer') groups.at(-1).steps.push({ pause: Number(prop(body, 'ConstantTimer.delay')) })
    else
      groups.at(-1).steps.push({
        label: substituted(label),
        url: `${prop(body, 'HTTPSampler.protocol') || 'http'}://${prop(body, 'HTTPSampler.domain')}:${prop(body, 'HTTPSampler.port') || 80}${prop(body, 'HTTPSampler.path')}`,
        method: prop(body, 'HTTPSampler.method') ?? 'GET',
      })
  }
  return groups
}

const groups = groupsIn(readFileSync(given.test, 'utf8'))
const out = given.results && fault !== 'silent' ? createWriteStream(given.results, { flags: 'a' }) : undefined
if (out && saves('print_field_names')) out.write(row(COLUMNS.map(([, name]) => name)))
if (fault === 'header-only') groups.length = 0

let stopping = false
/** A port of somebody else's. */
const said = process.env.STAND_IN_SAYS
if (said) console.log(`Waiting for possible Shutdown/StopTestNow/HeapDump/ThreadDump message on port ${said}`)
const control = createSocket('udp4')
const first = Number(properties['jmeterengine.nongui.port'] ?? 4445)
for (let port = first; port <= first + 10; port++) {
  const bound = await new Promise((answer) => {
    control.once('error', () => answer(false))
    control.bind(port, '127.0.0.1', () => answer(true))
  })
  if (!bound) continue
  if (!said) console.log(`Waiting for possible Shutdown/StopTestNow/HeapDump/ThreadDump message on port ${port}`)
  break
}
control.on('message', (word) => {
  if (fault === 'stubborn') return
  if (['Shutdown', 'StopTestNow'].includes(String(word))) stopping = true
})
if (fault === 'stubborn') for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {})

const agent = new Agent({ keepAlive: true })
let busy = groups.reduce((sum, { threads }) => sum + threads, 0)
let written = 0

function send({ url, method }) {
  return new Promise((done) => {
    const sent = httpRequest(url, { method, agent }, (answer) => {
      let bytes = 0
      answer.on('data', (chunk) => {
        bytes += chunk.length
      })
      answer.on('end', () =>
        done({ code: answer.statusCode, message: answer.statusMessage, success: answer.statusCode < 400, bytes }),
      )
    })
    sent.on('error', (error) =>
      done({
        code: `Non HTTP response code: ${error.code === 'ECONNREFUSED' ? 'org.apache.http.conn.HttpHostConnectException' : 'java.net.SocketException'}`,
        message: `Non HTTP response message: ${error.message}`,
        success: false,
        bytes: 0,
      }),
    )
    sent.end()
  })
}

async function user(group, number) {
  const until = performance.now() + group.seconds * 1_000
  for (let loop = 0; group.loops < 0 || loop < group.loops; loop++)
    for (const step of group.steps) {
      if (stopping || performance.now() >= until) return
      if (step.pause !== undefined) {
        await sleep(step.pause)
        continue
      }
      const [at, began] = [Date.now(), performance.now()]
      const answer = await send(step)
      const sample = {
        ...step,
        ...answer,
        at,
        elapsed: Math.round(performance.now() - began),
        thread: `Users 1-${number}`,
        threads: busy,
      }
      out?.write(row(COLUMNS.map(([, , read]) => read(sample))))
      written++
      if (fault === 'exits' && written === 20) {
        log(
          'ERROR',
          `Error in NonGUIDriver java.lang.OutOfMemoryError: Java heap space ##[error]${properties.token ?? ''}`,
        )
        console.error('Uncaught Exception java.lang.OutOfMemoryError')
        await new Promise((flushed) => (out ? out.end(flushed) : flushed()))
        process.exit(1)
      }
    }
}

await Promise.all(
  groups.flatMap((group) =>
    Array.from({ length: group.threads }, async (_, n) => {
      await user(group, n + 1)
      busy--
    }),
  ),
)
if (fault === 'cut') out?.write('1780272000000,1')
if (fault === 'garbled') out?.write(row(COLUMNS.map(() => 'nonsense')))
await new Promise((flushed) => (out ? out.end(flushed) : flushed()))
if (fault === 'dies')
  console.error(
    'Uncaught Exception java.lang.OutOfMemoryError: Java heap space in thread Thread[Users 1-1,5,main]. See log file for details.',
  )
console.log('... end of run')
process.exit(0)
