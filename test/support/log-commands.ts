import { commandsIn } from './runner-commands.ts'

/**
 * Whatever the runner would take for a command in a log, and Loadgate does not mean: it masks these secrets, and its
 * annotations begin with its name.
 */
export function strayCommands(log: string, secrets: readonly string[]): readonly string[] {
  return commandsIn(log).flatMap(({ command, properties, data }) => {
    if (command === 'add-mask' && secrets.includes(data)) return []
    const own = properties.title ?? data
    return ['error', 'warning', 'notice'].includes(command) && own.startsWith('Loadgate') ? [] : [`${command}: ${data}`]
  })
}
