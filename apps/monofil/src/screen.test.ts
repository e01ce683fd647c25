import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { BarRun } from './bar.ts'
import type { Out, ScreenClock } from './out.ts'
import { createPainter } from './paint.ts'
import { BarScreen, LineScreen } from './screen.ts'

class FakeClock implements ScreenClock {
  time = 0
  #timers: { at: number; callback: () => void }[] = []
  now(): number {
    return this.time
  }
  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }
  get pending(): number {
    return this.#timers.length
  }
  go(ms: number): void {
    this.time += ms
    const due = this.#timers.filter((timer) => timer.at <= this.time)
    this.#timers = this.#timers.filter((timer) => timer.at > this.time)
    for (const timer of due) timer.callback()
  }
}

function output(more: { isTTY?: boolean; columns?: number } = {}): { out: Out; text: () => string } {
  const stream = new PassThrough()
  let all = ''
  stream.setEncoding('utf8')
  return {
    out: Object.assign(stream, more),
    text() {
      all += stream.read() ?? ''
      return all
    },
  }
}

function run(done: number, more: Partial<BarRun> = {}): BarRun {
  const counts = { queued: 100 - done, running: 0, retrying: 0, completed: done, failed: 0, cancelled: 0, total: 100 }
  const base = { id: 'r1', workflow: 'photos', status: 'running', progress: done, progressKnown: true } as const
  return { ...base, counts, totalIsFinal: true, eta: null, waiting: null, stalledSince: null, ...more }
}

const still = { perSecond: null, behindMs: null }

describe('LineScreen', () => {
  function screen() {
    const clock = new FakeClock()
    const { out, text } = output()
    const lines = new LineScreen(out, clock)
    return { clock, lines, shown: () => text().split('\n').slice(0, -1) }
  }

  test('at most one line a second, then one per 10 %', () => {
    const { clock, lines, shown } = screen()
    for (let done = 0; done <= 99; done++) {
      lines.show({ run: run(done), ...still })
      clock.go(100)
    }
    // 9.9 s at 10 % a second.
    expect(shown()).toHaveLength(10)
    expect(shown()[0]).toContain('0.0 %')
    expect(shown()[1]).toContain('10.0 %')
  })

  test('a slow run is heard of every 30 s, and only if something moved', () => {
    const { clock, lines, shown } = screen()
    for (let second = 0; second < 120; second++) {
      lines.show({ run: run(second < 60 ? second / 20 : 3), ...still })
      clock.go(1000)
    }
    expect(shown()).toHaveLength(3)
  })

  test('a change of status is told at once', () => {
    const { lines, shown } = screen()
    lines.show({ run: run(1), ...still })
    lines.show({ run: run(1, { status: 'paused' }), ...still })
    lines.finish(['done'])
    expect(shown().map((line) => line.split(',')[0])).toEqual(['photos r1: running', 'photos r1: paused', 'done'])
  })
})

describe('BarScreen', () => {
  test('redraws one line at most every 80 ms, and the newest state is drawn in the end', () => {
    const clock = new FakeClock()
    const { out, text } = output({ isTTY: true, columns: 80 })
    const bar = new BarScreen(out, createPainter(false), clock)
    for (let done = 0; done <= 50; done++) bar.show({ run: run(done), ...still })
    expect(text()).toContain('0 of 100')
    expect(text()).not.toContain('50 of 100')
    expect(clock.pending).toBe(1)
    clock.go(80)
    expect(text()).toContain('50 of 100')
    expect(text()).not.toContain('49 of 100')
  })

  test('one column stays free, also after the terminal was made narrower', () => {
    const clock = new FakeClock()
    const { out, text } = output({ isTTY: true, columns: 60 })
    const bar = new BarScreen(out, createPainter(false), clock)
    bar.show({ run: run(10), ...still })
    Object.assign(out, { columns: 40 })
    clock.go(80)
    const before = text().length
    bar.show({ run: run(20), ...still })
    const redrawn = stripVTControlCharacters(text().slice(before)).trimEnd()
    expect(redrawn).toContain('20 of 100')
    expect(redrawn.length).toBeLessThanOrEqual(39)
  })

  test('finish takes the bar away, writes the summary and leaves no timer', () => {
    const clock = new FakeClock()
    const { out, text } = output({ isTTY: true, columns: 80 })
    const bar = new BarScreen(out, createPainter(false), clock)
    bar.show({ run: run(10), ...still })
    bar.show({ run: run(11), ...still })
    bar.finish(['summary'])
    expect(clock.pending).toBe(0)
    expect(text().endsWith('summary\n')).toBe(true)
  })
})
