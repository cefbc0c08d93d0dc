/** Makes the heads of a table into buttons that sort its last body: one way, the other way, and as it was. */
export function makeSortable(table: HTMLTableElement): void {
  const body = table.tBodies[table.tBodies.length - 1]
  if (body === undefined) return
  const asItWas = [...body.rows]
  const heads = [...table.tHead!.rows[0]!.cells]
  let sorted: { column: number; way: 1 | -1 } | undefined
  const show = () => {
    for (const [column, head] of heads.entries()) {
      if (sorted?.column === column) head.setAttribute('aria-sort', sorted.way > 0 ? 'ascending' : 'descending')
      else head.removeAttribute('aria-sort')
    }
    body.append(...(sorted === undefined ? asItWas : ordered(asItWas, sorted.column, sorted.way, heads)))
  }
  for (const [column, head] of heads.entries()) {
    const { kind } = head.dataset
    if (kind === undefined) continue
    const first = kind === 'number' ? -1 : 1
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = head.textContent
    button.addEventListener('click', () => {
      if (sorted?.column !== column) sorted = { column, way: first }
      else sorted = sorted.way === first ? { column, way: first === 1 ? -1 : 1 } : undefined
      show()
    })
    head.replaceChildren(button)
  }
}

/** What has no figure stands last either way. */
function ordered(
  rows: readonly HTMLTableRowElement[],
  column: number,
  way: 1 | -1,
  heads: readonly HTMLTableCellElement[],
): readonly HTMLTableRowElement[] {
  const cellOf = (row: HTMLTableRowElement) => row.cells[column]!
  if (heads[column]!.dataset.kind === 'text') {
    const names = new Map(rows.map((row) => [row, cellOf(row).textContent ?? '']))
    const { compare } = new Intl.Collator('en', { numeric: true })
    return rows.toSorted((a, b) => way * compare(names.get(a)!, names.get(b)!))
  }
  const figures = new Map(rows.map((row) => [row, figureOf(cellOf(row))]))
  return rows.toSorted((a, b) => {
    const [x, y] = [figures.get(a), figures.get(b)]
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
    return way * (x - y)
  })
}

function figureOf({ dataset: { by } }: HTMLElement): number | undefined {
  return by === undefined || by === '' ? undefined : Number(by)
}

interface Filter {
  readonly table: HTMLTableElement
  /** Part of the first cell's text, in either case. */
  readonly find: HTMLInputElement
  /** Only rows of concern. */
  readonly concern: HTMLInputElement
  /** Where it is said how many are left. */
  readonly count: HTMLElement
}

export function makeFiltered({ table, find, concern, count }: Filter): void {
  const rows = [...table.tBodies[table.tBodies.length - 1]!.rows].map((row) => ({
    row,
    text: (row.cells[0]?.textContent ?? '').toLowerCase(),
  }))
  const filter = () => {
    const part = find.value.trim().toLowerCase()
    let shown = 0
    for (const { row, text } of rows) {
      row.hidden = !text.includes(part) || (concern.checked && !row.classList.contains('concern'))
      if (!row.hidden) shown++
    }
    count.textContent =
      shown === rows.length ? '' : `${shown.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')}`
  }
  find.addEventListener('input', filter)
  concern.addEventListener('change', filter)
}
