import type { LoadPlan } from '../plan/plan.ts'
import { formatBytes } from '../units.ts'
import { type Difference, namesOf, textDiffers } from './difference.ts'

type Files = LoadPlan['files']

/** Files that requests and checks are made from: which step names which is told with the steps. */
export function fileDifferences(before: Files = {}, after: Files = {}): readonly Difference[] {
  return namesOf(Object.keys(before), Object.keys(after)).flatMap((file) => {
    const [text, textNow] = [before[file], after[file]]
    if (text === undefined || textNow === undefined || text === textNow) return []
    const say = (content: string) => formatBytes(Buffer.byteLength(content))
    return textDiffers(`file "${file}": content`, say(text), `${say(textNow)}, others`)
  })
}
