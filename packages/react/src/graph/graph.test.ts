import type { Counts, Step } from '@monofil/protocol'
import { describe, expect, it } from 'vitest'
import { formatFor } from '../format.ts'
import { graphLabelsFor } from './graph-labels.ts'
import { layoutOf, pathOf, STEP } from './layout.ts'
import { focusOf, linksOf, outlineOf } from './shape.ts'
import { openingView, wholeView } from './viewport.ts'
import { linkState, linkWords, wordsOf } from './words.ts'

const none: Counts = { queued: 0, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0, total: 0 }

function step(name: string, fields: Partial<Omit<Step, 'counts'>> & { counts?: Partial<Counts> } = {}): Step {
  const { counts, ...rest } = fields
  return {
    ...{ name, status: 'queued', weight: 1, skipped: 0, signal: null, after: [], each: null },
    ...{ startedAt: null, finishedAt: null, waiting: null },
    ...rest,
    counts: { ...none, ...counts },
  }
}

const telling = (locale: string) => ({
  labels: graphLabelsFor(locale),
  format: formatFor(locale),
  names: new Intl.ListFormat(locale),
})

describe('links', () => {
  it('are ends that are waited for, and streams of items beside them', () => {
    const steps = [
      step('list'),
      step('resize', { after: ['list'], each: 'list' }),
      step('check', { each: 'resize' }),
      step('report', { after: ['check', 'gone'] }),
    ]
    expect(linksOf(steps).map(({ from, to, kind }) => `${from} ${kind} ${to}`)).toEqual([
      'list end resize',
      'resize item check',
      'check end report',
    ])
  })

  it('say how much is waited for, and what moves', () => {
    const list = step('list', { status: 'running', counts: { completed: 3, running: 2, queued: 7, total: 12 } })
    const next = step('next', { after: ['list'] })
    const [link] = linksOf([list, next])
    if (link === undefined) throw new Error('no link')
    expect(linkWords(link, list, telling('en'))).toBe('9 left')
    expect(linkState(list, next)).toBe('flowing')
    expect(linkState({ ...list, counts: { ...list.counts, running: 0 } }, next)).toBe('waiting')
    const done = { ...list, status: 'completed' as const }
    expect([linkState(done, next), linkWords(link, done, telling('en'))]).toEqual(['done', ''])
    expect(linkWords({ ...link, kind: 'item' }, list, telling('fr'))).toBe('un à un')
  })
})

describe('words', () => {
  it('name the steps that are waited for, a limit, a pause, and failures before all of them', () => {
    const waiting = (reason: 'dependency' | 'limit' | 'paused', limit: string | null = null) => ({
      waiting: { reason, limit, until: null },
    })
    const done = step('a', { status: 'completed' })
    const steps = [done, step('b', { status: 'running' }), step('c', { after: ['a', 'b'], ...waiting('dependency') })]
    const said = (one: Step | undefined, locale = 'en') => {
      const { name, state, amount, note } = wordsOf(one ?? done, steps, telling(locale))
      return `${name}: ${[state, amount, note].filter((part) => part !== '').join(', ')}`
    }
    expect(said(steps[2])).toBe('c: Queued, Waits for b')
    expect(said(steps[2], 'fr')).toBe('c: En attente, Attend b')
    expect(said(step('d', waiting('limit', 'gpu')))).toBe('d: Queued, Waits for the limit gpu')
    expect(said(step('e', { status: 'running', ...waiting('paused') }))).toBe('e: Paused')
    const failing = { status: 'running', ...waiting('limit', 'gpu'), counts: { failed: 2, completed: 1, total: 9 } }
    expect(said(step('f', failing as Partial<Step>))).toBe('f: Running, 3 of 9, 2 failed')
    expect(said(step('g', { each: 'b', ...waiting('dependency') }))).toBe('g: Queued, Waits for b')
  })
})

describe('layout', () => {
  const fan = [
    step('list'),
    ...['a', 'b', 'c'].map((name) => step(name, { after: ['list'] })),
    step('end', { after: ['a', 'b', 'c'] }),
  ]

  it('goes from left to right, one column after the other, a column in the order of the steps', () => {
    const { places, width, height } = layoutOf(fan)
    const at = (name: string) => places.get(name) ?? { x: Number.NaN, y: Number.NaN }
    expect(at('list').x + STEP.width).toBeLessThan(at('a').x)
    expect([at('b').x, at('c').x]).toEqual([at('a').x, at('a').x])
    expect(at('a').x + STEP.width).toBeLessThan(at('end').x)
    expect(at('a').y + STEP.height).toBeLessThan(at('b').y)
    expect(at('b').y + STEP.height).toBeLessThan(at('c').y)
    expect([at('end').x + STEP.width, at('c').y + STEP.height]).toEqual([width, height])
  })

  it('moves no box for counts and states', () => {
    const worked = fan.map((one) => ({ ...one, status: 'running' as const, counts: { ...none, running: 1, total: 1 } }))
    expect(outlineOf(worked)).toBe(outlineOf(fan))
    expect(outlineOf([...fan, step('more')])).not.toBe(outlineOf(fan))
  })

  it('sets steps in rows where none follows another', () => {
    const { places, links } = layoutOf(['a', 'b', 'c'].map((name) => step(name)))
    expect(links).toEqual([])
    expect([...places.values()].map(({ y }) => y)).toEqual([0, 0, 0])
    expect(new Set([...places.values()].map(({ x }) => x)).size).toBe(3)
  })

  it('draws an arrow from the right of a box to the left of the next', () => {
    const { links, places } = layoutOf(fan)
    const { points } = links[0] ?? { points: [] }
    const from = places.get('list') ?? { x: 0, y: 0 }
    expect(points[0]).toEqual({ x: from.x + STEP.width, y: from.y + STEP.height / 2 })
    expect(points.at(-1)?.x).toBe(places.get('a')?.x)
    expect(pathOf(points)).toMatch(/^M[\d.]+,[\d.]+ C/)
  })
})

describe('view', () => {
  const layout = layoutOf(Array.from({ length: 12 }, (_, n) => step(`s${n}`, { after: n === 0 ? [] : [`s${n - 1}`] })))

  it('shows all of it where that can be read, never larger than it is', () => {
    const view = openingView(layout, { width: layout.width * 0.8, height: 400 }, null)
    expect(view.zoom).toBeGreaterThan(0.75)
    expect(view.x).toBeGreaterThan(0)
    expect(openingView(layout, { width: 9000, height: 900 }, null).zoom).toBe(1)
  })

  it('shows the step in question where all of it could not be read', () => {
    const view = openingView(layout, { width: 390, height: 300 }, 's6')
    const left = (layout.places.get('s6')?.x ?? 0) * view.zoom + view.x
    expect([left > 0, left + STEP.width * view.zoom < 390]).toEqual([true, true])
    expect(openingView(layout, { width: 390, height: 300 }, 's0').x).toBe(16)
    expect(wholeView(layout, { width: 390, height: 300 }).zoom).toBeLessThan(0.2)
  })

  it('begins at what runs, then what waits for somebody, then what failed', () => {
    const running = step('r', { status: 'running', counts: { running: 1, total: 1 } })
    const asked = step('w', { status: 'running', waiting: { reason: 'approval', until: null, limit: null } })
    const failed = step('f', { status: 'failed' })
    expect(focusOf([step('a'), failed, asked, running])).toBe('r')
    expect(focusOf([step('a'), failed, asked])).toBe('w')
    expect(focusOf([step('a'), failed])).toBe('f')
    expect([focusOf([step('a')]), focusOf([])]).toEqual(['a', null])
  })
})
