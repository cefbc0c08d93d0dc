import type { DataTable } from '../plan/plan.ts'
import type { DataSource } from '../profile/profile.ts'
import { counted } from '../units.ts'
import { type Difference, namesOf, numberDiffers, textDiffers } from './difference.ts'
import type { Policy } from './policy.ts'

/** Rows that the requests take their values from: fewer of them are more easily remembered by a cache. */
export function dataDifferences(base: Policy, head: Policy): readonly Difference[] {
  const names = namesOf(Object.keys(base.profile.data), Object.keys(head.profile.data))
  return names.flatMap((name) => {
    const what = `data "${name}"`
    const [source, sourceNow] = [own(base.profile.data, name), own(head.profile.data, name)]
    if (source === undefined || sourceNow === undefined) return textDiffers(what, source?.file, sourceNow?.file)
    return [
      ...textDiffers(`${what}: file`, source.file, sourceNow.file),
      ...textDiffers(`${what}: pick`, pickText(source), pickText(sourceNow)),
      ...textDiffers(`${what}: env`, String(source.env ?? false), String(sourceNow.env ?? false)),
      ...tableDifferences(what, own(base.plan.data, name), own(head.plan.data, name)),
    ]
  })
}

function pickText({ pick, by }: DataSource): string {
  return by === undefined ? pick : `${pick} by ${by}`
}

/** A source that no step uses has no table. */
function tableDifferences(
  what: string,
  before: DataTable | undefined,
  after: DataTable | undefined,
): readonly Difference[] {
  if (before === undefined || after === undefined) return []
  const say = (rows: number) => counted(rows, 'row')
  const rows = numberDiffers(`${what}: rows`, [before.rows.length, after.rows.length], 'tighter', say)
  if (rows.length > 0) return rows
  const same = JSON.stringify([before.columns, before.rows]) === JSON.stringify([after.columns, after.rows])
  return same ? [] : textDiffers(`${what}: content`, say(before.rows.length), `${say(after.rows.length)}, others`)
}

function own<T>(of: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined
}
