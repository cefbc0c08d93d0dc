import { type Bytes, formatBytes } from '../units.ts'
import { type Difference, namesOf, numberDiffers, textDiffers } from './difference.ts'
import type { Policy } from './policy.ts'

/** What is in the files that requests carry: smaller ones are received, and worked on, sooner. Which are sent, the steps say. */
export function fileDifferences(base: Policy['plan'], head: Policy['plan']): readonly Difference[] {
  const [before, after] = [new Map(Object.entries(base.files ?? {})), new Map(Object.entries(head.files ?? {}))]
  return namesOf(before.keys(), after.keys()).flatMap((file) => {
    const [was, is] = [before.get(file), after.get(file)]
    if (was === undefined || is === undefined || was === is || file === head.script?.file) return []
    const [size, sizeNow] = [sizeOf(was), sizeOf(is)]
    const what = `file "${file}"`
    if (size !== sizeNow) return numberDiffers(`${what}: size`, [size, sizeNow], 'tighter', formatBytes)
    return textDiffers(`${what}: content`, formatBytes(size), `${formatBytes(sizeNow)}, others`)
  })
}

function sizeOf(base64: string): Bytes {
  return Buffer.byteLength(base64, 'base64')
}
