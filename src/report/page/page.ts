// What the report's page does by itself: it draws charts, and sorts and filters tables. It asks for nothing.
import type { PageData } from '../html/page-data.ts'
import { chartsOf, distributionChart } from './charts.ts'
import { followLive } from './live.ts'
import { type Plot, plotIn } from './plot.ts'
import { makeFiltered, makeSortable } from './tables.ts'

const data: PageData = JSON.parse(document.getElementById('data')?.textContent || '{}')

const charts = chartsOf(data)
const plots = new Map<string, Plot>()
for (const frame of document.querySelectorAll<HTMLElement>('[data-chart]')) {
  const told = frame.parentElement?.querySelector('.readout')
  const name = frame.dataset.chart ?? ''
  const facts = charts[name]
  if (facts === undefined || !(told instanceof HTMLElement)) continue
  const plot = plotIn(frame, told)
  plot.show(facts)
  plots.set(name, plot)
}

if (document.getElementById('live')) followLive([...document.querySelectorAll<HTMLElement>('[data-chart]')])

for (const controls of document.querySelectorAll<HTMLElement>('.controls')) controls.hidden = false
for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) makeSortable(table)

const [table, find, concern, count] = ['steps-table', 'steps-find', 'steps-concern', 'steps-count'].map((id) =>
  document.getElementById(id),
)
if (table && find && concern && count)
  makeFiltered({
    table: table as HTMLTableElement,
    find: find as HTMLInputElement,
    concern: concern as HTMLInputElement,
    count,
  })

const choice = document.getElementById('distribution-of') as HTMLSelectElement | null
choice?.addEventListener('change', () => {
  if (data.distributions) plots.get('distribution')?.show(distributionChart(data.distributions, Number(choice.value)))
})
