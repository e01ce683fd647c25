import { readFileSync } from 'node:fs'
import { ITEM_STATUSES, RUN_STATUSES } from '@monofil/protocol'
import { describe, expect, it } from 'vitest'
import { controlsOf } from './controls.ts'
import { moveItem, offerItem } from './item-moves.ts'
import { ITEM_STATES, nextItemStatus, REPORTED_ITEM } from './item-state.ts'
import { externalStep } from './plan.ts'
import type { RunRecord } from './records.ts'
import { newItem, newStep, openOf, rowsOf } from './records.ts'
import { nextRunStatus, RUN_STATES } from './run-state.ts'
import { nextStepStatus, STEP_STATES } from './step-state.ts'

const page = readFileSync(new URL('../../../../docs/RUN_STATES.md', import.meta.url), 'utf8')

/** The table below a heading of the page: one row per state, one column per input, `–` for refused. */
function tableOf(heading: string): Record<string, Record<string, string | null>> {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const [head = [], , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
  const inputs = head.slice(1)
  return Object.fromEntries(
    rows.map(([state = '', ...cells]) => [
      state,
      Object.fromEntries(inputs.map((input, i) => [input, cells[i] === '–' ? null : (cells[i] ?? '')])),
    ]),
  )
}

describe('the tables of RUN_STATES.md', () => {
  it.each([
    ['Run', RUN_STATES],
    ['Step', STEP_STATES],
    ['Item', ITEM_STATES],
  ])('%s: say what the code does, pair by pair', (heading, states) => {
    expect(tableOf(heading)).toEqual(states)
  })

  it('Controls: say what the code offers', () => {
    const offered = Object.fromEntries(
      RUN_STATUSES.map((status) => {
        const record = { status, external: false, wanted: 'run', budgetJson: null, sample: null } as RunRecord
        return [status, controlsOf(record)]
      }),
    )
    for (const [status, row] of Object.entries(tableOf('Controls'))) {
      // Not offered is what is refused, or would change nothing.
      const useful = Object.entries(row).filter(([, to]) => to !== null && to !== status)
      expect(useful.map(([action]) => action)).toEqual(offered[status])
    }
    expect(Object.keys(tableOf('Controls'))).toEqual([...RUN_STATUSES])
  })

  it('Reported items: say what the code does', () => {
    const written = Object.fromEntries(
      Object.entries(REPORTED_ITEM).map(([from, to]) => [
        from,
        Object.fromEntries(Object.entries(to).map(([status, inputs]) => [status, inputs.join(', ') || 'nothing'])),
      ]),
    )
    const { completed: _c, failed: _f, cancelled: _x, ...unfinished } = written
    expect(tableOf('Reported items')).toEqual(unfinished)
  })
})

describe('the machines', () => {
  it('leave a finished run, step or item only by reopening', () => {
    for (const status of ['completed', 'failed', 'cancelled'] as const) {
      for (const input of ['start', 'pause', 'resume', 'complete', 'partial', 'fail'] as const) {
        expect(nextRunStatus(status, input)).toBeNull()
        expect(nextStepStatus(status, input)).toBeNull()
      }
      for (const input of [
        'claim',
        'complete',
        'fail',
        'fail_last',
        'release',
        'lose',
        'lose_last',
        'cancel',
      ] as const) {
        expect(nextItemStatus(status, input)).toBeNull()
      }
    }
    expect(RUN_STATUSES.every((status) => nextRunStatus(status, 'cancel') !== 'running')).toBe(true)
  })

  it('lead a reported item where the reporter says it is', () => {
    for (const from of ['queued', 'running', 'retrying'] as const) {
      for (const to of ITEM_STATUSES) {
        let status: (typeof ITEM_STATUSES)[number] = from
        for (const input of REPORTED_ITEM[from][to]) status = nextItemStatus(status, input) ?? status
        expect(status).toBe(to)
      }
    }
  })
})

describe('moving an item', () => {
  it('moves the counters with it, and counts attempts that were not handed back', () => {
    const step = newStep(0, externalStep('s'))
    const item = newItem(0, 's', 1, 'null')
    step.tally.queued = 1
    offerItem(step, item)
    offerItem(step, item)
    expect(step.ready).toBe(1)
    expect(moveItem(step, item, 'complete', 5)).toBe(false)
    expect(moveItem(step, item, 'claim', 10)).toBe(true)
    expect(item).toMatchObject({ status: 'running', attempts: 1, startedAt: 10, ready: false })
    expect(step).toMatchObject({ ready: 0, tally: { queued: 0, running: 1 } })
    moveItem(step, item, 'release', 11)
    expect(item).toMatchObject({ status: 'queued', attempts: 0, startedAt: null })
    moveItem(step, item, 'claim', 12)
    moveItem(step, item, 'complete', 20)
    expect(item).toMatchObject({ status: 'completed', attempts: 1, finishedAt: 20 })
    expect([openOf(step.tally), rowsOf(step.tally), step.pace.count]).toEqual([0, 1, 1])
    item.resultJson = '1'
    moveItem(step, item, 'reopen', 30)
    expect(item).toMatchObject({ status: 'queued', resultJson: null, finishedAt: null })
  })
})
