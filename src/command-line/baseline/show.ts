import { dirname, join } from 'node:path'
import { acceptedAt } from '../../accepted-at.ts'
import { EXIT } from '../../errors.ts'
import { checkWritable, writeText } from '../../files.ts'
import { historyOf } from '../../history/history-of.ts'
import { windowRows } from '../../history/window-rows.ts'
import { renderHistory } from '../../report/history.ts'
import { renderHistoryJson } from '../../report/json.ts'
import { renderWindow } from '../../report/window.ts'
import { ACCEPT_FILE } from '../../trust/acceptance.ts'
import type { BaselineDoors } from './baseline.ts'
import { openStored, readRuns } from './stored.ts'

/** `show`: the stored runs, which of them a run here would be compared with, and what became of the service over time. */
export async function showBaseline(argv: readonly string[], { output }: BaselineDoors): Promise<number> {
  const { values, profile, store, current } = await openStored(argv, { flags: ['json'], mask: output.mask })
  if (values.json !== undefined) await checkWritable(values.json)
  const baseline = await readRuns(store, output.info)
  const history = historyOf(baseline, await acceptedAt(join(dirname(profile), ACCEPT_FILE)))
  const rows = windowRows(baseline, history, current)
  const { width } = output
  output.styled(`${renderWindow(rows, history, { width })}\n\n${renderHistory(history, { width })}`)
  if (values.json !== undefined) {
    await writeText(values.json, renderHistoryJson(history, rows, output.redact))
    output.info(`Written: ${values.json}.`)
  }
  return EXIT.pass
}
