import { type Layout, STEP } from './layout.ts'

export interface View {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** Below this zoom the boxes show name and state only, large enough to be read down to `LEAST_ZOOM`. */
export const FAR_ZOOM = 0.72
/** All of a graph is shown at once if that takes no smaller zoom. */
export const LEAST_ZOOM = 0.5
/** At which a part is shown where all would be too small. */
const NEAR_ZOOM = 0.85
const MARGIN = 16

/** Where the view begins: all of it where that can be read, else the part around one step. */
export function openingView(layout: Layout, size: Size, focus: string | null): View {
  const room = { width: size.width - 2 * MARGIN, height: size.height - 2 * MARGIN }
  const fit = Math.min(1, room.width / layout.width, room.height / layout.height)
  if (fit >= LEAST_ZOOM) return centred(layout, size, fit)
  const place = layout.places.get(focus ?? '') ?? { x: 0, y: 0 }
  const zoom = NEAR_ZOOM
  return {
    zoom,
    x: within(size.width / 2 - (place.x + STEP.width / 2) * zoom, size.width, layout.width * zoom),
    y: within(size.height / 2 - (place.y + STEP.height / 2) * zoom, size.height, layout.height * zoom),
  }
}

/** All of it, however small. */
export function wholeView(layout: Layout, size: Size): View {
  const room = { width: size.width - 2 * MARGIN, height: size.height - 2 * MARGIN }
  return centred(layout, size, Math.min(1, room.width / layout.width, room.height / layout.height))
}

function centred(layout: Layout, size: Size, zoom: number): View {
  return { zoom, x: (size.width - layout.width * zoom) / 2, y: (size.height - layout.height * zoom) / 2 }
}

/** No empty room beyond an end while there is something to show at the other; what fits stands in the middle. */
function within(offset: number, room: number, length: number): number {
  if (length + 2 * MARGIN <= room) return (room - length) / 2
  return Math.min(MARGIN, Math.max(room - MARGIN - length, offset))
}
