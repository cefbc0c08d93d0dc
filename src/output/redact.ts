import { isWorthHiding, secretParts } from '../secret-parts.ts'
import { neutralise } from './neutralise.ts'

/** Replaces secrets by `***` wherever they turn up, in the forms in which a service or a library may echo them. */
export interface Redactor {
  add(secret: string): void
  redact(text: string): string
}

export function createRedactor(): Redactor {
  const forms = new Set<string>()
  let pattern: RegExp | undefined
  return {
    add(secret) {
      for (const form of formsOf(secret)) forms.add(form)
      // Longest first: a form that contains another must not leave its ends behind.
      const sorted = [...forms].sort((a, b) => b.length - a.length).map(RegExp.escape)
      pattern = sorted.length > 0 ? new RegExp(sorted.join('|'), 'g') : undefined
    },
    redact: (text) => (pattern ? text.replace(pattern, '***') : text),
  }
}

/** Each of its parts as it is, and as JSON, URL, form and base64 write it. */
function formsOf(secret: string): readonly string[] {
  return secretParts(secret.toWellFormed())
    .flatMap((text) => [text, neutralise(text), jsonForm(text), ...urlForms(text), ...base64Forms(text)])
    .filter(isWorthHiding)
}

function jsonForm(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function urlForms(text: string): readonly string[] {
  const url = encodeURIComponent(text)
  const form = new URLSearchParams([['', text]]).toString().slice(1)
  const lowerCase = (encoded: string) => encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())
  return [url, form, encodeURI(text), lowerCase(url), lowerCase(form)]
}

/**
 * Base64 writes three bytes as four characters, so that the same secret reads differently at each of three offsets in a
 * larger text ("user:secret" in basic authentication). The characters that also hold bits of its neighbours are left out.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text)
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    const spoiltAtEnd = (offset + bytes.length) % 3
    const body = encoded.replace(/=+$/, '')
    const inner = body.slice(Math.ceil((offset * 8) / 6), spoiltAtEnd === 0 ? undefined : -1)
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
}
