import { createHash } from 'node:crypto'
import type { LoadPlan } from '../plan/plan.ts'
import { type Difference, namesOf, textDiffers } from './difference.ts'
import type { Policy } from './policy.ts'

/** Which script another generator runs, what is in it and what it is given: nobody can say what makes it send less. */
export function scriptDifferences(base: Policy, head: Policy): readonly Difference[] {
  const [was, is] = [base.plan.script, head.plan.script]
  const given = namesOf(Object.keys(was?.properties ?? {}), Object.keys(is?.properties ?? {}))
  return [
    ...textDiffers('engine', engineOf(base.plan), engineOf(head.plan)),
    ...(was && is && was.file === is.file ? contentDiffers(base.plan, head.plan, is.file) : []),
    ...filesDiffer(base.plan, head.plan),
    ...given.flatMap((name) => textDiffers(`engine: property "${name}"`, was?.properties[name], is?.properties[name])),
  ]
}

function engineOf({ script, results }: LoadPlan): string | undefined {
  return script ? `${script.tool}, ${script.file}` : results && `results in ${results}`
}

function contentDiffers(base: LoadPlan, head: LoadPlan, file: string): readonly Difference[] {
  return textDiffers(`script "${file}": content`, digest(base.files?.[file]), digest(head.files?.[file]))
}

/** What is read of the same name is compared as any file is. */
function filesDiffer(base: LoadPlan, head: LoadPlan): readonly Difference[] {
  const read = ({ script, files = {} }: LoadPlan) =>
    script &&
    (Object.keys(files)
      .filter((file) => file !== script.file)
      .join(', ') ||
      'none')
  return base.script && head.script ? textDiffers('engine: files', read(base), read(head)) : []
}

function digest(base64: string | undefined): string | undefined {
  return base64 && `SHA-256 ${createHash('sha256').update(base64, 'base64').digest('hex').slice(0, 12)}`
}
