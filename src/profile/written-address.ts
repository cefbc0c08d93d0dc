import { hostOf } from '../allowed-targets.ts'
import type { WrittenAddress } from './profile.ts'
import type { Reading } from './reading.ts'
import { type Environment, fillEnvironment } from './template.ts'
import { nodeAt, type Path, type ScalarNode } from './tree.ts'

/** Undefined where there is no address to speak of. What the environment says instead of a default is not written. */
export function writtenAddress({ root, env, log }: Reading, path: Path): WrittenAddress | undefined {
  const node = nodeAt(root, path)
  if (node?.kind !== 'scalar') return undefined
  const written = hostIn(node, {})
  return { host: written === hostIn(node, env) ? written : undefined, place: log.place(node.span.start) }
}

function hostIn({ written }: ScalarNode, env: Environment): string | undefined {
  const url = URL.parse(fillEnvironment(written, env).parts.join('').trim())
  return url === null || url.hostname === '' ? undefined : hostOf(url)
}
