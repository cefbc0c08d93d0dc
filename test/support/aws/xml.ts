/** Text for XML, with what has a meaning there or may not stand there spelt out. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (char) => `&#${char.charCodeAt(0)};`)
}

export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}
