/** A JSONPath that leads to one place as a JSON Pointer (RFC 6901); undefined for one with wildcards, filters or slices. */
export function pointerOf(path: string): string | undefined {
  const text = path.trim()
  if (!text.startsWith('$')) return undefined
  let rest = text.slice(1)
  let pointer = ''
  while (rest !== '') {
    const [whole, name, quoted, index] =
      /^(?:\.([A-Za-z_$][\w$-]*)|\[\s*(?:'([^'\\]*)'|"[^"\\]*"|(\d+))\s*\])/.exec(rest) ?? []
    if (whole === undefined) return undefined
    const key = name ?? quoted ?? index ?? whole.slice(whole.indexOf('"') + 1, whole.lastIndexOf('"'))
    pointer += `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    rest = rest.slice(whole.length)
  }
  return pointer
}
