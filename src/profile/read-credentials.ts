import type { ConnectionsSection } from './grammar-connections.ts'
import type { ConnectionChoices } from './profile.ts'
import { complain, fill, type Reading } from './reading.ts'
import type { Loose } from './schema.ts'
import { keysAt, nodeAt, type Path } from './tree.ts'

type Credentials = Pick<ConnectionChoices, 'ca' | 'certificate' | 'key'>

/** Who vouches for whom; where it does not fit the rest of the profile, the log says so. */
export function readCredentials(
  reading: Reading,
  { ca, certificate, verify }: Loose<typeof ConnectionsSection>,
  { path, target }: { readonly path: Path; readonly target: string | undefined },
): Credentials {
  const given = keysAt(reading.root, path).filter((key) => key === 'ca' || key === 'certificate' || key === 'key')
  if (given.length === 0) return {}
  const refuse = (key: string, why: string) => complain(reading, [...path, key], 'conflict', why, 'head')
  for (const key of given)
    if (target?.startsWith('http:')) refuse(key, `an http target has no TLS; write an https target, or remove "${key}"`)
  if (given.includes('ca') && verify === false) refuse('ca', '"verify: false" trusts everybody; keep "ca" or that')
  for (const [key, other] of [
    ['certificate', 'key'],
    ['key', 'certificate'],
  ] as const)
    if (given.includes(key) && !given.includes(other)) {
      const why = `"${key}" needs "${other}" beside it; add ${other === 'key' ? 'key: ${env.CLIENT_KEY}' : 'certificate: client.pem'}`
      complain(reading, [...path, key], 'missing-key', why, 'head')
    }
  return { ca, certificate, key: given.includes('key') ? readKey(reading, [...path, 'key']) : undefined }
}

/** The name of the variable: what is in it stays there. */
function readKey(reading: Reading, path: Path): string | undefined {
  const node = nodeAt(reading.root, path)
  if (node?.kind !== 'scalar' || node.value === null) return undefined
  const [, name] = /^\$\{\s*env\.([A-Za-z_][A-Za-z0-9_]*)\s*\}$/.exec(node.written.trim()) ?? []
  if (name === undefined) {
    const why =
      'a key does not belong into a profile, nor beside it; write ${env.CLIENT_KEY}, and set that to the key or to the path of its file'
    complain(reading, path, 'invalid-value', why)
    return undefined
  }
  // Also says when it is not set, and hides it from now on.
  return fill(reading, node, 'always').problems.length === 0 ? name : undefined
}
