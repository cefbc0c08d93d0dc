import { neutralise } from './neutralise.ts'
import { createRedactor } from './redact.ts'

/** The only writer of log text. Whatever is written, the runner finds no command in it, and no registered secret. */
export interface Output {
  /** Whether `live` shows anything. */
  readonly terminal: boolean
  /** Whether `styled` text may carry colours. */
  readonly colour: boolean
  /** Columns of the terminal; of a log, which has none, more than of most terminals. */
  readonly width: number
  info(text: string): void
  /** A report of ours, in which colours are kept; text from outside in it must hold no escape character. */
  styled(text: string): void
  /**
   * The text of a file, for a pipe or a redirection, byte by byte. Where people or the runner read what is written, a
   * terminal or a job's log, it is made as harmless as everything else.
   */
  document(text: string): void
  warning(text: string): void
  error(text: string): void
  /** A view below the log, drawn anew with every call; nothing where there is no terminal. */
  live(lines: readonly string[]): void
  /** Takes the view away. */
  done(): void
  /** From now on this text, in any of its usual encodings, is written as `***`. */
  mask(secret: string): void
  /** The same for text that goes elsewhere: files, comments, artifacts. */
  redact(text: string): string
}

/** What is needed of `process.stdout` and `process.stderr`. */
export interface OutputStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
  on?(event: 'error', listener: () => void): unknown
}

export interface OutputOptions {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  /** In a job's log there is no terminal, whatever the stream claims. */
  readonly github: boolean
  /** Whether stdout is written to a file, which no runner reads. */
  readonly toFile?: boolean
  /** Unless given, colours are for terminals. */
  readonly colour?: boolean
}

/** What fits into GitHub's view of a log on a laptop's screen. */
const LOG_COLUMNS = 120

const ESC = '\u001b'
const YELLOW = `${ESC}[33m`
const RED = `${ESC}[31m`
const RESET = `${ESC}[0m`
// The colours of our own reports. Anything else that begins with an escape character is not ours and goes.
const PALETTE = new RegExp(`(${ESC}\\[(?:0|1|2|31|32|33|36)m)`)

export function createOutput({ stdout, stderr, github, toFile = false, colour }: OutputOptions): Output {
  const terminal = stdout.isTTY === true && !github
  const colours = colour ?? terminal
  const width = () => stdout.columns || LOG_COLUMNS
  const { add, redact } = createRedactor()
  let view: readonly string[] = []

  // A reader that has gone (`loadgate run | head`) must not end the run with an exit code that reads like a verdict.
  for (const stream of [stdout, stderr]) stream.on?.('error', () => {})

  // Twice, since taking characters out may put a secret together.
  const safe = (text: string) => redact(neutralise(redact(text)))

  function write(stream: OutputStream, text: string): void {
    const shown = view
    erase()
    stream.write(`${text}\n`)
    draw(shown)
  }

  function erase(): void {
    if (view.length > 0) stdout.write(`${ESC}[${view.length}A${ESC}[J`)
    view = []
  }

  function draw(lines: readonly string[]): void {
    if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`)
    view = lines
  }

  function labelled(label: string, paint: string, text: string): void {
    write(stderr, colours ? `${paint}${label}${RESET} ${safe(text)}` : `${label} ${safe(text)}`)
  }

  return {
    terminal,
    colour: colours,
    get width() {
      return width()
    },
    info: (text) => write(stdout, safe(text)),
    styled: (text) => write(stdout, colours ? redact(text).split(PALETTE).map(keepPalette(safe)).join('') : safe(text)),
    document: (text) => {
      if (toFile || (!github && !terminal)) stdout.write(text)
      else write(stdout, safe(text.replace(/\n$/, '')))
    },
    warning: (text) => labelled('warning:', YELLOW, text),
    error: (text) => labelled('error:', RED, text),
    live(lines) {
      if (!terminal) return
      erase()
      // A line that wraps would be two rows of the terminal, and the cursor would not find back.
      draw(
        lines.map((line) =>
          Array.from(safe(line))
            .slice(0, width() - 1)
            .join(''),
        ),
      )
    },
    done: erase,
    mask: add,
    redact,
  }
}

/** Split by a group, the odd pieces are the colours themselves; "##" before one of them would read as "##[31m". */
function keepPalette(safe: (text: string) => string): (piece: string, index: number) => string {
  return (piece, index) => (index % 2 === 1 ? piece : safe(piece).replace(/#(?=\p{M}*#\p{M}*$)/u, '# '))
}
