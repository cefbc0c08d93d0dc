import type { LoadPlan } from '../plan/plan.ts'
import { type Difference, textDiffers } from './difference.ts'

type Functions = LoadPlan['functions']

/** What a module makes of its arguments is sent, and how it judges answers counts: no other text of it is the same load. */
export function functionDifferences(before: Functions, after: Functions): readonly Difference[] {
  if (before === undefined || after === undefined) return textDiffers('functions', before?.file, after?.file)
  if (before.text === after.text) return []
  return textDiffers('functions: content', before.file, `${after.file}, another content`)
}
