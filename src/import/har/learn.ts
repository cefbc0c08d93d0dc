import { namedValues } from '../named-values.ts'
import { authorizationName, isSecret, type Secrets } from '../secrets.ts'
import { type Choice, isTaken } from './choose.ts'
import { sentLeaves } from './leaves.ts'

/** The secrets of a recording by their names, so that they are told wherever else they stand. */
export function learnSecrets(choices: readonly Choice[], secrets: Secrets): void {
  for (const choice of choices) {
    const { entry } = choice
    const path = isTaken(choice) ? choice.path : entry.url ? entry.url.pathname + entry.url.search : ''
    for (const { name, value } of sentLeaves(entry, path)) if (isSecret(name, value)) secrets.learn(name, value)
    for (const [name, value] of entry.headers) {
      const [, scheme, token] = /^([A-Za-z][\w-]*) (\S+)$/.exec(value) ?? []
      if (/^(?:proxy-)?authorization$/i.test(name) && scheme && token) secrets.learn(authorizationName(scheme), token)
      if (name.toLowerCase() === 'cookie')
        for (const cookie of namedValues(value, 'application/x-www-form-urlencoded'))
          if (isSecret(cookie.name, cookie.written)) secrets.learn(cookie.name, cookie.written)
    }
  }
}
