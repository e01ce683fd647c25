import {
  backdrop,
  type Canvas,
  clouds,
  glitter,
  land,
  mix,
  px,
  radial,
  skyline,
  stars,
  sun,
  vertical,
} from './scene-parts.ts'

/** Flowers in grass under a summer sky. */
export function meadow(canvas: Canvas): string {
  const { random, width, height } = canvas
  const petals = random.pick([
    ['#d7263d', '#f46036'],
    ['#f7c548', '#fff1b8'],
    ['#7a5cd6', '#c9b6ff'],
    ['#ef7ba6', '#ffd6e4'],
  ] as const)
  const blades: string[] = []
  const flowers: string[] = []
  for (let index = 0; index < 520; index++) {
    const part = (index / 520) ** 0.8
    const y = height * (0.6 + part * 0.46)
    const [x, size] = [random.between(-20, width + 20), height * (0.02 + part * 0.11)]
    const tone = mix('#8fae4c', '#1f4d25', random.between(0.1, 0.5) + part * 0.45)
    const lean = random.between(-0.4, 0.4) * size
    blades.push(
      `<path d="M${px(x)} ${px(y)}q${px(lean / 4)} ${px(-size * 0.6)} ${px(lean)} ${px(-size)}" stroke="${tone}" stroke-width="${px(1 + part * 4)}"/>`,
    )
    if (random.next() < 0.34) {
      const radius = 2 + part * height * 0.017
      const colour = mix(petals[0], petals[1], random.next())
      const [cx, cy] = [x + lean, y - size]
      const ring = Array.from({ length: 5 }, (_, at) => {
        const angle = (at / 5) * Math.PI * 2 + random.next()
        return `<circle cx="${px(cx + Math.cos(angle) * radius)}" cy="${px(cy + Math.sin(angle) * radius * 0.8)}" r="${px(radius * 0.85)}"/>`
      })
      flowers.push(
        `<g fill="${colour}">${ring.join('')}</g><circle cx="${px(cx)}" cy="${px(cy)}" r="${px(radius * 0.6)}" fill="${mix(petals[0], '#2b1a00', 0.7)}"/>`,
      )
    }
  }
  return `<defs>${vertical('sky', ['#3f8fd0', '#a5d4f0', '#eef6f2'])}${vertical('grass', ['#a9c46c', '#3f6f33'])}</defs>${backdrop(canvas, 'url(#sky)')}
    ${clouds(canvas, 6, '#ffffff')}${land(canvas, skyline(canvas, height * 0.53, height * 0.05, 0.4), '#7f9f86')}${land(canvas, skyline(canvas, height * 0.6, height * 0.02, 0.4), 'url(#grass)')}
    <g fill="none" stroke-linecap="round">${blades.join('')}</g>${flowers.join('')}`
}

/** A skyline of lit windows above a river. */
export function city(canvas: Canvas): string {
  const { random, width, height } = canvas
  const quay = height * 0.74
  const towers: string[] = []
  for (const part of [0, 0.5, 1]) {
    const tone = mix('#37507d', '#0b1020', 0.25 + part * 0.7)
    for (let x = -20; x < width; ) {
      const [w, h] = [width * random.between(0.035, 0.08), height * random.between(0.14, 0.5 - part * 0.14)]
      towers.push(`<rect x="${px(x)}" y="${px(quay - h)}" width="${px(w)}" height="${px(h)}" fill="${tone}"/>`)
      const cell = width * 0.0085
      for (let wx = x + cell; wx < x + w - cell; wx += cell * 1.7) {
        for (let wy = quay - h + cell; wy < quay - cell; wy += cell * 2.1) {
          if (random.next() < 0.3 + part * 0.12) {
            towers.push(
              `<rect x="${px(wx)}" y="${px(wy)}" width="${px(cell)}" height="${px(cell * 1.2)}" fill="${random.pick(['#ffd98a', '#fff1c2', '#ffb65c', '#bcd8ff'])}" opacity="${px(0.25 + part * 0.65)}"/>`,
            )
          }
        }
      }
      x += w * random.between(0.75, 1.15)
    }
  }
  const block = towers.join('')
  const dusk = random.pick([
    ['#0a1030', '#2a2a63', '#a1527a', '#f19a6b'],
    ['#060b1c', '#142a4d', '#33587f'],
    ['#10132b', '#3c2a5c', '#d0607a'],
  ] as const)
  return `<defs>${vertical('sky', dusk)}<filter id="wet"><feGaussianBlur stdDeviation="2 ${px(height / 70)}"/></filter></defs>${backdrop(canvas, 'url(#sky)')}${stars(canvas, 90)}
    ${sun(width * random.between(0.2, 0.8), height * 0.18, height * 0.03, '#fff4d6')}${block}
    <rect y="${px(quay)}" width="${width}" height="${px(height - quay)}" fill="${mix(dusk[1], '#04060f', 0.5)}"/>
    <g transform="matrix(1 0 0 -0.6 0 ${px(quay * 1.6)})" opacity="0.5" filter="url(#wet)">${block}</g>
    ${glitter(canvas, { x: width / 2, top: quay, bottom: height, colour: '#ffd9a0', count: 150 })}`
}

/** A wooden jetty into still water, with a boat. */
export function jetty(canvas: Canvas): string {
  const { random, width, height } = canvas
  const horizon = height * random.between(0.4, 0.48)
  const [sky, water] = random.pick([
    [['#f7cfc4', '#f9e6d8', '#fdf3e7'], '#c9b6bd'],
    [['#7fa8c9', '#c3d9e6', '#f4efe6'], '#6d93ad'],
    [['#ef8e5b', '#f7c27e', '#fde6b6'], '#a86b52'],
  ] as const)
  const vanish = width * random.between(0.42, 0.58)
  const planks = Array.from({ length: 34 }, (_, index) => {
    const [far, near] = [(index / 34) ** 2, ((index + 0.86) / 34) ** 2]
    const y = (part: number) => horizon + height * 0.05 + (height * 0.95 - horizon) * part * 1.1
    const half = (part: number) => width * (0.016 + part * 0.27)
    const tone = mix('#8a6a52', '#4a3629', random.between(0, 0.7))
    return `<path d="M${px(vanish - half(far))} ${px(y(far))}H${px(vanish + half(far))}L${px(vanish + half(near))} ${px(y(near))}H${px(vanish - half(near))}Z" fill="${tone}"/>`
  })
  const [x, y, size] = [width * (vanish < width / 2 ? 0.8 : 0.2), horizon + height * 0.16, width * 0.1]
  const hull = random.pick(['#b23a48', '#2f6690', '#f2f2ee'])
  return `<defs>${vertical('sky', sky)}${vertical('water', [mix(sky[2], water, 0.3), water, mix(water, '#1b2a33', 0.6)])}</defs>${backdrop(canvas, 'url(#sky)')}
    ${sun(vanish, horizon - height * 0.1, height * 0.04, '#fff0cf')}${clouds(canvas, 3, '#ffffff')}
    ${land(canvas, skyline(canvas, horizon - height * 0.04, height * 0.05, 0.45), mix(water, '#3a4a55', 0.4))}<rect y="${px(horizon)}" width="${width}" height="${px(height - horizon)}" fill="url(#water)"/>
    ${glitter(canvas, { x: vanish, top: horizon, bottom: height, colour: '#fffaf0', count: 190 })}${planks.join('')}
    <path d="M${px(x - size)} ${px(y)}Q${px(x)} ${px(y + size * 0.5)} ${px(x + size)} ${px(y)}L${px(x + size * 0.8)} ${px(y + size * 0.26)}H${px(x - size * 0.8)}Z" fill="${hull}"/>
    <path d="M${px(x)} ${px(y)}V${px(y - size * 1.5)}L${px(x + size * 0.75)} ${px(y - size * 0.12)}Z" fill="#fbf7ee"/><path d="M${px(x - 3)} ${px(y)}V${px(y - size * 1.6)}" stroke="#4a3629" stroke-width="5"/>`
}

/** A bowl of fruit on a table, light from the left. */
export function fruits(canvas: Canvas): string {
  const { random, width, height } = canvas
  const [wall, cloth] = random.pick([
    ['#3d4a4f', '#cdbba0'],
    ['#6b3f36', '#e6d9c2'],
    ['#2f3e58', '#b8a58c'],
    ['#54613f', '#e9e2cf'],
  ] as const)
  const kinds = [
    ['#ffb347', '#c4510c'],
    ['#e5484d', '#7a0d18'],
    ['#d8dd6b', '#6f7d1d'],
    ['#7d4e9e', '#2d1242'],
    ['#ffd84d', '#c98a06'],
  ] as const
  const table = height * 0.62
  const count = random.whole(6, 9)
  const balls = Array.from({ length: count }, (_, index) => {
    const radius = height * random.between(0.075, 0.115)
    const x = width * 0.5 + (index - (count - 1) / 2) * width * 0.088 + random.between(-15, 15)
    const y = table + height * 0.1 - radius * 0.5 + (index % 2) * height * 0.1
    const [pale, deep] = random.pick(kinds)
    return {
      y,
      svg: `<defs>${radial(`f${index}`, [mix(pale, '#ffffff', 0.55), pale, mix(pale, deep, 0.6), deep], { x: 0.34, y: 0.28, reach: 0.72 })}</defs>
      <ellipse cx="${px(x + radius * 0.5)}" cy="${px(y + radius * 0.9)}" rx="${px(radius * 1.2)}" ry="${px(radius * 0.26)}" fill="#000" opacity="0.33" filter="url(#shade)"/>
      <circle cx="${px(x)}" cy="${px(y)}" r="${px(radius)}" fill="url(#f${index})"/><ellipse cx="${px(x - radius * 0.36)}" cy="${px(y - radius * 0.44)}" rx="${px(radius * 0.16)}" ry="${px(radius * 0.1)}" fill="#fff" opacity="0.65"/>
      <path d="M${px(x + 2)} ${px(y - radius * 0.94)}q4 ${px(-radius * 0.2)} ${px(radius * 0.12)} ${px(-radius * 0.3)}" stroke="#4a3320" stroke-width="${px(radius * 0.07)}" fill="none" stroke-linecap="round"/>`,
    }
  })
  const folds = Array.from({ length: 9 }, () => {
    const x = random.between(0, width)
    return `<path d="M${px(x)} ${px(table + height * 0.02)}q${px(random.between(-60, 60))} ${px(height * 0.2)} ${px(random.between(-200, 200))} ${px(height * 0.4)}" stroke-width="${px(random.between(6, 26))}" opacity="0.12"/>`
  })
  return `<defs>${radial('wall', [mix(wall, '#ffffff', 0.32), wall, mix(wall, '#000000', 0.55)], { x: 0.25, y: 0.25, reach: 0.9 })}${vertical('cloth', [cloth, mix(cloth, '#3a2a1a', 0.5)])}<filter id="shade" x="-50%" y="-100%" width="200%" height="300%"><feGaussianBlur stdDeviation="9"/></filter></defs>
    ${backdrop(canvas, 'url(#wall)')}<rect y="${px(table)}" width="${width}" height="${px(height - table)}" fill="url(#cloth)"/><g stroke="#2b1d10" fill="none" filter="url(#shade)">${folds.join('')}</g>
    ${balls
      .toSorted((a, b) => a.y - b.y)
      .map(({ svg }) => svg)
      .join('')}`
}

/** A quiet room: a window, its light on the wall, a plant on the sill. */
export function window_(canvas: Canvas): string {
  const { random, width, height } = canvas
  const [wall, floor] = random.pick([
    ['#e8ddcf', '#9a7350'],
    ['#c9d3cd', '#7d6a57'],
    ['#d9c3b0', '#6d4a35'],
    ['#b9c4d4', '#7a6f6a'],
  ] as const)
  const [left, top, w, h] = [width * random.between(0.16, 0.4), height * 0.14, width * 0.32, height * 0.48]
  const sill = top + h
  const bars = [0, 0.5, 1]
  const frame = [
    ...bars.map((part) => `<rect x="${px(left + w * part - 7)}" y="${px(top)}" width="14" height="${px(h)}"/>`),
    ...bars.map((part) => `<rect x="${px(left)}" y="${px(top + h * part - 7)}" width="${px(w)}" height="14"/>`),
  ]
  const leaves = Array.from({ length: 22 }, () => {
    const [angle, size] = [random.between(-1.25, 1.25), height * random.between(0.08, 0.2)]
    const [x, y] = [left + w * 0.78, sill - height * 0.07]
    const [tipX, tipY] = [x + Math.sin(angle) * size, y - Math.cos(angle) * size]
    const bend = size * 0.25
    return `<path d="M${px(x)} ${px(y)}Q${px((x + tipX) / 2 - bend)} ${px((y + tipY) / 2)} ${px(tipX)} ${px(tipY)}Q${px((x + tipX) / 2 + bend)} ${px((y + tipY) / 2)} ${px(x)} ${px(y)}Z" fill="${mix('#7fae6b', '#1d4a2b', random.next())}"/>`
  })
  const boards = Array.from(
    { length: 11 },
    (_, index) =>
      `<path d="M${px(width * (index / 10))} ${px(height * 0.84)}L${px(width * (0.5 + (index / 10 - 0.5) * 1.9))} ${height}" />`,
  )
  const [shift, drop] = [width * 0.3, height * 0.12]
  return `<defs>${vertical('out', ['#8ec5ea', '#d9eef7', '#f3efd2'])}${vertical('wall', [mix(wall, '#ffffff', 0.2), mix(wall, '#4a4038', 0.3)])}${vertical('floor', [floor, mix(floor, '#1e120a', 0.4)])}<clipPath id="pane"><rect x="${px(left)}" y="${px(top)}" width="${px(w)}" height="${px(h)}"/></clipPath><filter id="beam"><feGaussianBlur stdDeviation="7"/></filter></defs>
    ${backdrop(canvas, 'url(#wall)')}<rect y="${px(height * 0.84)}" width="${width}" height="${px(height * 0.16)}" fill="url(#floor)"/><g stroke="#20140c" opacity="0.35" stroke-width="3">${boards.join('')}</g>
    <g fill="#fff7df" opacity="0.55" filter="url(#beam)" transform="translate(${px(shift)} ${px(drop)}) skewY(9)">${bars
      .slice(0, 2)
      .flatMap((a) =>
        bars
          .slice(0, 2)
          .map(
            (b) =>
              `<rect x="${px(left + w * a + 16)}" y="${px(top + h * b - height * 0.16)}" width="${px(w / 2 - 32)}" height="${px(h / 2 - 32)}"/>`,
          ),
      )
      .join('')}</g>
    <rect x="${px(left)}" y="${px(top)}" width="${px(w)}" height="${px(h)}" fill="url(#out)"/><g clip-path="url(#pane)"><ellipse cx="${px(left + w * 0.3)}" cy="${px(sill)}" rx="${px(w * 0.3)}" ry="${px(h * 0.32)}" fill="#8bb07a"/><ellipse cx="${px(left + w * 0.74)}" cy="${px(sill)}" rx="${px(w * 0.26)}" ry="${px(h * 0.2)}" fill="#5f8f63"/></g>
    <g fill="#fdfaf3">${frame.join('')}</g><rect x="${px(left - 34)}" y="${px(sill)}" width="${px(w + 68)}" height="22" fill="#f6efe2"/><rect x="${px(left - 34)}" y="${px(sill + 22)}" width="${px(w + 68)}" height="9" fill="#000" opacity="0.18"/>
    ${leaves.join('')}<path d="M${px(left + w * 0.68)} ${px(sill - height * 0.08)}h${px(w * 0.2)}l${px(-w * 0.03)} ${px(height * 0.08)}h${px(-w * 0.14)}z" fill="#b5583a"/>`
}
