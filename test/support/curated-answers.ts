// Answers to one request, byte by byte as a server may send them, with what they come to. A character is a byte.

/** What a whole answer comes to. */
export interface SoundAnswer {
  readonly name: string
  readonly wire: string
  /** GET when left out. */
  readonly method?: 'HEAD'
  readonly status: number
  /** The body as it came, a character per byte. */
  readonly body: string
  /** Whether the connection may carry another. */
  readonly kept: boolean
  /** In ms; without end when left out. */
  readonly keptFor?: number
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`
const latin1 = (text: string) => Buffer.from(text).toString('latin1')

function sound(name: string, wire: string, body: string, rest: Partial<SoundAnswer> = {}): SoundAnswer {
  return { name, wire, body, status: 200, kept: true, ...rest }
}

/** An answer with a body of two, and these header lines. */
function withLines(name: string, lines: string, rest: Partial<SoundAnswer> = {}): SoundAnswer {
  return sound(name, `${OK}${lines}content-length: 2\r\n\r\nok`, 'ok', rest)
}

const FRAMINGS: readonly SoundAnswer[] = [
  sound('a length', `${OK}content-length: 5\r\n\r\nhello`, 'hello'),
  sound('a length of nothing', `${OK}content-length: 0\r\n\r\n`, ''),
  sound('a length with zeros before it', `${OK}Content-Length:0005\r\n\r\nhello`, 'hello'),
  sound('a length between blanks', `${OK}content-length: \t 5 \t\r\n\r\nhello`, 'hello'),
  sound('a body of line ends', `${OK}content-length: 8\r\n\r\n\r\n\r\n\r\n\r\n`, '\r\n\r\n\r\n\r\n'),
  sound(
    'a body that looks like an answer',
    `${OK}content-length: 38\r\n\r\n${OK}content-length: 0\r\n\r\n`.slice(0, 78),
    `${OK}content-length: 0\r\n\r\n`.slice(0, 38),
  ),
  sound('chunks', `${CHUNKED}5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n`, 'hello!'),
  sound('no chunk but the last', `${CHUNKED}0\r\n\r\n`, ''),
  sound(
    'a size in capitals, one with zeros',
    `${CHUNKED}A\r\n0123456789\r\n000a\r\nabcdefghij\r\n00\r\n\r\n`,
    '0123456789abcdefghij',
  ),
  sound('a size with very many zeros', `${CHUNKED}${'0'.repeat(60)}5\r\nhello\r\n${'0'.repeat(60)}\r\n\r\n`, 'hello'),
  sound('chunks with extensions', `${CHUNKED}5;a=b\r\nhello\r\n1;c;d="e f"\r\n!\r\n0;last\r\n\r\n`, 'hello!'),
  sound('chunks of line ends', `${CHUNKED}4\r\n\r\n\r\n\r\n2\r\n0\r\r\n0\r\n\r\n`, '\r\n\r\n0\r'),
  sound(
    'trailers, which state nothing',
    `${CHUNKED}2\r\nok\r\n0\r\nx: y\r\ncontent-length: 9\r\nset-cookie: a=b\r\n\r\n`,
    'ok',
    { headers: { 'transfer-encoding': 'chunked' } },
  ),
  sound(
    'chunks by any case, behind another coding',
    `${OK}Transfer-Encoding: gzip , \tChunked \r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    'ok',
  ),
  sound(
    'chunks, coded in two lines',
    `${OK}transfer-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    'ok',
  ),
  sound('to the end', `${OK}\r\nhello`, 'hello', { kept: false }),
  sound('to the end, nothing', `${OK}x: y\r\n\r\n`, '', { kept: false }),
  sound('to the end, with a promise to keep', `${OK}connection: keep-alive\r\n\r\nhello`, 'hello', { kept: false }),
  sound(
    'coded, not chunked: to the end',
    `${OK}transfer-encoding: gzip\r\n\r\n2\r\nok\r\n0\r\n\r\n`,
    '2\r\nok\r\n0\r\n\r\n',
    { kept: false },
  ),
  sound('chunked within another coding: to the end', `${OK}transfer-encoding: chunked, gzip\r\n\r\nhello`, 'hello', {
    kept: false,
  }),
  sound('the same in two lines', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: gzip\r\n\r\nhello`, 'hello', {
    kept: false,
  }),
  sound('a coding that only ends like chunked', `${OK}transfer-encoding: xchunked\r\n\r\nhello`, 'hello', {
    kept: false,
  }),
  sound('chunked with a parameter is another coding', `${OK}transfer-encoding: chunked;q=1\r\n\r\nhello`, 'hello', {
    kept: false,
  }),
  sound('a byte that only some take for a blank', `${OK}transfer-encoding: \xa0chunked\r\n\r\nhello`, 'hello', {
    kept: false,
  }),
]

const BODILESS: readonly SoundAnswer[] = [
  sound('204', 'HTTP/1.1 204 No Content\r\n\r\n', '', { status: 204 }),
  sound('204 with a length', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', '', { status: 204 }),
  sound('204 with the length of a body', 'HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', '', { status: 204 }),
  sound('204 that says chunked', 'HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n', '', { status: 204 }),
  sound('304', 'HTTP/1.1 304 Not Modified\r\n\r\n', '', { status: 304 }),
  sound('304 with the length of what is not sent', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', '', {
    status: 304,
  }),
  sound('205 has a length as any other', 'HTTP/1.1 205 Reset Content\r\ncontent-length: 2\r\n\r\nok', 'ok', {
    status: 205,
  }),
  sound('HEAD', `${OK}\r\n`, '', { method: 'HEAD' }),
  sound('HEAD with a length', `${OK}content-length: 5\r\n\r\n`, '', { method: 'HEAD' }),
  sound('HEAD that says chunked', `${OK}transfer-encoding: chunked\r\n\r\n`, '', { method: 'HEAD' }),
  sound('HEAD of HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\n', '', { method: 'HEAD', kept: false }),
]

const STATUS_LINES: readonly SoundAnswer[] = [
  sound('no reason', 'HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nok', 'ok'),
  sound('no blank before no reason', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok', 'ok'),
  sound('a reason of many words', `HTTP/1.1 404 ${latin1('Nö such\tthing')}\r\ncontent-length: 2\r\n\r\nno`, 'no', {
    status: 404,
  }),
  sound('a status of a kind that does not exist', 'HTTP/1.1 999 ?\r\ncontent-length: 2\r\n\r\nok', 'ok', {
    status: 999,
  }),
  sound(
    'early hints before',
    `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nset-cookie: a=b\r\n\r\n${OK}content-length: 2\r\n\r\nok`,
    'ok',
    { headers: { 'content-length': '2' } },
  ),
  sound(
    'early hints with a length, twice',
    `${'HTTP/1.1 103 Early Hints\r\ncontent-length: 5\r\nconnection: close\r\n\r\n'.repeat(2)}${OK}content-length: 2\r\n\r\nok`,
    'ok',
  ),
  sound('102 before 204', 'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', '', { status: 204 }),
]

const KEEPING: readonly SoundAnswer[] = [
  withLines('closes', 'connection: close\r\n', { kept: false }),
  withLines('closes, in capitals and a list', 'Connection: x ,\tCLOSE, y\r\n', { kept: false }),
  withLines('closes in the first of two lines', 'connection: close\r\nconnection: keep-alive\r\n', { kept: false }),
  withLines('closes in the second of two lines', 'connection: keep-alive\r\nconnection: close\r\n', { kept: false }),
  withLines('a word with close in it', 'connection: closed, not-close\r\n'),
  withLines('keeps for a while', 'connection: keep-alive\r\nkeep-alive: timeout=5\r\n', { keptFor: 5_000 }),
  withLines('keeps for a while and a number', 'keep-alive: max=100 , Timeout = 7\r\n', { keptFor: 7_000 }),
  withLines('keeps for no time', 'keep-alive: timeout=0\r\n', { keptFor: 0 }),
  withLines('keeps for what is no time', 'keep-alive: timeout=soon, xtimeout=3\r\n'),
  sound('HTTP/1.0, a length', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 'ok', { kept: false }),
  sound('HTTP/1.0, kept', 'HTTP/1.0 200 OK\r\nconnection: Keep-Alive\r\ncontent-length: 2\r\n\r\nok', 'ok'),
  sound('HTTP/1.0, to the end', 'HTTP/1.0 200 OK\r\n\r\nhello', 'hello', { kept: false }),
  // RFC 9112 6.1: that version has no codings, so who stands between may have passed on what it did not understand.
  sound(
    'HTTP/1.0, chunked and kept',
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    'ok',
    { kept: false },
  ),
]

const HEADERS: readonly SoundAnswer[] = [
  withLines('names of any case, values between blanks', 'X-A:  \tb c\t \r\nx-B:d\r\n', {
    headers: { 'x-a': 'b c', 'x-b': 'd', 'content-length': '2' },
  }),
  withLines('values of nothing', 'x-a:\r\nx-b:  \t\r\nx-c: \r\n', {
    headers: { 'x-a': '', 'x-b': '', 'x-c': '', 'content-length': '2' },
  }),
  withLines('one cookie', 'set-cookie: a=b; path=/\r\n', {
    headers: { 'set-cookie': 'a=b; path=/', 'content-length': '2' },
  }),
  withLines('three cookies', 'Set-Cookie: a=1\r\nset-cookie: b=2\r\nSET-COOKIE: a=1\r\n', {
    headers: { 'set-cookie': ['a=1', 'b=2', 'a=1'], 'content-length': '2' },
  }),
  withLines('a name that came more than once', 'via: a\r\nVia: b\r\nx: y\r\nvia: c\r\n', {
    headers: { via: ['a', 'b', 'c'], x: 'y', 'content-length': '2' },
  }),
  withLines('names that objects have', '__proto__: a\r\nconstructor: b\r\n__proto__: c\r\ntoString: d\r\n', {
    headers: Object.fromEntries([
      ['__proto__', ['a', 'c']],
      ['constructor', 'b'],
      ['tostring', 'd'],
      ['content-length', '2'],
    ]),
  }),
  withLines('bytes beyond ASCII', `x: ${latin1('Zoë ☃')}\xff\x80\r\n`, {
    headers: { x: `${latin1('Zoë ☃')}\xff\x80`, 'content-length': '2' },
  }),
  withLines('every character that a name may have', "!#$%&'*+-.^_`|~09azAZ: v\r\n", {
    headers: { "!#$%&'*+-.^_`|~09azaz": 'v', 'content-length': '2' },
  }),
  withLines('colons and quotes in a value', 'x: a:b "c\\" : \r\n', {
    headers: { x: 'a:b "c\\" :', 'content-length': '2' },
  }),
  withLines(
    'names as long as those that matter',
    'connectioX: close\r\ncontent-lengtX: 7\r\ntransfer-encodinX: chunked\r\n',
  ),
]

export const SOUND: readonly SoundAnswer[] = [...FRAMINGS, ...BODILESS, ...STATUS_LINES, ...KEEPING, ...HEADERS]

/** What no lenience makes into an answer. */
export const MALFORMED: readonly (readonly [name: string, wire: string])[] = [
  ['LF alone behind the status', 'HTTP/1.1 200 OK\ncontent-length: 2\r\n\r\nok'],
  ['CR alone behind the status', 'HTTP/1.1 200 OK\rcontent-length: 2\r\n\r\nok'],
  ['version 1.2', 'HTTP/1.2 200 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['version 1.10', 'HTTP/1.10 200 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['a protocol in small letters', 'http/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['another protocol', 'ICY 200 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['a blank before the status line', ' HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['two blanks before the status', 'HTTP/1.1  200 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['no status', 'HTTP/1.1 \r\ncontent-length: 2\r\n\r\nok'],
  ['nothing behind the version', 'HTTP/1.1\r\ncontent-length: 2\r\n\r\nok'],
  ['a status of one digit', 'HTTP/1.1 2\r\ncontent-length: 2\r\n\r\nok'],
  ['a status of two', 'HTTP/1.1 20 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['a status of four', 'HTTP/1.1 2000 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['99', 'HTTP/1.1 99 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['a status with a sign', 'HTTP/1.1 +20 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['a status of letters', 'HTTP/1.1 2x0 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['a tab behind the status', 'HTTP/1.1 200\tOK\r\ncontent-length: 2\r\n\r\nok'],
  ['101 that was not asked for', 'HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
  ['a malformed early hint', `HTTP/1.1 103 Early\r\nbad header\r\n\r\n${OK}content-length: 2\r\n\r\nok`],
  ...(
    [
      ['LF alone behind a header', 'a: b\n'],
      ['CR alone behind a header', 'a: b\rc: d\r\n'],
      ['CR CR LF', 'a: b\r\r\n'],
      ['a blank before the colon', 'a : b\r\n'],
      ['a tab before the colon of a length', 'content-length\t: 2\r\n'],
      ['a folded line', 'a: b\r\n c\r\n'],
      ['a folded line of blanks', 'a: b\r\n\t\r\n'],
      ['a blank before the first header', ' a: b\r\n'],
      ['a NUL in a value', 'a: b\0c\r\n'],
      ['a NUL in a name', 'a\0: b\r\n'],
      ['an escape in a value', 'a: \x1b[1m\r\n'],
      ['a DEL in a value', 'a: \x7f\r\n'],
      ['a form feed in a value', 'a: \f\r\n'],
      ['no colon', 'bad header\r\n'],
      ['no colon and no blank', 'bad\r\n'],
      ['no name', ': b\r\n'],
      ['a name with a bracket', 'a(b): c\r\n'],
      ['a name beyond ASCII', 'a\xe4: c\r\n'],
      ['a second length', 'content-length: 3\r\n'],
      ['the same length twice', 'content-length: 2\r\n'],
      ['a length and chunks', 'transfer-encoding: chunked\r\n'],
      ['a length and another coding', 'transfer-encoding: identity\r\n'],
    ] as const
  ).map(([name, line]) => [name, `${OK}${line}content-length: 2\r\n\r\nok`] as const),
  ...[
    '+2',
    '-2',
    '2, 2',
    '2 2',
    '0x2',
    '2.0',
    '2e0',
    '',
    ' ',
    'two',
    '2;',
    '18446744073709551618',
    '9'.repeat(400),
  ].map((length) => [`the length "${length.slice(0, 24)}"`, `${OK}content-length: ${length}\r\n\r\nok`] as const),
  ['a length behind chunks', `${OK}transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n`],
  ['a coding of nothing', `${OK}transfer-encoding: \r\n\r\nok`],
  ...['-5', '+5', '0x5', ' 5', '5 ', '5\t', '5 ;a=b', '', ';a=b', 'g', '5h', '5.', '5\0', '5;a=\0', '5;\x7f'].map(
    (size) => [`the chunk size ${JSON.stringify(size)}`, `${CHUNKED}${size}\r\nhello\r\n0\r\n\r\n`] as const,
  ),
  ['LF alone behind a chunk size', `${CHUNKED}5\nhello\r\n0\r\n\r\n`],
  ['CR alone behind a chunk size', `${CHUNKED}5\rhello\r\n0\r\n\r\n`],
  ['LF alone behind an extension', `${CHUNKED}5;a\nhello\r\n0\r\n\r\n`],
  ['nothing behind a chunk', `${CHUNKED}5\r\nhello0\r\n\r\n`],
  ['LF alone behind a chunk', `${CHUNKED}5\r\nhello\n0\r\n\r\n`],
  ['CR alone behind a chunk', `${CHUNKED}5\r\nhello\r0\r\n\r\n`],
  ['a chunk that is longer than it says', `${CHUNKED}4\r\nhello\r\n0\r\n\r\n`],
  ['a malformed trailer', `${CHUNKED}2\r\nok\r\n0\r\nbad trailer\r\n\r\n`],
  ['a trailer that ends with LF alone', `${CHUNKED}2\r\nok\r\n0\r\na: b\n\r\n`],
  ['a control in a trailer', `${CHUNKED}2\r\nok\r\n0\r\na: \x01\r\n\r\n`],
]

/** More than the answer, when it all comes at once. */
export const MORE_BEHIND: readonly (readonly [name: string, wire: string])[] = [
  ['behind a length', `${OK}content-length: 2\r\n\r\nokay`],
  ['behind a length of nothing', `${OK}content-length: 0\r\n\r\nx`],
  ['behind the last chunk', `${CHUNKED}2\r\nok\r\n0\r\n\r\nx`],
  ['behind 204', 'HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nok'],
  ['behind 304', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 2\r\n\r\nok'],
]

/** Ended by the server before it is whole. */
export const CUT_SHORT: readonly (readonly [name: string, wire: string])[] = [
  ['nothing', ''],
  ['within the status line', 'HTTP/1.1 20'],
  ['between CR and LF', 'HTTP/1.1 200 OK\r'],
  ['within the headers', `${OK}content-length: 2\r\n`],
  ['within the blank line', `${OK}content-length: 2\r\n\r`],
  ['within the body', `${OK}content-length: 6\r\n\r\nhello`],
  ['before the body', `${OK}content-length: 6\r\n\r\n`],
  ['behind early hints', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ['within a chunk size', `${CHUNKED}5`],
  ['within a chunk', `${CHUNKED}5\r\nhell`],
  ['behind a chunk', `${CHUNKED}5\r\nhello\r\n`],
  ['behind the last chunk', `${CHUNKED}5\r\nhello\r\n0\r\n`],
  ['within the trailers', `${CHUNKED}0\r\na: b\r\n`],
  ['a length that nobody sends', `${OK}content-length: 9007199254740991\r\n\r\nok`],
]
