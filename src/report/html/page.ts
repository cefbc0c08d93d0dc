import { LoadgateError } from '../../errors.ts'
import type { Report } from '../report.ts'
import { budgets } from './budgets.ts'
import { compared } from './compared.ts'
import { courseOf, loadCoursesOf, momentsOf } from './course.ts'
import { overTime } from './course-section.ts'
import { distributionsOf } from './distribution.ts'
import { distribution } from './distribution-section.ts'
import { events } from './events.ts'
import { failures } from './failures.ts'
import { history } from './history.ts'
import { lastOutput } from './last-output.ts'
import { dataElement, type Html, html } from './markup.ts'
import { method } from './method.ts'
import type { PageData } from './page-data.ts'
import { shell } from './shell.ts'
import { steps } from './steps.ts'
import { titleOf, top } from './top.ts'
import { workers } from './workers.ts'

/**
 * The whole report as one page that asks for nothing else: its script draws charts and sorts tables; without it, the verdict
 * and the figures are there all the same.
 */
export function renderHtml(report: Report): string {
  const { sections, data } = body(report)
  const shown = sections.filter((section) => section !== undefined)
  return shell({
    title: titleOf(report),
    main: html`${top(report)}
${contents(shown)}
${shown.map(({ part }) => part)}
${dataElement('data', data)}`,
  })
}

interface Section {
  readonly id: string
  readonly title: string
  readonly part: Html
}

function body(report: Report): { readonly sections: readonly (Section | undefined)[]; readonly data: PageData } {
  const { measured } = report.result.plan
  const moments = readable(() => momentsOf(report.result)) ?? []
  const loads = loadCoursesOf(report.result, moments)
  const spread = readable(() => distributionsOf(report))
  const section = (id: string, title: string, part: Html | undefined) => part && { id, title, part }
  return {
    sections: [
      section('last-output', 'Last output', lastOutput(report)),
      section('budgets', 'Budgets', budgets(report)),
      section('compared', 'Comparison', compared(report)),
      section('over-time', 'Over time', overTime(report, moments, loads)),
      section('distribution', 'Distribution', spread && distribution(spread, report.comparison)),
      section(
        'steps',
        'Steps',
        readable(() => steps(report)),
      ),
      section('events', 'Events', events(report)),
      section('failures', 'Failures', failures(report)),
      section('workers', 'Generator', workers(report)),
      section('history', 'History', history(report)),
      section('method', 'Method', method(report)),
    ],
    data: {
      measured: measured / 1000,
      course: courseOf(moments, measured),
      load: loads[0],
      users: loads[1],
      distributions: spread && { at: spread.at, of: spread.of },
    },
  }
}

function contents(sections: readonly Section[]): Html {
  return html`<nav aria-label="Contents">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a> `)}</nav>`
}

/** A damaged histogram is a defect of the run, and the report that says so must still be written. */
function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof LoadgateError) return undefined
    throw error
  }
}
