/** Text of a source as a profile writes it: what is `${` there stays these two characters. */
export function literal(text: string): string {
  // A function, since "$$" in a replacement is one "$".
  return text.replaceAll('${', () => '$${')
}

/** What a name means where it is used: a captured value, `source.column`, or `env.NAME`. */
export function reference(name: string): string {
  return `\${${name}}`
}

/** Names of variables that a template takes from the environment and that have no default there. */
export function variablesIn(template: string): readonly string[] {
  return [...template.matchAll(/(?<!\$)\$\{env\.([A-Za-z_]\w*)\}/g)].map(([, name]) => name as string)
}

/** `/a b` as a path may be written: blanks and invisible characters by their number, all else as it is. */
export function pathText(path: string): string {
  return path.replace(/[\s\p{Cc}\p{Cf}]+/gu, (text) => encodeURIComponent(text.toWellFormed())).replaceAll('#', '%23')
}

/** The text a URL stands for where it is encoded rightly; else the text itself. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
