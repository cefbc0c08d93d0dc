// The two parsers of workflow commands as the runner has them (actions/runner, src/Runner.Common/ActionCommand.cs), read
// strictly against us: a mark also counts where characters without weight stand inside it, since .NET's culture-aware
// search passes over them, and no list of known commands protects us, any name counts.

export interface RunnerCommand {
  readonly command: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

// char.IsWhiteSpace of .NET.
const WHITE = '\\u0009-\\u000d\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const TRIM_START = new RegExp(`^[${WHITE}]+`)
const WEIGHTLESS = /[\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu

export function commandsIn(log: string): readonly RunnerCommand[] {
  return log
    .split(/\r\n|\r|\n/)
    .flatMap((line) => [line, line.replace(TRIM_START, '').replace(WEIGHTLESS, '')])
    .flatMap((line) => secondForm(line) ?? firstForm(line) ?? [])
}

/** `::name k=v,k=v::data` at the start of the line. */
function secondForm(line: string): RunnerCommand | undefined {
  const message = line.replace(TRIM_START, '')
  if (!message.startsWith('::')) return undefined
  const end = message.indexOf('::', 2)
  if (end < 0) return undefined
  return parsed(message.slice(2, end), ',', message.slice(end + 2))
}

/** `##[name k=v;k=v]data` anywhere in the line. */
function firstForm(line: string): RunnerCommand | undefined {
  const start = line.indexOf('##[')
  if (start < 0) return undefined
  const end = line.indexOf(']', start)
  if (end < 0) return undefined
  return parsed(line.slice(start + 3, end), ';', line.slice(end + 1))
}

function parsed(info: string, separator: string, data: string): RunnerCommand {
  const space = info.indexOf(' ')
  const command = space < 0 ? info : info.slice(0, space)
  const pairs = space > 0 ? info.slice(space + 1).split(separator) : []
  const properties = Object.fromEntries(pairs.filter((pair) => pair.includes('=')).map((pair) => pair.split('=', 2)))
  return { command, properties, data }
}
