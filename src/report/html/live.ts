import { quantilesOf } from '../../histogram.ts'
import type { ProgressSnapshot } from '../progress.ts'
import { chart } from './chart.ts'
import { rounded } from './course.ts'
import { html } from './markup.ts'
import type { LiveOf, LivePoint } from './page-data.ts'
import { shell } from './shell.ts'
import { voice } from './voice.ts'

/** @param before the snapshot before it of the same load */
export function livePoint(
  snapshot: ProgressSnapshot,
  { of, at, before }: { readonly of: LiveOf; readonly at: number; readonly before: ProgressSnapshot | undefined },
): LivePoint {
  const { elapsed, total, warmingUp, sent, failed, dropped, active, rate, recent } = snapshot
  const [p50 = null, p95 = null, p99 = null, max = null] = (quantilesOf([recent], [0.5, 0.95, 0.99, 1]) ?? []).map(
    (us) => rounded(us / 1000),
  )
  const time = elapsed - (before?.elapsed ?? 0)
  const failing = time > 0 ? ((failed - (before?.failed ?? 0)) / time) * 1000 : 0
  return {
    ...{ of, at, p50, p95, p99, max, rate: rounded(rate), failing: rounded(failing), active },
    ...{ elapsed: Math.min(elapsed, total ?? elapsed), total: total ?? null, warmingUp, sent, failed, dropped },
  }
}

/** The page of a run that is under way: its script asks the server for points, and for the report when there is one. */
export function renderLive(profile: string): string {
  return shell({
    title: `running: ${voice.plain(profile)} – Loadgate`,
    connects: true,
    main: html`<header class="top running">
<p class="brand">Loadgate · ${voice.name(profile)}</p>
<h1><span class="verdict">running</span> <span id="live-state">waiting for the load to begin</span></h1>
<p><progress id="live-progress" aria-label="how much of the load is done" max="1" value="0"></progress></p>
</header>
<section id="live"><h2>Now</h2>
<div class="scroll" role="region" aria-label="Figures of this moment" tabindex="0"><table class="figures"><thead><tr><td></td>${NOW.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody id="live-now"></tbody></table></div></section>
<section><h2>Over time</h2>
${CHARTS.map(([name, title]) => chart({ name, title, key: html``, says: '' }))}</section>`,
  })
}

/** In the order in which the page's script writes them. */
const NOW = ['rate', 'p50', 'p95', 'p99', 'slowest', 'failed', 'dropped', 'under way', 'sent']
const CHARTS = [
  ['live-response', 'Response times'],
  ['live-rate', 'Requests per second'],
  ['live-active', 'Iterations under way'],
] as const
