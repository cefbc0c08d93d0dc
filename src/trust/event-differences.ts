import type { Events } from '../profile/profile.ts'
import { formatDuration } from '../units.ts'
import { type Difference, textDiffers } from './difference.ts'

/** How an answer is read; what is waited for otherwise is another load. */
export function eventDifferences(
  step: string,
  before: Events | undefined,
  after: Events | undefined,
): readonly Difference[] {
  const said = (events: Events | undefined) => events && (shown(events) || 'until the stream ends')
  return textDiffers(`${step}: events`, said(before), said(after))
}

function shown({ until, for: lasts, within }: Events): string {
  const { kind: _, ...last } = until ?? { kind: undefined }
  return [
    until === undefined ? undefined : `until ${JSON.stringify(last)}`,
    lasts === undefined ? undefined : `for ${formatDuration(lasts)}`,
    within === undefined ? undefined : `within ${formatDuration(within)}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ')
}
