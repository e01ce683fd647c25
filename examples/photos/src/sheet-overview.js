import { clock, count, h, inventory, monthName, size } from './sheet-kit.js'
import { asked, toggle } from './sheet-query.js'

function fact(value, label, only, tone) {
  const shape = `fact${value.length > 8 ? ' wide' : ''}`
  const content = [h('b', { class: tone }, value), h('span', {}, label)]
  return only === undefined
    ? h('div', { class: shape }, content)
    : h('button', { class: shape, type: 'button', onclick: only }, content)
}

export function facts() {
  const { dates, blurry, cameras } = inventory
  const named = cameras.filter(({ name }) => name !== null).length
  const years = dates.first && [dates.first, dates.last].map((time) => monthName.format(clock(time)))
  return h(
    'section',
    { class: 'facts', 'aria-label': 'Summary' },
    fact(count.format(inventory.measured), `photos, ${size(inventory.bytes)}`),
    fact(count.format(named), named === 1 ? 'camera' : 'cameras'),
    years &&
      fact(
        years[0] === years[1] ? years[0] : `${years[0]} – ${years[1]}`,
        dates.unknown > 0 ? `${count.format(dates.unknown)} without a date` : 'taken',
        dates.unknown > 0 ? () => toggle('only', 'undated') : undefined,
      ),
    fact(count.format(inventory.withPosition), 'with a place', () => toggle('only', 'place')),
    fact(
      count.format(inventory.duplicates.surplus),
      `near-duplicates, ${size(inventory.duplicates.surplusBytes)}`,
      () => document.getElementById('duplicates')?.scrollIntoView(),
      inventory.duplicates.surplus > 0 ? 'warn' : undefined,
    ),
    fact(count.format(blurry.count), 'blurry', () => toggle('only', 'blurry'), blurry.count > 0 ? 'warn' : undefined),
    fact(
      count.format(inventory.failed),
      'could not be read',
      () => document.getElementById('failed')?.scrollIntoView(),
      inventory.failed > 0 ? 'bad' : undefined,
    ),
  )
}

/** Every month from the first to the last, those without photos too: the gaps are half of what a time line says. */
function allMonths() {
  const known = new Map(inventory.dates.months.map(({ month, count: n }) => [month, n]))
  const [from, to] = [inventory.dates.months.at(0)?.month, inventory.dates.months.at(-1)?.month]
  if (from === undefined) return []
  const months = []
  const [year, month] = from.split('-').map(Number)
  // A camera whose clock stood at 1980 would draw five hundred empty bars.
  for (let at = 0; at < 600; at++) {
    const key = new Date(Date.UTC(year, month - 1 + at)).toISOString().slice(0, 7)
    months.push({ key, n: known.get(key) ?? 0 })
    if (key >= to) break
  }
  return months.length > 120 ? inventory.dates.months.map(({ month, count: n }) => ({ key: month, n })) : months
}

export function charts() {
  const months = allMonths()
  const most = Math.max(1, ...months.map(({ n }) => n))
  const cameras = inventory.cameras.slice(0, 6)
  const top = Math.max(1, ...cameras.map(({ count: n }) => n))
  const label = (key) => monthName.format(clock(`${key}-01T00:00:00`))
  return h(
    'section',
    { class: 'charts', 'aria-label': 'When and with what' },
    months.length > 0 &&
      h(
        'div',
        { class: 'panel' },
        h('h2', {}, 'Photos by month'),
        h(
          'div',
          { class: 'months' },
          months.map(({ key, n }) =>
            h(
              'button',
              {
                type: 'button',
                class: n === 0 ? 'none' : undefined,
                disabled: n === 0,
                'aria-pressed': String(asked.month === key),
                'data-month': key,
                title: `${label(key)}: ${count.format(n)}`,
                'aria-label': `${label(key)}: ${n} photos`,
                onclick: () => toggle('month', key),
              },
              h('i', { class: 'month-bar', style: `height:${n === 0 ? 2 : Math.max(6, (n / most) * 92)}px` }),
            ),
          ),
        ),
        h('div', { class: 'axis' }, h('span', {}, label(months[0].key)), h('span', {}, label(months.at(-1).key))),
      ),
    h(
      'div',
      { class: 'panel' },
      h('h2', {}, 'Photos by camera'),
      h(
        'div',
        { class: 'bars' },
        cameras.map(({ name, count: n }) =>
          h(
            'button',
            {
              type: 'button',
              'data-camera': name ?? 'unknown',
              'aria-pressed': String(asked.camera === (name ?? 'unknown')),
              title: name ?? 'These photos do not say',
              onclick: () => toggle('camera', name ?? 'unknown'),
            },
            h('span', {}, name ?? 'unknown'),
            h('i', { class: 'camera-bar', style: `width:${(n / top) * 100}%` }),
            h('em', {}, count.format(n)),
          ),
        ),
      ),
    ),
  )
}
