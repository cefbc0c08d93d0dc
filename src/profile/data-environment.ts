import { LoadgateError } from '../errors.ts'
import { isWorthHiding } from '../secret-parts.ts'
import { show } from './show.ts'
import { type Environment, fillEnvironment } from './template.ts'

/** The environment's values in data files that ask for them. */
export interface DataEnvironment {
  /** Of `parseData`. What is wrong is kept until `check`. */
  readonly meaning: (value: string, place: () => string) => string
  /** Throws LoadgateError 'usage' with all that is wrong. */
  readonly check: () => void
  /** Values that no log may show. */
  readonly secrets: ReadonlySet<string>
}

/** One mistake in a file of a million rows makes as many; the first ones tell. */
const MOST_MISTAKES = 20

export function dataEnvironment(env: Environment): DataEnvironment {
  const secrets = new Set<string>()
  const wrong = new Map<string, string>()
  const complain = (message: string, place: () => string) => {
    if (wrong.size < MOST_MISTAKES && !wrong.has(message)) wrong.set(message, place())
  }
  return {
    secrets,
    meaning(text, place) {
      if (!text.includes('${')) return text
      const { parts, problems, used } = fillEnvironment(text, env)
      for (const { message } of problems) complain(message, place)
      for (const { value } of used) if (isWorthHiding(value)) secrets.add(value)
      for (const part of parts)
        if (typeof part !== 'string')
          complain(`${show(part.written)} is none of the environment; write "$\${" for these characters`, place)
      return parts.filter((part) => typeof part === 'string').join('')
    },
    check() {
      if (wrong.size === 0) return
      const mistakes = [...wrong].map(([message, at]) => {
        const [, file = at, line = '1'] = /^(.*):(\d+)$/s.exec(at) ?? []
        return { place: { file, line: Number(line), column: 1 }, message }
      })
      throw new LoadgateError('usage', [...wrong].map(([message, at]) => `${at}: ${message}`).join('\n'), { mistakes })
    },
  }
}
