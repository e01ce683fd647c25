// @vitest-environment jsdom
import { createClient, type MonofilClient } from '@monofil/client'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { EPOCH, RawHub } from '../../client/src/testing/raw-hub.ts'
import { BatchProgressBar, type BatchProgressBarProps } from './BatchProgressBar.tsx'
import { MonofilProvider } from './MonofilProvider.tsx'

let hub: RawHub
let client: MonofilClient

beforeEach(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  hub = await RawHub.start()
  client = createClient({ url: hub.url, share: 'none' })
})

afterEach(async () => {
  cleanup()
  client.close()
  await hub.close()
  vi.unstubAllGlobals()
})

const until = (condition: () => void) => waitFor(condition, { timeout: 5000, interval: 5 })
const none = { queued: 0, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0, total: 0 }

function run(offset: number, fields: object = {}) {
  return {
    id: 'r1',
    workflow: 'photos',
    status: 'running',
    round: 1,
    progress: 26.4,
    progressKnown: true,
    counts: { ...none, running: 2, completed: 132, queued: 366, total: 500 },
    steps: [],
    eta: { lowMs: 60_000, highMs: 90_000 },
    error: null,
    startedAt: '2026-11-21T12:00:00.000Z',
    finishedAt: null,
    epoch: EPOCH,
    offset,
    ...fields,
  }
}

function item(id: string, index: number, status: string, error: object | null = null) {
  return { id, runId: 'r1', step: 'main', index, status, attempts: 1, input: `in/${id}.jpg`, error, offset: 1 }
}

async function show(props: Partial<BatchProgressBarProps>, items: object[] = [], fields: object = {}) {
  render(
    <MonofilProvider client={client}>
      <BatchProgressBar runId="r1" {...props} />
    </MonofilProvider>,
  )
  await until(() => expect(hub.open).toBe(1))
  hub.last.control('snapshot', { topic: 'run:r1', epoch: EPOCH, offset: 2, data: { run: run(2, fields), items } })
  await until(() =>
    expect(screen.getByRole('progressbar').getAttribute('aria-valuetext')).not.toMatch(/Loading|Chargement/),
  )
}

const state = (offset: number, fields: object) =>
  hub.last.control('state', { topic: 'run:r1', epoch: EPOCH, offset, data: run(offset, fields) })
const bar = () => screen.getByRole('progressbar')

describe('BatchProgressBar', () => {
  it('tells percent, amount, counts and time left, to the eye and to a screen reader', async () => {
    await show({})
    expect(bar().getAttribute('aria-valuenow')).toBe('26')
    expect(bar().getAttribute('aria-valuetext')).toBe('Running, 26%, 132 of 500')
    expect(bar().getAttribute('aria-labelledby')).toBe(screen.getByText('photos').id)
    expect(screen.getByText('1 min – 1 min 30 sec left')).toBeDefined()
    expect(screen.getByText('366')).toBeDefined()
  })

  it('lists items with icon and word, and fails nobody by colour alone', async () => {
    const broken = { code: 'not_an_image', message: 'not a photo' }
    const items = [
      item('a', 0, 'completed'),
      item('b', 1, 'running'),
      item('c', 2, 'failed', broken),
      item('d', 3, 'queued'),
    ]
    await show({}, items)
    const rows = within(screen.getByRole('list', { name: 'Items' })).getAllByRole('listitem')
    expect(rows.map((row) => row.textContent)).toEqual([
      'a.jpgCompleted',
      'b.jpgRunning',
      'c.jpgFailednot a photo',
      'd.jpgQueued',
    ])
    expect(rows.map((row) => row.querySelector('svg')?.dataset['status'])).toEqual([
      'completed',
      'running',
      'failed',
      'queued',
    ])
  })

  it('shows no items when told so', async () => {
    await show({ items: false }, [item('a', 0, 'completed')])
    expect(screen.queryByRole('list', { name: 'Items' })).toBeNull()
  })

  it('of thousands draws the most urgent 200 and says how many more there are', async () => {
    const items = Array.from({ length: 400 }, (_, i) => item(`i${i}`, i, i === 399 ? 'failed' : 'completed'))
    await show({}, items)
    const rows = within(screen.getByRole('list', { name: 'Items' })).getAllByRole('listitem')
    expect([rows.length, rows[0]?.textContent]).toEqual([200, 'i399.jpgFailed'])
    expect(screen.getByText('and 200 more')).toBeDefined()
  })

  it('never goes back within a round, and shows no 100 before the end', async () => {
    await show({})
    state(3, { progress: 60 })
    await until(() => expect(bar().getAttribute('aria-valuenow')).toBe('60'))
    state(4, { progress: 40, counts: { ...none, completed: 140, total: 500 } })
    await until(() => expect(bar().getAttribute('aria-valuetext')).toContain('140'))
    expect(bar().getAttribute('aria-valuenow')).toBe('60')
    state(5, { progress: 99.99 })
    await until(() => expect(bar().getAttribute('aria-valuenow')).toBe('99'))
  })

  it('ends unmistakably: done in green words', async () => {
    await show({})
    const counts = { ...none, completed: 500, total: 500 }
    state(9, { status: 'completed', progress: 100, counts, eta: null, finishedAt: '2026-11-21T12:01:12.000Z' })
    const words = 'Done: 500 in 1 min 12 sec'
    await until(() => expect(screen.getAllByText(words)).toHaveLength(2))
    expect(bar().getAttribute('aria-valuenow')).toBe('100')
    expect(screen.getByRole('status').textContent).toBe(words)
    expect(bar().closest('section')?.dataset['status']).toBe('completed')
  })

  it('ends unmistakably: partial names what failed, failed says why', async () => {
    const broken = { code: 'not_an_image', message: 'not a photo' }
    const counts = { ...none, completed: 1, failed: 2, total: 3 }
    await show({ items: false }, [item('a', 0, 'failed', broken), item('b', 1, 'failed', broken)], {
      counts,
      status: 'partial',
    })
    expect(screen.getAllByText('1 done, 2 failed').length).toBeGreaterThan(0)
    expect(screen.getByText('2 × not a photo')).toBeDefined()
    state(9, { status: 'failed', error: { code: 'error', message: 'the disk is full' } })
    await until(() => expect(screen.getAllByText('Failed: the disk is full').length).toBeGreaterThan(0))
  })

  it('tells a screen reader quarters at most once in ten seconds, the end at once', async () => {
    const now = vi.spyOn(Date, 'now')
    const start = Date.parse('2026-11-21T12:00:00.000Z')
    now.mockReturnValue(start)
    await show({})
    const heard = () => screen.getByRole('status').textContent
    expect(heard()).toBe('25% done')
    state(3, { progress: 51 })
    await until(() => expect(bar().getAttribute('aria-valuenow')).toBe('51'))
    expect(heard()).toBe('25% done')
    now.mockReturnValue(start + 11_000)
    state(4, { progress: 76 })
    await until(() => expect(heard()).toBe('75% done'))
    state(5, { status: 'cancelled' })
    await until(() => expect(heard()).toBe('Cancelled after 132 of 500'))
    now.mockRestore()
  })

  it('says nothing of progress that is not known, and keeps what it knew while the connection is missing', async () => {
    await show({}, [], { progressKnown: false, counts: none, progress: 0, eta: null })
    expect(bar().getAttribute('aria-valuenow')).toBeNull()
    expect(screen.getByText('Total not known yet')).toBeDefined()
    hub.last.cut()
    await until(() => expect(screen.getByText('Reconnecting…')).toBeDefined())
    expect(bar().closest('section')?.dataset['stale']).toBe('')
  })

  it('says when there is no such run', async () => {
    hub.onStream = (stream) => stream.hello({ topics: [], denied: [{ topic: 'run:r1', code: 'not_found' }] })
    render(
      <MonofilProvider client={client}>
        <BatchProgressBar runId="r1" />
      </MonofilProvider>,
    )
    await until(() => expect(screen.getByRole('alert').textContent).toMatch(/run:r1 is not there/))
  })

  it('speaks French, and the words an application gives it', async () => {
    await show({ locale: 'fr', labels: { progress: 'Lot' } })
    expect(bar().getAttribute('aria-valuetext')).toMatch(/^En cours, 26\s%, 132 sur 500$/)
  })

  it('as a dialog is closable, and the run goes on', async () => {
    HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
      this.open = true
    }
    const onClose = vi.fn()
    await show({ variant: 'dialog', onClose })
    const dialog = screen.getByRole('dialog')
    expect(within(dialog).getByRole('button', { name: 'Close' })).toBeDefined()
    fireEvent(dialog, new Event('close'))
    expect(onClose).toHaveBeenCalledTimes(1)
    expect(hub.open).toBe(1)
  })
})
