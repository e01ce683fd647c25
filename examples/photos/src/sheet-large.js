import { clock, count, data, h, moment, size } from './sheet-kit.js'

export const dialog = h('dialog', {
  'aria-label': 'Photo',
  onclick: (event) => event.target === dialog && dialog.close(),
})
let turn = () => {}
dialog.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowLeft') turn(-1)
  if (event.key === 'ArrowRight') turn(1)
})

export function enlarge(photo, list) {
  turn = (by) => enlarge(list[(list.indexOf(photo) + by + list.length) % list.length], list)
  const original = data.base + photo.file.split('/').map(encodeURIComponent).join('/')
  const image = h('img', {
    class: 'stage-image',
    src: original,
    alt: photo.file,
    style: `background:center/contain no-repeat url("${photo.src}")`,
  })
  // The folder may have moved, and browsers show no TIFF: the thumbnail is always there.
  image.addEventListener('error', () => image.setAttribute('src', photo.src), { once: true })
  const row = (name, value) => (value ? [h('dt', {}, name), h('dd', {}, value)] : [])
  const place = photo.gps?.map((degrees) => degrees.toFixed(5)).join(', ')
  const [x, y] = photo.gps ?? []
  dialog.replaceChildren(
    h(
      'div',
      { class: 'large' },
      h(
        'div',
        { class: 'stage' },
        image,
        h('button', { class: 'step back', type: 'button', 'aria-label': 'Previous', onclick: () => turn(-1) }, '‹'),
        h('button', { class: 'step on', type: 'button', 'aria-label': 'Next', onclick: () => turn(1) }, '›'),
      ),
      h(
        'div',
        { class: 'side' },
        h(
          'header',
          {},
          h('h2', {}, photo.file.split('/').at(-1)),
          h('button', { class: 'quiet-button', type: 'button', onclick: () => dialog.close() }, 'Close'),
        ),
        h(
          'dl',
          {},
          row('Folder', photo.file.split('/').slice(0, -1).join('/')),
          row('Taken', photo.taken && moment.format(clock(photo.taken))),
          row('Camera', photo.camera),
          row('Lens', photo.lens),
          row('Exposure', photo.shot),
          row(
            'Size',
            `${photo.w} × ${photo.h} (${((photo.w * photo.h) / 1e6).toFixed(1)} MP), ${photo.format}, ${size(photo.bytes)}`,
          ),
          photo.gps ? [h('dt', {}, 'Place'), h('dd', {}, h('a', { href: `geo:${x},${y}` }, place))] : [],
          row('Sharpness', `${count.format(photo.sharpness)}${photo.blurry ? ' (blurry beside the others)' : ''}`),
          row('Room, objects, volume', 'not known: needs a vision model'),
        ),
        h(
          'div',
          { class: 'swatches', role: 'img', 'aria-label': `Colours ${photo.colours.join(', ')}` },
          photo.colours.map((colour) => h('i', { class: 'swatch', style: `background:${colour}`, title: colour })),
        ),
        h('p', {}, h('a', { href: original, target: '_blank' }, 'Open the original')),
      ),
    ),
  )
  if (!dialog.open) dialog.showModal()
  dialog.querySelector('.step.on').focus()
}
