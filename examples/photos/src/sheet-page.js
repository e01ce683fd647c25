import {
  byFile,
  clock,
  count,
  data,
  day,
  duplicates,
  failed,
  groupOf,
  h,
  inventory,
  monthName,
  photos,
  size,
} from './sheet-kit.js'
import { dialog, enlarge } from './sheet-large.js'
import { charts, facts } from './sheet-overview.js'
import { ask, asked, askListeners, selected, toggle, WORDS } from './sheet-query.js'

function card(photo, among, extra = []) {
  const group = groupOf.get(photo.file)
  const marks = [photo.blurry && 'blurry', group && `${group.others.length + 1} alike`].filter(Boolean)
  return h(
    'button',
    { class: 'card', type: 'button', title: photo.file, onclick: () => enlarge(photo, among()) },
    h(
      'span',
      { class: 'frame', style: extra.length === 0 && `background-color:${photo.colours[0] ?? '#888'}` },
      h('img', { class: 'frame-image', src: photo.src, alt: '', loading: 'lazy', decoding: 'async' }),
      extra.length === 0 &&
        marks.length > 0 &&
        h(
          'span',
          { class: 'marks' },
          marks.map((mark) => h('span', { class: 'mark' }, mark)),
        ),
    ),
    extra,
    h('span', { class: 'name' }, photo.file.split('/').at(-1)),
    h(
      'span',
      { class: 'meta' },
      [photo.taken && day.format(clock(photo.taken)), `${photo.w} × ${photo.h}`, size(photo.bytes)]
        .filter(Boolean)
        .join(' · '),
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
  const chip = (value, text) =>
    h(
      'button',
      {
        type: 'button',
        class: 'chip',
        'data-only': value,
        'aria-pressed': String(asked.only === value),
        onclick: () => toggle('only', value),
      },
      text,
    )
  return h(
    'div',
    { class: 'tools', role: 'search' },
    h('input', {
      type: 'search',
      placeholder: 'Search names, cameras, lenses',
      'aria-label': 'Search',
      value: asked.q,
      oninput: (event) => ask({ q: event.target.value }),
    }),
    choice(
      'camera',
      'All cameras',
      inventory.cameras.map(({ name, count: n }) => [name ?? 'unknown', `${name ?? 'unknown'} (${n})`]),
    ),
    choice(
      'month',
      'All months',
      inventory.dates.months.map(({ month, count: n }) => [
        month,
        `${monthName.format(clock(`${month}-01T00:00:00`))} (${n})`,
      ]),
    ),
    inventory.formats.length > 1 &&
      choice(
        'format',
        'All formats',
        inventory.formats.map(({ format, count: n }) => [format, `${format} (${n})`]),
      ),
    choice('sort', 'By name', [
      ['newest', 'Newest first'],
      ['oldest', 'Oldest first'],
      ['largest', 'Largest first'],
      ['soft', 'Softest first'],
    ]),
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
    h(
      'p',
      {},
      `Side by side, the one to keep first: most pixels, then sharpest. The others weigh ${size(inventory.duplicates.surplusBytes)}.`,
    ),
    h(
      'div',
      { class: 'groups' },
      duplicates.slice(0, 300).map((group) => {
        const files = [group.keep, ...group.others.map(({ file }) => file)]
        const among = () => files.map((file) => byFile.get(file))
        const nearness = new Map(
          group.others.map(({ file, distance }) => [
            file,
            distance === 0 ? 'looks the same' : `${distance} of 64 bits differ`,
          ]),
        )
        return h(
          'div',
          { class: 'group' },
          files
            .slice(0, 30)
            .map((file, index) =>
              card(byFile.get(file), among, [
                h('span', { class: index === 0 ? 'tag keep' : 'tag' }, index === 0 ? '✓ keep' : nearness.get(file)),
              ]),
            ),
        )
      }),
    ),
  )
}

function failedSection() {
  if (failed.length === 0) return null
  return h(
    'section',
    { id: 'failed' },
    h('h2', {}, 'Could not be read'),
    h('p', {}, 'These are in the folder and count, but nothing could be measured.'),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, h('th', {}, 'File'), h('th', {}, 'Cause'), h('th', {}, 'Why'))),
        h(
          'tbody',
          {},
          failed
            .slice(0, 2000)
            .map(({ file, code, message }) =>
              h('tr', {}, h('td', {}, file), h('td', {}, h('code', {}, code)), h('td', {}, message)),
            ),
        ),
      ),
    ),
  )
}

const PAGE = 240
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
new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && drawMore(), {
  rootMargin: '800px',
}).observe(more)

function show() {
  shown = selected()
  drawn = 0
  grid.replaceChildren()
  output.textContent =
    shown.length === photos.length
      ? `${count.format(photos.length)} photos`
      : `${count.format(shown.length)} of ${count.format(photos.length)}`
  if (shown.length === 0) grid.replaceWith(empty)
  else empty.replaceWith(grid)
  drawMore()
  for (const element of document.querySelectorAll('[data-only], [data-month], [data-camera]')) {
    const [word, value] = Object.entries(element.dataset)[0]
    element.setAttribute('aria-pressed', String(asked[word] === value))
  }
  for (const element of document.querySelectorAll('select[data-word]')) element.value = asked[element.dataset.word]
}

const empty = h(
  'div',
  { class: 'empty' },
  h('p', {}, 'No photo is like that.'),
  h(
    'button',
    {
      class: 'quiet-button',
      type: 'button',
      onclick: () => {
        document.querySelector('[type=search]').value = ''
        ask(Object.fromEntries(WORDS.map((word) => [word, ''])))
      },
    },
    'Show all',
  ),
)

function flipTheme() {
  const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark'
  document.documentElement.dataset.theme = isDark ? 'light' : 'dark'
}

document.title = `${data.name}: photo inventory`
document
  .getElementById('page')
  .replaceChildren(
    h(
      'header',
      { class: 'top' },
      h('div', {}, h('h1', {}, data.name), h('p', {}, inventory.folder)),
      h('button', { class: 'quiet-button', type: 'button', onclick: flipTheme }, 'Light / dark'),
    ),
    facts(),
    charts(),
    tools(output),
    grid,
    more,
    ...[duplicateSection(), failedSection()].filter(Boolean),
    h(
      'footer',
      {},
      h(
        'p',
        {},
        `Blurry: ${inventory.blurry.rule}. Room, objects and volume are not known: that needs a vision model. The same as a table: inventory.csv; everything: inventory.json.`,
      ),
    ),
  )
document.body.append(dialog)
askListeners.push(show)
show()
