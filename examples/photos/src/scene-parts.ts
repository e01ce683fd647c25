import type { Seeded } from './random.ts'

/** A canvas to compose on: size and the numbers of this picture. */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly random: Seeded
}

/** Rounds coordinates: an SVG of fewer digits is parsed faster and is the same everywhere. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}

/** A colour between two `#rrggbb`, `part` 0 to 1. */
export function mix(from: string, to: string, part: number): string {
  const [a, b] = [Number.parseInt(from.slice(1), 16), Number.parseInt(to.slice(1), 16)]
  const channel = (shift: number) => {
    const [x, y] = [(a >> shift) & 255, (b >> shift) & 255]
    return Math.round(x + (y - x) * part)
  }
  return `#${((channel(16) << 16) | (channel(8) << 8) | channel(0)).toString(16).padStart(6, '0')}`
}

/** A gradient that runs down the canvas, to be used as `url(#id)`. */
export function vertical(id: string, colours: readonly string[]): string {
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops(colours)}</linearGradient>`
}

/**
 * A gradient outwards from a centre; `reach` is its radius as part of the shape's size. The last colour may be the
 * word `none`: transparent, of the colour before.
 */
export function radial(id: string, colours: readonly string[], place: { x: number; y: number; reach: number }): string {
  return `<radialGradient id="${id}" cx="${place.x}" cy="${place.y}" r="${place.reach}">${stops(colours)}</radialGradient>`
}

function stops(colours: readonly string[]): string {
  return colours
    .map((colour, index) => {
      const offset = Math.round((index / (colours.length - 1)) * 100)
      return colour === 'none'
        ? `<stop offset="${offset}%" stop-color="${colours[index - 1] ?? '#ffffff'}" stop-opacity="0"/>`
        : `<stop offset="${offset}%" stop-color="${colour}"/>`
    })
    .join('')
}

/** The whole canvas in one fill. */
export function backdrop({ width, height }: Canvas, fill: string): string {
  return `<rect width="${width}" height="${height}" fill="${fill}"/>`
}

/** A skyline by midpoint displacement, from left to right; `rough` 0.3 is dunes, 0.6 is rock. */
export function skyline(canvas: Canvas, level: number, swing: number, rough: number): readonly number[] {
  const { random } = canvas
  let heights = [random.between(-swing, swing), random.between(-swing, swing)]
  let reach = swing
  for (let round = 0; round < 8; round++) {
    const next: number[] = []
    for (let at = 0; at < heights.length - 1; at++) {
      const [a, b] = [heights[at] ?? 0, heights[at + 1] ?? 0]
      next.push(a, (a + b) / 2 + random.between(-reach, reach))
    }
    next.push(heights.at(-1) ?? 0)
    heights = next
    reach *= rough
  }
  return heights.map((height) => level + height)
}

/** The land below a skyline. */
export function land(canvas: Canvas, line: readonly number[], fill: string): string {
  const step = canvas.width / (line.length - 1)
  const points = line.map((y, index) => `${px(index * step)} ${px(y)}`).join('L')
  return `<path d="M0 ${canvas.height}L${points}L${canvas.width} ${canvas.height}Z" fill="${fill}"/>`
}

/** Sun or moon with its glow; needs no gradient of the caller's. */
export function sun(x: number, y: number, radius: number, colour: string): string {
  const glow = radius * 6
  return `<defs>${radial('sunglow', [mix(colour, '#ffffff', 0.3), colour, 'none'], { x: 0.5, y: 0.5, reach: 0.5 })}</defs>
    <circle cx="${px(x)}" cy="${px(y)}" r="${px(glow)}" fill="url(#sunglow)" opacity="0.45"/>
    <circle cx="${px(x)}" cy="${px(y)}" r="${px(radius)}" fill="${mix(colour, '#ffffff', 0.6)}"/>`
}

/** Soft clouds in a band of the sky. */
export function clouds(canvas: Canvas, count: number, colour: string): string {
  const { random, width, height } = canvas
  const puffs: string[] = []
  for (let cloud = 0; cloud < count; cloud++) {
    const [x, y] = [random.between(0, width), random.between(height * 0.04, height * 0.36)]
    const size = random.between(width * 0.05, width * 0.13)
    for (let puff = 0; puff < 9; puff++) {
      const [dx, dy] = [random.between(-size, size) * 1.6, random.between(-size, size) * 0.16]
      puffs.push(
        `<ellipse cx="${px(x + dx)}" cy="${px(y + dy)}" rx="${px(size * random.between(0.35, 0.8))}" ry="${px(size * random.between(0.07, 0.16))}"/>`,
      )
    }
  }
  return `<filter id="soft" x="-20%" y="-60%" width="140%" height="220%"><feGaussianBlur stdDeviation="${px(width / 90)} ${px(width / 220)}"/></filter>
    <g fill="${colour}" opacity="0.34" filter="url(#soft)">${puffs.join('')}</g>`
}

/** Stars in the upper part, many small and few bright. */
export function stars(canvas: Canvas, count: number): string {
  const { random, width, height } = canvas
  const all = Array.from({ length: count }, () => {
    const bright = random.next() ** 3
    return `<circle cx="${px(random.between(0, width))}" cy="${px(random.between(0, height * 0.6))}" r="${px(0.7 + bright * 2.2)}" opacity="${px(0.3 + bright * 0.7)}"/>`
  })
  return `<g fill="#fff8ea">${all.join('')}</g>`
}

/** A conifer that stands on (x, y). */
export function pine(random: Seeded, x: number, y: number, size: number): string {
  const tiers = random.whole(6, 9)
  const parts: string[] = [`M${px(x - size * 0.02)} ${px(y)}V${px(y - size)}H${px(x + size * 0.02)}V${px(y)}Z`]
  for (let tier = 0; tier < tiers; tier++) {
    const part = tier / tiers
    const [top, half] = [y - size * (1.04 - part * 0.86), size * (0.045 + part * 0.19) * random.between(0.85, 1.1)]
    const drop = size * 0.2
    const [left, right] = [random.between(0.75, 1), random.between(0.75, 1)]
    parts.push(
      `M${px(x)} ${px(top)}L${px(x + half * right)} ${px(top + drop)}L${px(x)} ${px(top + drop * 0.78)}L${px(x - half * left)} ${px(top + drop)}Z`,
    )
  }
  return parts.join('')
}

/** Short strokes of light on water, more towards `x`. */
export function glitter(
  canvas: Canvas,
  area: { x: number; top: number; bottom: number; colour: string; count: number },
): string {
  const { random, width } = canvas
  const strokes = Array.from({ length: area.count }, () => {
    const part = random.next() ** 1.6
    const y = area.top + (area.bottom - area.top) * part
    const spread = width * (0.02 + part * 0.16)
    const x = area.x + (random.next() + random.next() - 1) * spread * 1.8
    const length = width * (0.006 + part * 0.03) * random.between(0.5, 1.5)
    return `<rect x="${px(x - length / 2)}" y="${px(y)}" width="${px(length)}" height="${px(1 + part * 4)}" rx="2" opacity="${px(random.between(0.15, 0.8))}"/>`
  })
  return `<g fill="${area.colour}">${strokes.join('')}</g>`
}

/** Closes a composition: darker corners, as lenses have. */
export function vignette(canvas: Canvas): string {
  return `<defs><radialGradient id="corners" cx="0.5" cy="0.48" r="0.78"><stop offset="55%" stop-color="#000" stop-opacity="0"/><stop offset="100%" stop-color="#000" stop-opacity="0.34"/></radialGradient></defs>${backdrop(canvas, 'url(#corners)')}`
}
