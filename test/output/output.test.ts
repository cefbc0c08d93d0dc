import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MAX_LINE, neutralise } from '../../src/output/neutralise.ts'
import { createOutput, type OutputStream } from '../../src/output/output.ts'
import { commandsIn } from '../support/runner-commands.ts'

function screen({ isTTY = false, columns = 80 } = {}): OutputStream & { text: () => string } {
  let text = ''
  return {
    isTTY,
    columns,
    write: (more) => {
      text += more
    },
    text: () => text,
  }
}

const ESC = '\u001b'
// biome-ignore format: one list, read as a list
const TOKENS = [
  '::', ':', '##[', '#', '[', ']', '\r', '\n', '\u0085', '\u00a0', '\u2028', '\u2029', ESC, `${ESC}[31m`, '\u009b',
  'set-output name=x', 'a', ' ', '\t', '\u0000', '\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u034f', '\u202e',
  '\u3000', '\ufe0f', '\ud800', '\ue000', '\u0301',
]

test('the oracle itself finds both forms of a command', () => {
  expect(commandsIn('x\n \u0085\u00a0::set-output name=p::q')).toContainEqual({
    command: 'set-output',
    properties: { name: 'p' },
    data: 'q',
  })
  expect(commandsIn('said ##[add-mask a=b;c=d]secret')).toContainEqual({
    command: 'add-mask',
    properties: { a: 'b', c: 'd' },
    data: 'secret',
  })
  expect(commandsIn(':\u200b:debug::x')).toHaveLength(1)
  expect(commandsIn('a::b::c')).toEqual([])
})

test('no mix of up to four marks, line ends and invisible characters makes a command', () => {
  const seen: string[] = []
  const check = (text: string) => {
    // What follows completes any command that the marks may have begun.
    const log = neutralise(`${text}set-output name=x::y]z`)
    if (commandsIn(log).length > 0) seen.push(JSON.stringify(text))
  }
  for (const a of TOKENS) {
    check(a)
    for (const b of TOKENS) {
      check(a + b)
      for (const c of TOKENS) check(a + b + c)
    }
  }
  const marks = ['::', ':', '##[', '#', '[', '\n', '\u0085', ESC, '\u200b', ' ', 'a']
  for (const a of marks) for (const b of marks) for (const c of marks) for (const d of marks) check(a + b + c + d)
  expect(seen).toEqual([])
})

test('nor does any of 100,000 hostile strings', () => {
  const hostile = fc.string({ unit: fc.oneof(fc.constantFrom(...TOKENS), fc.string({ unit: 'binary', maxLength: 2 })) })
  fc.assert(
    fc.property(hostile, (text) => commandsIn(neutralise(text)).length === 0),
    { numRuns: 100_000 },
  )
})

test('what is harmless stays as it was', () => {
  const text = '  p95 12.3 ms – 200/s, [ok] #12 a:b ünï 数 😀'
  expect(neutralise(text)).toBe(text)
})

test('what is not stays visible', () => {
  expect(neutralise('::error::no')).toBe(': :error: :no')
  expect(neutralise('x ###[debug]y')).toBe('x ## #[debug]y')
  expect(neutralise('a\tb\r\nc\u2028d')).toBe('a  b\nc\nd')
  expect(neutralise(`${ESC}[31mred${ESC}[0m ${ESC}]0;title\u0007end\u202e`)).toBe('red end')
})

test('a line is cut between characters, and says so', () => {
  const cut = neutralise('😀'.repeat(MAX_LINE))
  expect(cut).toHaveLength(MAX_LINE + 1)
  expect(cut.endsWith('😀…')).toBe(true)
  expect(neutralise(`a${'😀'.repeat(MAX_LINE)}`).isWellFormed()).toBe(true)
  expect(neutralise('a'.repeat(MAX_LINE))).toHaveLength(MAX_LINE)
})

test('each kind of text goes through the same sieve', () => {
  const stdout = screen()
  const stderr = screen()
  const output = createOutput({ stdout, stderr, github: true })
  for (const write of [output.info, output.styled, output.warning, output.error]) write('\n::error::a\n##[debug]b')
  output.live(['::error::a'])
  output.done()
  expect(commandsIn(stdout.text() + stderr.text())).toEqual([])
  expect(stdout.text()).toBe('\n: :error: :a\n# #[debug]b\n'.repeat(2))
  expect(stderr.text()).toBe('warning: \n: :error: :a\n# #[debug]b\nerror: \n: :error: :a\n# #[debug]b\n')
})

test.each([
  '##\u0301[debug]a',
  '#\u0301#[debug]a',
  '#\u0301#\u0301\u0327[debug]a',
  ':\u0301:error::a',
  ' :\u0301:\u0301x::',
])('combining marks do not hide a command: %j', (text) => {
  expect(commandsIn(text)).not.toEqual([])
  expect(commandsIn(neutralise(text))).toEqual([])
})

test('styled text keeps our colours and loses every other escape', () => {
  const stdout = screen()
  createOutput({ stdout, stderr: screen(), github: true, colour: true }).styled(
    `${ESC}[31mfail${ESC}[0m ${ESC}[8mhidden ${ESC}[2J::error::${ESC}[1m::x`,
  )
  expect(stdout.text()).toBe(`${ESC}[31mfail${ESC}[0m hidden : :error: :${ESC}[1m: :x\n`)
  const heading = screen()
  createOutput({ stdout: heading, stderr: screen(), github: true, colour: true }).styled(`##${ESC}[31m]`)
  expect(commandsIn(heading.text())).toEqual([])
  for (const marked of [`##\u0301${ESC}[1m]`, `#\u0301#\u0301${ESC}[1m]`]) {
    const heading = screen()
    createOutput({ stdout: heading, stderr: screen(), github: true, colour: true }).styled(marked)
    expect(commandsIn(heading.text())).toEqual([])
  }
  const plain = screen()
  createOutput({ stdout: plain, stderr: screen(), github: true }).styled(`${ESC}[31m:${ESC}[0m:x`)
  expect(plain.text()).toBe(': :x\n')
})

test('colours together with hostile text make no command either, with the colours or without', () => {
  const unit = fc.constantFrom(...TOKENS, `${ESC}[31m`, `${ESC}[0m`, `${ESC}[1m`)
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      const stdout = screen()
      createOutput({ stdout, stderr: screen(), github: true, colour: true }).styled(text)
      return commandsIn(stdout.text()).length === 0
    }),
    { numRuns: 20_000 },
  )
})

test('the live view is redrawn below the log and leaves nothing behind', () => {
  const stdout = screen({ isTTY: true, columns: 10 })
  const output = createOutput({ stdout, stderr: screen(), github: false })
  output.live(['one', 'a line that is too wide'])
  output.info('news')
  output.live(['two'])
  output.done()
  output.info('end')
  expect(lastScreen(stdout.text())).toEqual(['news', 'end'])
  expect(stdout.text()).toContain('a line th\n')
})

test('without a terminal, or in a job, there is no live view', () => {
  for (const [isTTY, github] of [
    [false, false],
    [true, true],
  ] as const) {
    const stdout = screen({ isTTY })
    const output = createOutput({ stdout, stderr: screen(), github })
    output.live(['one'])
    expect([output.terminal, output.colour]).toEqual([false, false])
    expect(stdout.text()).toBe('')
  }
})

test.each([
  ['as it is', (secret: string) => secret],
  ['in JSON', (secret: string) => JSON.stringify(secret)],
  ['in a URL', (secret: string) => encodeURIComponent(secret)],
  ['in a form', (secret: string) => new URLSearchParams([['', secret]]).toString()],
  ['in lower-case escapes', (secret: string) => encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase())],
  ['in base64', (secret: string) => Buffer.from(secret).toString('base64')],
  ['in base64 for URLs', (secret: string) => Buffer.from(secret).toString('base64url')],
  ['in basic authentication', (secret: string) => Buffer.from(`user:${secret}`).toString('base64')],
  ['one byte further on', (secret: string) => Buffer.from(`x${secret}yz`).toString('base64')],
  ['with a zero-width space in it', (secret: string) => `${secret.slice(0, 3)}\u200b${secret.slice(3)}`],
])('a secret is not written: %s', (_, form) => {
  for (const secret of ['hunter2-Ünï/+?&"\\ x', 'a::b##[c]d', 'correct horse battery', 'ÿ>?ÿ>?ÿ>?ÿ>?']) {
    const stdout = screen()
    const output = createOutput({ stdout, stderr: stdout, github: true })
    output.mask(secret)
    for (const write of [output.info, output.styled, output.warning, output.error]) {
      write(`before ${form(secret)} after`)
    }
    expect(stdout.text()).toContain('***')
    expect(stdout.text()).not.toContain(secret)
    expect(leftOf(form(secret), stdout.text())).toBe('')
    expect(stdout.text().match(/before/g)).toHaveLength(4)
  }
})

test('each line of a secret counts, and very short ones do not', () => {
  const stdout = screen()
  const output = createOutput({ stdout, stderr: stdout, github: true })
  output.mask('-----BEGIN-----\nfirst half\nsecond half\n}\n')
  output.mask('abc')
  output.mask('')
  output.info('first half, abc } second half')
  expect(stdout.text()).toBe('***, abc } ***\n')
  expect(output.redact('first half')).toBe('***')
})

/** The longest piece of at least eight characters of `form` that was written all the same. */
function leftOf(form: string, written: string): string {
  for (let at = 0; at + 8 <= form.length; at++) {
    const piece = form.slice(at, at + 8)
    if (written.includes(piece)) return piece
  }
  return ''
}

/** What a terminal shows after the text: knows new lines, "up n" and "clear below" only. */
function lastScreen(text: string): readonly string[] {
  const rows = ['']
  let row = 0
  for (const [piece, up] of text.matchAll(new RegExp(`${ESC}\\[(\\d+)A|${ESC}\\[J|\\n|[^\\n${ESC}]+`, 'g'))) {
    if (up !== undefined) row -= Number(up)
    else if (piece === `${ESC}[J`) rows.splice(row, Number.POSITIVE_INFINITY, '')
    else if (piece === '\n') rows[++row] ??= ''
    else rows[row] += piece
  }
  return rows.filter((line) => line !== '')
}
