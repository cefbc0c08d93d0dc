import { isDeepStrictEqual } from 'node:util'
import type { Expect } from '../profile/profile.ts'

/** Undefined when the text is not JSON, as no JSON value is. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Finds the value that a JSON Pointer (RFC 6901) leads to; undefined when it leads nowhere. */
export function compilePointer(pointer: string): (document: unknown) => unknown {
  const tokens = pointer.split('/').slice(1).map(unescaped)
  return (document) => {
    let at = document
    for (const { key, isIndex } of tokens) {
      // Own properties only: `/constructor` is nothing that the target said.
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
      if (!isIndex && Array.isArray(at)) return undefined
      at = (at as Record<string, unknown>)[key]
    }
    return at
  }
}

function unescaped(token: string): { readonly key: string; readonly isIndex: boolean } {
  const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
  return { key, isIndex: /^(0|[1-9]\d*)$/.test(key) }
}

export function compileValueCheck({ pointer, value }: Expect['json'][number]): (document: unknown) => boolean {
  const find = compilePointer(pointer)
  return (document) => isSameJson(find(document), value)
}

/** Most are plain, and the same or not at a glance. */
export function isSameJson(found: unknown, wanted: unknown): boolean {
  return typeof wanted === 'object' && wanted !== null ? isDeepStrictEqual(found, wanted) : found === wanted
}
