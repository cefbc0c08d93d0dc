// Names as somebody would choose them who wants them to be more than names.
import fc from 'fast-check'

const ESC = '\u001b'
// biome-ignore format: one list, read as a list
const PIECES = [
  // workflow commands in both syntaxes, and what may stand inside the marks
  '::', ':', '::error::', '::set-output name=verdict::pass', '::add-mask::', '::stop-commands::x', '::endgroup::', '##[', '#', '##[error]',
  '##[set-env name=PATH]', '%0A', '%0D', '%3A%3A', ']', '=', ',', ';', 'ghadelimiter_x', '<<EOF', 'EOF',
  // mentions, references, addresses
  '@octo-org/everyone', '@a', '#1', 'GH-12', 'octo-org/shop#3', 'fixes #1', '8d0226dbe3a1', 'https://evil.example/x', 'www.evil.example',
  'a@evil.example', 'mailto:a@evil.example', 'xmpp:a@evil.example', ':tada:', '$x$', '$$',
  // images, links, definitions, footnotes, HTML
  '![x](https://evil.example/x.png)', '[x](https://evil.example)', '[x][y]', '[x]: https://evil.example', '[^1]', '[^1]: x', '[ ]', '](', ')', '!',
  '<img src=x onerror=alert(1)>', '<script>alert(1)</script>', '</script>', '<!--', '-->', '--', '</details>', '<details open>', '<summary>',
  '<b>', '&lt;', '&#64;', '&commat;a', '<https://evil.example>', '</style>', "'", '"', '\\', '\\"', '${x}', '{{x}}', '\u2028<b>',
  // Markdown
  '`', '``', '```', '~~~', '|', '\\|', '*', '_', '~', '**x**', '# ', '> ', '- ', '+ ', '1. ', '---', '===', '| - |', '    ', '```mermaid', '%%{init',
  // what is not seen, turns the order of what is, or moves the cursor
  '\u202e', '\u2066', '\u200b', '\u200d', '\u2060', '\ufeff', '\u00ad', '\u034f', '\u061c', '\ufe0f', '\u0301', '\u180e', '\u{e0041}', '\ud800',
  '\udc00', '\ue000', '\uffff', '\u0000', '\u0007', '\u0085', '\u00a0', '\u2028', '\u2029', '\n', '\r', '\r\n', '\t', ' ', '\u3000', ESC,
  `${ESC}[31m`, `${ESC}[2J`, `${ESC}]0;x\u0007`, `${ESC}]8;;https://evil.example${ESC}\\`, '\u009b31m',
  // and something harmless in between
  'a', 'GET /store', '12 ms', 'ünï', '数', '😀',
]

const piece = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...PIECES) },
  fc.string({ unit: 'binary', maxLength: 3 }),
)
const hostile = fc.string({ unit: piece, minLength: 1, maxLength: 8 })

/** So many of them, the same for the same seed. */
export function hostileStrings(count: number, seed: number): readonly string[] {
  return fc.sample(hostile, { numRuns: count, seed })
}
