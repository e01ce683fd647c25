import { createLogUpdate } from 'log-update'
import { type BarRun, renderBar, renderPlain } from './bar.ts'
import type { Out, ScreenClock } from './out.ts'
import type { Painter } from './paint.ts'

/** What a screen is told: the run as it is, its rate, and how long nothing was heard. */
export interface Frame {
  readonly run: BarRun
  readonly perSecond: number | null
  readonly behindMs: number | null
}

/** Shows one run until it is over. */
export interface Screen {
  show(frame: Frame): void
  /** Takes what redraws off the terminal and writes these lines below what was there. */
  finish(lines: readonly string[]): void
}

const REDRAW_MS = 80

/** One line that redraws, at most every 80 ms; the newest frame is always drawn in the end. */
export class BarScreen implements Screen {
  readonly #out: Out
  readonly #paint: Painter
  readonly #clock: ScreenClock
  readonly #update: ReturnType<typeof createLogUpdate>
  #frame: Frame | undefined
  #drawnAt = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | undefined

  constructor(out: Out, paint: Painter, clock: ScreenClock) {
    this.#out = out
    this.#paint = paint
    this.#clock = clock
    this.#update = createLogUpdate(out)
  }

  show(frame: Frame): void {
    this.#frame = frame
    if (this.#cancel !== undefined) return
    const wait = this.#drawnAt + REDRAW_MS - this.#clock.now()
    if (wait <= 0) this.#draw()
    else this.#cancel = this.#clock.after(wait, () => this.#draw())
  }

  finish(lines: readonly string[]): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#update.clear()
    this.#update.done()
    for (const line of lines) this.#out.write(`${line}\n`)
  }

  #draw(): void {
    this.#cancel = undefined
    if (this.#frame === undefined) return
    this.#drawnAt = this.#clock.now()
    // One column stays free: at the full width some terminals erase the last character with the rest of the line.
    const columns = Math.max(30, (this.#out.columns ?? 80) - 1)
    this.#update(renderBar(this.#frame.run, { ...this.#frame, columns, paint: this.#paint }))
  }
}

const LINE_MIN_MS = 1000
const LINE_MAX_MS = 30_000
const LINE_PERCENT = 10

/**
 * Plain lines for logs and pipes: the first state, every change of status, then every 10 %, or every 30 s where
 * something moved; apart from changes of status at most one a second.
 */
export class LineScreen implements Screen {
  readonly #out: Out
  readonly #clock: ScreenClock
  #shown: { readonly at: number; readonly status: string; readonly progress: number; readonly line: string } | undefined

  constructor(out: Out, clock: ScreenClock) {
    this.#out = out
    this.#clock = clock
  }

  show(frame: Frame): void {
    const { status, progress } = frame.run
    const line = renderPlain(frame.run, frame)
    if (!this.#isDue(status, progress, line)) return
    this.#shown = { at: this.#clock.now(), status, progress, line }
    this.#out.write(`${line}\n`)
  }

  finish(lines: readonly string[]): void {
    for (const line of lines) this.#out.write(`${line}\n`)
  }

  #isDue(status: string, progress: number, line: string): boolean {
    const shown = this.#shown
    if (shown === undefined || shown.status !== status) return true
    const since = this.#clock.now() - shown.at
    if (since < LINE_MIN_MS || line === shown.line) return false
    return progress - shown.progress >= LINE_PERCENT || since >= LINE_MAX_MS
  }
}
