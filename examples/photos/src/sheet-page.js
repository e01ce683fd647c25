// The contact sheet's own code. It runs in the page as it is, from a file, so it needs nothing but the browser.
const data = JSON.parse(document.getElementById('data').textContent)
const { inventory, photos, failed, duplicates } = data
const byFile = new Map(photos.map((photo) => [photo.file, photo]))
const groupOf = new Map(duplicates.flatMap((group) => [group.keep, ...group.others.map(({ file }) => file)].map((file) => [file, group])))

const count = new Intl.NumberFormat()
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' })
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium', timeZone: 'UTC' })
const monthName = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', timeZone: 'UTC' })
const PAGE = 240

// A camera's clock has no zone: it is read and shown as UTC, so that it says what the camera said.
const clock = (text) => new Date(`${text}Z`)
const size = (bytes) => {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
  const power = Math.min(4, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1000 ** power
  return new Intl.NumberFormat(undefined, { style: 'unit', unit: units[power], unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 }).format(value)
}

function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value)
    else if (key === 'style') element.style.cssText = value
    else element.setAttribute(key, value === true ? '' : value)
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

// ------------------------------------------------------------------ what is asked for, kept in the address

const WORDS = ['q', 'camera', 'month', 'format', 'only', 'sort']
const asked = Object.fromEntries(WORDS.map((word) => [word, new URLSearchParams(location.hash.slice(1)).get(word) ?? '']))

function ask(change) {
  Object.assign(asked, change)
  const set = Object.entries(asked).filter(([, value]) => value !== '')
  history.replaceState(null, '', `#${new URLSearchParams(set)}`)
  show()
}

const toggle = (word, value) => ask({ [word]: asked[word] === value ? '' : value })

const TESTS = {
  blurry: (photo) => photo.blurry,
  duplicates: (photo) => groupOf.has(photo.file),
  place: (photo) => photo.gps !== null,
  undated: (photo) => photo.taken === null,
}
const SORTS = {
  '': () => 0,
  newest: (a, b) => (b.taken ?? '').localeCompare(a.taken ?? ''),
  oldest: (a, b) => (a.taken ?? '~').localeCompare(b.taken ?? '~'),
  largest: (a, b) => b.bytes - a.bytes,
  soft: (a, b) => a.sharpness - b.sharpness,
}

function selected() {
  const words = asked.q.toLowerCase().split(/\s+/).filter(Boolean)
  return photos
    .filter(
      (photo) =>
        words.every((word) => `${photo.file} ${photo.camera ?? ''} ${photo.lens ?? ''}`.toLowerCase().includes(word)) &&
        (asked.camera === '' || (photo.camera ?? 'unknown') === asked.camera) &&
        (asked.month === '' || photo.taken?.startsWith(asked.month)) &&
        (asked.format === '' || photo.format === asked.format) &&
        (TESTS[asked.only]?.(photo) ?? true),
    )
    .sort(SORTS[asked.sort] ?? SORTS[''])
}

// ------------------------------------------------------------------ parts of the page

function card(photo, among, extra = []) {
  const group = groupOf.get(photo.file)
  const marks = [photo.blurry && 'blurry', group && `${group.others.length + 1} alike`].filter(Boolean)
  return h(
    'button',
    { class: 'card', type: 'button', title: photo.file, onclick: () => enlarge(photo, among()) },
    h(
      'span',
      { class: 'frame', style: `background-color:${photo.colours[0] ?? '#888'}` },
      h('img', { src: photo.src, alt: '', loading: 'lazy', decoding: 'async' }),
      extra.length === 0 && marks.length > 0 && h('span', { class: 'marks' }, marks.map((mark) => h('span', { class: 'mark' }, mark))),
    ),
    extra,
    h('span', { class: 'name' }, photo.file.split('/').at(-1)),
    h('span', { class: 'meta' }, [photo.taken && day.format(clock(photo.taken)), `${photo.w} × ${photo.h}`, size(photo.bytes)].filter(Boolean).join(' · ')),
  )
}

function fact(value, label, only, tone) {
  const content = [h('b', { class: tone }, value), h('span', {}, label)]
  return only === undefined ? h('div', { class: 'fact' }, content) : h('button', { class: 'fact', type: 'button', onclick: only }, content)
}

function facts() {
  const { dates, blurry, cameras } = inventory
  const named = cameras.filter(({ name }) => name !== null).length
  const years = dates.first && [dates.first, dates.last].map((time) => monthName.format(clock(time)))
  return h(
    'section',
    { class: 'facts', 'aria-label': 'Summary' },
    fact(count.format(inventory.measured), `photos, ${size(inventory.bytes)}`),
    fact(count.format(named), named === 1 ? 'camera' : 'cameras'),
    years && fact(years[0] === years[1] ? years[0] : `${years[0]} – ${years[1]}`, dates.unknown > 0 ? `${count.format(dates.unknown)} without a date` : 'taken', dates.unknown > 0 ? () => toggle('only', 'undated') : undefined),
    fact(count.format(inventory.withPosition), 'with a place', () => toggle('only', 'place')),
    fact(count.format(inventory.duplicates.surplus), `near-duplicates, ${size(inventory.duplicates.surplusBytes)}`, () => document.getElementById('duplicates')?.scrollIntoView(), inventory.duplicates.surplus > 0 ? 'warn' : undefined),
    fact(count.format(blurry.count), 'blurry', () => toggle('only', 'blurry'), blurry.count > 0 ? 'warn' : undefined),
    fact(count.format(inventory.failed), 'could not be read', () => document.getElementById('failed')?.scrollIntoView(), inventory.failed > 0 ? 'bad' : undefined),
  )
}

/** Every month from the first to the last, those without photos too: the gaps are half of what a time line says. */
function allMonths() {
  const known = new Map(inventory.dates.months.map(({ month, count: n }) => [month, n]))
  const [from, to] = [inventory.dates.months.at(0)?.month, inventory.dates.months.at(-1)?.month]
  if (from === undefined) return []
  const months = []
  for (let [year, month] = from.split('-').map(Number); ; month === 12 ? (year++, (month = 1)) : month++) {
    const key = `${year}-${String(month).padStart(2, '0')}`
    months.push({ key, n: known.get(key) ?? 0 })
    // A camera whose clock stood at 1980 would draw five hundred empty bars.
    if (key >= to || months.length > 600) break
  }
  return months.length > 120 ? inventory.dates.months.map(({ month, count: n }) => ({ key: month, n })) : months
}

function charts() {
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
        h('h3', {}, 'Photos by month'),
        h(
          'div',
          { class: 'months' },
          months.map(({ key, n }) =>
            h('button', { type: 'button', class: n === 0 ? 'none' : undefined, disabled: n === 0, 'aria-pressed': String(asked.month === key), 'data-month': key, title: `${label(key)}: ${count.format(n)}`, 'aria-label': `${label(key)}: ${n} photos`, onclick: () => toggle('month', key) }, h('i', { style: `height:${n === 0 ? 2 : Math.max(6, (n / most) * 92)}px` })),
          ),
        ),
        h('div', { class: 'axis' }, h('span', {}, label(months[0].key)), h('span', {}, label(months.at(-1).key))),
      ),
    h(
      'div',
      { class: 'panel' },
      h('h3', {}, 'Photos by camera'),
      h(
        'div',
        { class: 'bars' },
        cameras.map(({ name, count: n }) =>
          h('button', { type: 'button', 'data-camera': name ?? 'unknown', 'aria-pressed': String(asked.camera === (name ?? 'unknown')), title: name ?? 'These photos do not say', onclick: () => toggle('camera', name ?? 'unknown') }, h('span', {}, name ?? 'unknown'), h('i', { style: `width:${(n / top) * 100}%` }), h('em', {}, count.format(n))),
        ),
      ),
    ),
  )
}

function choice(word, label, options) {
  return h(
    'select',
    { 'aria-label': label, 'data-word': word, onchange: (event) => ask({ [word]: event.target.value }) },
    h('option', { value: '' }, label),
    options.map(([value, text]) => h('option', { value, selected: asked[word] === value }, text)),
  )
}

function tools(output) {
  const chip = (value, text) => h('button', { type: 'button', class: 'chip', 'data-only': value, 'aria-pressed': String(asked.only === value), onclick: () => toggle('only', value) }, text)
  return h(
    'div',
    { class: 'tools', role: 'search' },
    h('input', { type: 'search', placeholder: 'Search names, cameras, lenses', 'aria-label': 'Search', value: asked.q, oninput: (event) => ask({ q: event.target.value }) }),
    choice('camera', 'All cameras', inventory.cameras.map(({ name, count: n }) => [name ?? 'unknown', `${name ?? 'unknown'} (${n})`])),
    choice('month', 'All months', inventory.dates.months.map(({ month, count: n }) => [month, `${monthName.format(clock(`${month}-01T00:00:00`))} (${n})`])),
    inventory.formats.length > 1 && choice('format', 'All formats', inventory.formats.map(({ format, count: n }) => [format, `${format} (${n})`])),
    choice('sort', 'By name', [['newest', 'Newest first'], ['oldest', 'Oldest first'], ['largest', 'Largest first'], ['soft', 'Softest first']]),
    chip('blurry', 'Blurry'),
    chip('duplicates', 'Near-duplicates'),
    chip('place', 'With a place'),
    output,
  )
}

function duplicateSection() {
  if (duplicates.length === 0) return null
  return h(
    'section',
    { id: 'duplicates' },
    h('h2', {}, 'Near-duplicates'),
    h('p', {}, `Side by side, the one to keep first: most pixels, then sharpest. The others weigh ${size(inventory.duplicates.surplusBytes)}.`),
    duplicates.slice(0, 300).map((group) => {
      const files = [group.keep, ...group.others.map(({ file }) => file)]
      const among = () => files.map((file) => byFile.get(file))
      const nearness = new Map(group.others.map(({ file, distance }) => [file, distance === 0 ? 'looks the same' : `${distance} of 64 bits differ`]))
      return h('div', { class: 'group' }, files.slice(0, 30).map((file, index) => card(byFile.get(file), among, [h('span', { class: index === 0 ? 'tag keep' : 'tag' }, index === 0 ? '✓ keep' : nearness.get(file))])))
    }),
  )
}

function failedSection() {
  if (failed.length === 0) return null
  return h(
    'section',
    { id: 'failed' },
    h('h2', {}, 'Could not be read'),
    h('p', {}, 'These are in the folder and count, but nothing could be measured.'),
    h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, h('tr', {}, h('th', {}, 'File'), h('th', {}, 'Cause'), h('th', {}, 'Why'))), h('tbody', {}, failed.slice(0, 2000).map(({ file, code, message }) => h('tr', {}, h('td', {}, file), h('td', {}, h('code', {}, code)), h('td', {}, message)))))),
  )
}

// ------------------------------------------------------------------ one photo, large

const dialog = h('dialog', { 'aria-label': 'Photo', onclick: (event) => event.target === dialog && dialog.close() })
let turn = () => {}
dialog.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowLeft') turn(-1)
  if (event.key === 'ArrowRight') turn(1)
})

function enlarge(photo, list) {
  turn = (by) => enlarge(list[(list.indexOf(photo) + by + list.length) % list.length], list)
  const original = data.base + photo.file.split('/').map(encodeURIComponent).join('/')
  const image = h('img', { src: original, alt: photo.file, style: `background:center/contain no-repeat url("${photo.src}")` })
  // The folder may have moved, and browsers show no TIFF: the thumbnail is always there.
  image.addEventListener('error', () => image.setAttribute('src', photo.src), { once: true })
  const row = (name, value) => (value ? [h('dt', {}, name), h('dd', {}, value)] : [])
  const place = photo.gps?.map((degrees) => degrees.toFixed(5)).join(', ')
  const [x, y] = photo.gps ?? []
  dialog.replaceChildren(
    h(
      'div',
      { class: 'large' },
      h('div', { class: 'stage' }, image, h('button', { class: 'step back', type: 'button', 'aria-label': 'Previous', onclick: () => turn(-1) }, '‹'), h('button', { class: 'step on', type: 'button', 'aria-label': 'Next', onclick: () => turn(1) }, '›')),
      h(
        'div',
        { class: 'side' },
        h('header', {}, h('h2', {}, photo.file.split('/').at(-1)), h('button', { class: 'quiet-button', type: 'button', onclick: () => dialog.close() }, 'Close')),
        h(
          'dl',
          {},
          row('Folder', photo.file.split('/').slice(0, -1).join('/')),
          row('Taken', photo.taken && moment.format(clock(photo.taken))),
          row('Camera', photo.camera),
          row('Lens', photo.lens),
          row('Exposure', photo.shot),
          row('Size', `${photo.w} × ${photo.h} (${((photo.w * photo.h) / 1e6).toFixed(1)} MP), ${photo.format}, ${size(photo.bytes)}`),
          photo.gps ? [h('dt', {}, 'Place'), h('dd', {}, h('a', { href: `geo:${x},${y}` }, place))] : [],
          row('Sharpness', `${count.format(photo.sharpness)}${photo.blurry ? ' (blurry beside the others)' : ''}`),
          row('Room, objects, volume', 'not known: needs a vision model'),
        ),
        h('div', { class: 'swatches', role: 'img', 'aria-label': `Colours ${photo.colours.join(', ')}` }, photo.colours.map((colour) => h('i', { style: `background:${colour}`, title: colour }))),
        h('p', {}, h('a', { href: original, target: '_blank' }, 'Open the original')),
      ),
    ),
  )
  if (!dialog.open) dialog.showModal()
  dialog.querySelector('.step.on').focus()
}

// ------------------------------------------------------------------ the page

const output = h('output', { 'aria-live': 'polite' })
const grid = h('div', { class: 'grid' })
const more = h('div', {})
let shown = []
let drawn = 0

function drawMore() {
  const next = shown.slice(drawn, drawn + PAGE)
  grid.append(...next.map((photo) => card(photo, () => shown)))
  drawn += next.length
}
new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && drawMore(), { rootMargin: '800px' }).observe(more)

function show() {
  shown = selected()
  drawn = 0
  grid.replaceChildren()
  output.textContent = shown.length === photos.length ? `${count.format(photos.length)} photos` : `${count.format(shown.length)} of ${count.format(photos.length)}`
  if (shown.length === 0) grid.replaceWith(empty)
  else empty.replaceWith(grid)
  drawMore()
  for (const element of document.querySelectorAll('[data-only], [data-month], [data-camera]')) {
    const [word, value] = Object.entries(element.dataset)[0]
    element.setAttribute('aria-pressed', String(asked[word] === value))
  }
  for (const element of document.querySelectorAll('select[data-word]')) element.value = asked[element.dataset.word]
}

const empty = h('div', { class: 'empty' }, h('p', {}, 'No photo is like that.'), h('button', { class: 'quiet-button', type: 'button', onclick: () => { document.querySelector('[type=search]').value = ''; ask(Object.fromEntries(WORDS.map((word) => [word, '']))) } }, 'Show all'))

function flipTheme() {
  const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark'
  document.documentElement.dataset.theme = isDark ? 'light' : 'dark'
}

document.title = `${data.name}: photo inventory`
document.getElementById('page').replaceChildren(
  h('header', { class: 'top' }, h('div', {}, h('h1', {}, data.name), h('p', {}, inventory.folder)), h('button', { class: 'quiet-button', type: 'button', onclick: flipTheme }, 'Light / dark')),
  facts(),
  charts(),
  tools(output),
  grid,
  more,
  ...[duplicateSection(), failedSection()].filter(Boolean),
  h('footer', {}, h('p', {}, `Blurry: ${inventory.blurry.rule}. Room, objects and volume are not known: that needs a vision model. The same as a table: inventory.csv; everything: inventory.json.`)),
)
document.body.append(dialog)
show()
