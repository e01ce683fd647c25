import { seeded } from './random.ts'
import {
  backdrop,
  type Canvas,
  clouds,
  glitter,
  land,
  mix,
  pine,
  px,
  skyline,
  stars,
  sun,
  vertical,
  vignette,
} from './scene-parts.ts'
import { city, fruits, jetty, meadow, window_ } from './scenes-near.ts'

/** What the samples show. */
export const SCENES = {
  mountains,
  sea,
  dunes,
  forest,
  lake,
  aurora,
  meadow,
  city,
  jetty,
  fruits,
  window: window_,
} as const
export type SceneName = keyof typeof SCENES

/** A picture of a kind as an SVG document; the same seed and size give the same text. */
export function scene(name: SceneName, seed: number, size: { width: number; height: number }): string {
  const canvas: Canvas = { ...size, random: seeded(seed) }
  const { width, height } = size
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${SCENES[name](canvas)}${vignette(canvas)}</svg>`
}

type Palette = { readonly sky: readonly string[]; readonly light: string; readonly far: string; readonly near: string }

const DAYS: readonly [Palette, ...Palette[]] = [
  { sky: ['#274472', '#6b8cae', '#f3c89b', '#f7a072'], light: '#ffd08a', far: '#9d8ca4', near: '#1e2338' },
  { sky: ['#2d6ca2', '#79b3dc', '#cfe6f2'], light: '#fff3d0', far: '#8fb3c9', near: '#18382f' },
  { sky: ['#3b1f4a', '#8a3a5b', '#e8735a', '#ffc371'], light: '#ffb35c', far: '#8d4f6b', near: '#1b1026' },
  { sky: ['#4d7c8a', '#9fc0bd', '#e9ead6'], light: '#fffbe6', far: '#a8bfb8', near: '#1b4332' },
  { sky: ['#1f3a5f', '#4d648d', '#acc2d9', '#f5e6ca'], light: '#ffeac2', far: '#8796b0', near: '#22303f' },
]

function mountains(canvas: Canvas): string {
  const { random, width, height } = canvas
  const day = random.pick(DAYS)
  const layers = random.whole(4, 6)
  const ranges = Array.from({ length: layers }, (_, index) => {
    const part = index / (layers - 1)
    const line = skyline(canvas, height * (0.42 + part * 0.42), height * (0.2 - part * 0.1), 0.52)
    const mist = index === layers - 1 ? '' : backdrop(canvas, 'url(#mist)')
    return land(canvas, line, mix(day.far, day.near, part)) + mist
  })
  return `<defs>${vertical('sky', day.sky)}<linearGradient id="mist" x1="0" y1="0" x2="0" y2="1"><stop offset="45%" stop-color="${day.light}" stop-opacity="0"/><stop offset="100%" stop-color="${day.light}" stop-opacity="0.13"/></linearGradient></defs>
    ${backdrop(canvas, 'url(#sky)')}${sun(width * random.between(0.2, 0.8), height * random.between(0.22, 0.38), height * 0.035, day.light)}
    ${clouds(canvas, random.whole(2, 5), mix(day.light, '#ffffff', 0.4))}${ranges.join('')}`
}

function sea(canvas: Canvas): string {
  const { random, width, height } = canvas
  const day = random.pick(DAYS)
  const horizon = height * random.between(0.48, 0.6)
  const x = width * random.between(0.25, 0.75)
  const low = day.sky.at(-1) ?? '#ffffff'
  const waves = Array.from({ length: 46 }, (_, index) => {
    const part = (index / 46) ** 1.7
    const y = horizon + (height - horizon) * part
    const from = random.between(-width * 0.2, width * 0.9)
    const length = width * random.between(0.1, 0.5)
    const bend = height * (0.002 + part * 0.012)
    return `<path d="M${px(from)} ${px(y)}q${px(length / 4)} ${px(-bend)} ${px(length / 2)} 0t${px(length / 2)} 0" stroke-width="${px(1 + part * 5)}" opacity="${px(random.between(0.1, 0.45))}"/>`
  })
  const rock = random.next() < 0.6 ? land(canvas, cliff(canvas, horizon), mix(day.near, '#000000', 0.2)) : ''
  return `<defs>${vertical('sky', day.sky)}${vertical('water', [mix(low, day.near, 0.25), mix(day.far, day.near, 0.55), day.near])}</defs>
    ${backdrop(canvas, 'url(#sky)')}${sun(x, horizon - height * random.between(0.03, 0.2), height * 0.045, day.light)}${clouds(canvas, random.whole(3, 6), day.light)}
    <rect y="${px(horizon)}" width="${width}" height="${px(height - horizon)}" fill="url(#water)"/>
    <g fill="none" stroke="${mix(day.light, day.far, 0.4)}">${waves.join('')}</g>
    ${glitter(canvas, { x, top: horizon, bottom: height, colour: mix(day.light, '#ffffff', 0.4), count: 260 })}${rock}`
}

/** A headland that leaves the frame on one side and ends in the sea. */
function cliff(canvas: Canvas, horizon: number): readonly number[] {
  const { random, height } = canvas
  const line = skyline(canvas, 0, height * 0.03, 0.6)
  const [isLeft, reach] = [random.next() < 0.5, random.between(0.25, 0.45)]
  return line.map((rough, index) => {
    const part = isLeft ? index / line.length : 1 - index / line.length
    if (part > reach) return height + 10
    return (
      horizon + height * 0.06 + rough - height * 0.34 * (1 - part / reach) ** 0.8 + (part / reach) ** 6 * height * 0.5
    )
  })
}

function dunes(canvas: Canvas): string {
  const { random, width, height } = canvas
  const [pale, deep] = random.pick([
    ['#f4d9a6', '#a4552a'],
    ['#f1e0c5', '#8a5a44'],
    ['#ffd6a0', '#b5482f'],
  ] as const)
  const ridges = Array.from({ length: 5 }, (_, index) => {
    const part = index / 4
    const line = skyline(canvas, height * (0.46 + part * 0.38), height * 0.12, 0.33)
    const shade = line.map((y, at) => y + Math.abs(Math.sin(at / 37 + index * 1.9)) * height * 0.16 + 4)
    return land(canvas, line, mix(pale, deep, part * 0.55)) + land(canvas, shade, mix(pale, deep, 0.3 + part * 0.62))
  })
  return `<defs>${vertical('sky', ['#2e6f9e', '#8fc1d9', '#f6e3c5'])}</defs>${backdrop(canvas, 'url(#sky)')}
    ${sun(width * random.between(0.15, 0.85), height * 0.2, height * 0.04, '#fff1c9')}${ridges.join('')}`
}

function forest(canvas: Canvas): string {
  const { random, width, height } = canvas
  const [air, dark] = random.pick([
    ['#dfe8e3', '#12291f'],
    ['#f3dcc0', '#2a1c18'],
    ['#cddbe6', '#101f2e'],
  ] as const)
  const rows = Array.from({ length: 6 }, (_, row) => {
    const part = row / 5
    const ground = skyline(canvas, height * (0.5 + part * 0.44), height * 0.03, 0.4)
    const count = Math.round(34 - part * 20)
    const trees = Array.from({ length: count }, (_, index) => {
      const x = ((index + random.between(0.1, 0.9)) / count) * width * 1.06 - width * 0.03
      const at = Math.min(ground.length - 1, Math.max(0, Math.round((x / width) * (ground.length - 1))))
      return pine(random, x, (ground[at] ?? 0) + 6, height * (0.12 + part * 0.34) * random.between(0.65, 1.2))
    })
    const tone = mix(air, dark, 0.16 + part * 0.84)
    return `<path d="${trees.join('')}" fill="${tone}"/>${land(canvas, ground, tone)}${row < 5 ? backdrop(canvas, 'url(#fog)') : ''}`
  })
  return `<defs>${vertical('sky', [mix(air, '#6f93a8', 0.5), air, air])}<linearGradient id="fog" x1="0" y1="0" x2="0" y2="1"><stop offset="30%" stop-color="${air}" stop-opacity="0"/><stop offset="85%" stop-color="${air}" stop-opacity="0.32"/></linearGradient></defs>
    ${backdrop(canvas, 'url(#sky)')}${sun(width * random.between(0.2, 0.8), height * 0.24, height * 0.05, '#fff6dc')}${rows.join('')}`
}

function lake(canvas: Canvas): string {
  const { random, width, height } = canvas
  const day = random.pick(DAYS)
  const shore = height * random.between(0.5, 0.58)
  const ranges = [0, 0.5, 1].map((part) =>
    land(
      canvas,
      skyline(canvas, shore - height * (0.17 - part * 0.13), height * (0.13 - part * 0.09), 0.53),
      mix(day.far, day.near, 0.15 + part * 0.6),
    ),
  )
  const above = `<g clip-path="url(#up)">${backdrop(canvas, 'url(#sky)')}${sun(width * random.between(0.2, 0.8), height * 0.2, height * 0.03, day.light)}${clouds(canvas, 4, day.light)}${ranges.join('')}</g>`
  const reeds = Array.from({ length: 90 }, () => {
    const [x, y] = [random.between(0, width), height * random.between(0.97, 1.05)]
    const [lean, size] = [random.between(-30, 30), height * random.between(0.06, 0.2)]
    return `<path d="M${px(x)} ${px(y)}q${px(lean / 4)} ${px(-size / 2)} ${px(lean)} ${px(-size)}"/>`
  })
  return `<defs>${vertical('sky', day.sky)}<clipPath id="up"><rect width="${width}" height="${px(shore)}"/></clipPath>
    <filter id="ripple" x="0" y="0" width="1" height="1"><feGaussianBlur stdDeviation="3 ${px(height / 160)}"/></filter></defs>
    ${above}<g transform="matrix(1 0 0 -1 0 ${px(shore * 2)})" filter="url(#ripple)" opacity="0.82">${above.replaceAll('id="', 'id="r').replaceAll('url(#s', 'url(#rs').replace('url(#rsky)', 'url(#sky)')}</g>
    <rect y="${px(shore)}" width="${width}" height="${px(height - shore)}" fill="${day.near}" opacity="0.22"/>
    ${glitter(canvas, { x: width / 2, top: shore, bottom: height, colour: '#ffffff', count: 60 })}
    <g fill="none" stroke="${mix(day.near, '#000000', 0.3)}" stroke-width="4" stroke-linecap="round">${reeds.join('')}</g>`
}

function aurora(canvas: Canvas): string {
  const { random, width, height } = canvas
  const hues = random.pick([
    ['#4df0a0', '#2a9df4'],
    ['#7cf5c1', '#b15cf5'],
    ['#9cf56b', '#35c2b5'],
  ] as const)
  const curtains = Array.from({ length: 3 }, (_, index) => {
    const line = skyline(canvas, height * (0.3 + index * 0.07), height * 0.1, 0.42)
    const step = width / (line.length - 1)
    return line
      .map((y, at) => {
        const size = height * (0.16 + 0.14 * Math.abs(Math.sin(at / 11 + index * 2)))
        return `<rect x="${px(at * step)}" y="${px(y - size)}" width="${px(step * 2.2)}" height="${px(size * 1.3)}" fill="url(#a${index % 2})" opacity="0.3"/>`
      })
      .join('')
  })
  const fade = (id: string, colour: string) =>
    `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${colour}" stop-opacity="0"/><stop offset="75%" stop-color="${colour}"/><stop offset="100%" stop-color="${colour}" stop-opacity="0"/></linearGradient>`
  const front = skyline(canvas, height * 0.88, height * 0.04, 0.5)
  const trees = Array.from({ length: 26 }, () =>
    pine(random, random.between(0, width), height * random.between(0.9, 0.99), height * random.between(0.09, 0.24)),
  )
  return `<defs>${vertical('sky', ['#050a1f', '#0c1f3d', '#1b4353'])}${fade('a0', hues[0])}${fade('a1', hues[1])}<filter id="veil"><feGaussianBlur stdDeviation="${px(width / 220)} ${px(height / 60)}"/></filter></defs>
    ${backdrop(canvas, 'url(#sky)')}${stars(canvas, 420)}<g filter="url(#veil)">${curtains.join('')}</g>
    ${land(canvas, skyline(canvas, height * 0.74, height * 0.12, 0.52), '#122a3a')}${land(canvas, front, '#dce9f2')}${land(
      canvas,
      front.map((y) => y + height * 0.05),
      '#a9c3d6',
    )}
    <path d="${trees.join('')}" fill="#06131c"/>`
}
