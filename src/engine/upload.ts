import type { DataTable, LoadPlan } from '../plan/plan.ts'
import type { Body, Template } from '../profile/profile.ts'
import type { Payload } from './http/transport.ts'
import { compileTemplate, type Render, type Tools, type Values } from './template.ts'

/** A body with files in it, in pieces: what is in a file is never copied. */
export interface Upload {
  /** Whether it is the same every time. */
  readonly fixed: boolean
  /** Undefined when a value is not there, or cannot be sent in a form. */
  readonly render: (values: Values) => Payload | undefined
}

/** What is in the files of a plan, by their paths; for all steps the same. */
export type Files = ReadonlyMap<string, Buffer>

export function filesIn({ files = {} }: Pick<LoadPlan, 'files'>): Files {
  return new Map(Object.entries(files).map(([file, base64]) => [file, Buffer.from(base64, 'base64')]))
}

/** The template with the text of those files that are not sent byte by byte. */
export function withFileTexts(template: Template, files: Files): Template {
  return template.map((part) => {
    if (typeof part === 'string' || part.value.kind !== 'file' || part.encode !== 'json') return part
    return JSON.stringify(fileOf(files, part.value.file).toString()).slice(1, -1)
  })
}

/** Undefined for a body that is text alone. */
export function compileUpload(
  body: Body | undefined,
  data: Readonly<Record<string, DataTable>>,
  files: Files,
  tools?: Tools,
): Upload | undefined {
  if (body === undefined) return undefined
  const { content, boundary } = body
  if (boundary === undefined && !content.some(isFile)) return undefined
  const parts = content.map((part): string | Buffer | Render => {
    if (typeof part === 'string') return part
    return part.value.kind === 'file'
      ? fileOf(files, part.value.file)
      : within(compileTemplate([part], data, tools), boundary)
  })
  const fixed = parts.every((part) => typeof part !== 'function')
  const all = fixed ? piecesOf(parts, undefined) : undefined
  return { fixed, render: fixed ? () => all : (values) => piecesOf(parts, values) }
}

/** Byte by byte. */
function isFile(part: Template[number]): boolean {
  return typeof part === 'object' && part.value.kind === 'file' && part.encode === 'none'
}

function fileOf(files: Files, file: string): Buffer {
  const bytes = files.get(file)
  if (bytes === undefined) throw new Error(`the plan lacks the file ${file}`)
  return bytes
}

// A captured value is the target's to choose, and the target has seen the boundary: it may not end a part and begin another.
function within(value: string | Render, boundary: string | undefined): string | Render {
  if (typeof value === 'string' || boundary === undefined) return value
  return (values) => {
    const text = value(values)
    return text?.includes(boundary) ? undefined : text
  }
}

/** @param values undefined where no part asks for any */
function piecesOf(parts: readonly (string | Buffer | Render)[], values: Values | undefined): Payload | undefined {
  const pieces: Buffer[] = []
  let text = ''
  let length = 0
  const add = (piece: Buffer) => {
    length += piece.length
    if (piece.length > 0) pieces.push(piece)
  }
  for (const part of parts) {
    if (typeof part === 'object') {
      add(Buffer.from(text))
      text = ''
      add(part)
    } else {
      const more = typeof part === 'string' ? part : values && part(values)
      if (more === undefined) return undefined
      text += more
    }
  }
  add(Buffer.from(text))
  return { pieces, length }
}
