// @vitest-environment jsdom

import { screen } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it, vi } from 'vitest'
import { EPOCH } from '../../../client/src/testing/raw-hub.ts'
import { MonofilProvider } from '../MonofilProvider.tsx'
import { GAP, testPage, until } from '../testing/page.tsx'
import { NotificationBell, Toasts, useNotifications } from './index.ts'

const page = testPage()

const counts = (unread: number, version: number) => ({ unseen: unread, unread, version })
const item = (id: string, offset: number | null = 1) => ({
  offset,
  ...{ id, title: id, message: null, details: null, severity: 'info', severityAsSent: null, module: null },
  ...{ action: null, actions: [], link: null, data: null, sender: 'boss', via: 'user', claim: null, claimable: false },
  ...{ quiet: null, seenAt: null, readAt: null, archivedAt: null, createdAt: '2026-01-01T00:00:00.000Z' },
  ...{ updatedAt: null, expiresAt: null },
})

function List({ heard }: { heard: string[] }) {
  const { items, counts, isConnected, freshness } = useNotifications({
    onNotification: ({ id }) => heard.push(id),
    onConnected: () => heard.push('connected'),
    onError: ({ code }) => heard.push(code),
  })
  return <p>{`${items.map(({ id }) => id).join()} ${counts.unread} ${isConnected} ${freshness}`}</p>
}

function Archive() {
  const { items, counts, isConnected } = useNotifications({ state: 'archived' })
  return <p>{`${items.map(({ id }) => id).join()} of ${counts.unread}, ${isConnected}`}</p>
}

const shows = (text: string) => until(() => expect(screen.getByText(text)).toBeDefined())
const snapshot = (offset: number, ...ids: string[]) =>
  page.hub.last.control('snapshot', {
    ...{ topic: 'inbox', epoch: EPOCH, offset },
    data: { items: ids.map((id) => item(id)), counts: counts(ids.length, offset) },
  })
const come = (offset: number | null, id: string, unread = 0) =>
  page.hub.last.event(
    'inbox',
    offset,
    { ...item(id, offset), counts: offset === null ? null : counts(unread, offset) },
    'notification',
  )

describe('useNotifications', () => {
  it('tells of what comes once per id: live, not stored, and lost in a gap; not of what was there', async () => {
    const heard: string[] = []
    page.render(<List heard={heard} />)
    await until(() => expect(page.hub.streams).toHaveLength(1))
    snapshot(5, 'b', 'a')
    await shows('b,a 2 true live')
    come(6, 'c', 3)
    await shows('c,b,a 3 true live')
    come(null, 'passing')
    come(null, 'passing')
    await until(() => expect(heard).toContain('passing'))
    page.hub.last.control('gap', { topic: 'inbox', ...GAP, to: null, reason: 'unknown_cursor' })
    // Of older ones that come into sight nobody is told.
    snapshot(9, 'e', 'd', 'c', 'a', 'older')
    await shows('e,d,c,a,older 5 true live')
    expect(heard.filter((word) => word !== 'connected')).toEqual(['c', 'passing', 'd', 'e'])
    expect(heard[0]).toBe('connected')
  })

  it('asks for the inbox where something is missing, and shows the answer', async () => {
    const heard: string[] = []
    page.hub.onCall = (call) => {
      if (!call.path.startsWith('/v1/inbox')) return call.answer(404, { code: 'not_found' })
      return call.answer(200, { items: ['z', 'y', 'a'].map((id) => item(id)), counts: counts(3, 8), nextCursor: null })
    }
    page.render(<List heard={heard} />)
    await until(() => expect(page.hub.streams).toHaveLength(1))
    snapshot(5, 'a')
    await shows('a 1 true live')
    page.hub.last.event('inbox', 6, { state: 'unread', ids: ['y'], at: '', counts: counts(2, 6) }, 'read')
    await shows('z,y,a 3 true live')
    // What came back from the archive is no news; of what came the event tells, also where the answer overtook it.
    expect(heard).toEqual(['connected'])
    come(7, 'z', 3)
    await until(() => expect(heard).toEqual(['connected', 'z']))
  })

  it('has the archive where that is asked for', async () => {
    const asked: string[] = []
    page.hub.onCall = (call) => {
      if (!call.path.startsWith('/v1/inbox')) return call.answer(404, { code: 'not_found' })
      asked.push(call.path)
      return call.answer(200, { items: [item('gone')], counts: counts(1, 5), nextCursor: null })
    }
    page.render(<Archive />)
    await until(() => expect(page.hub.streams).toHaveLength(1))
    snapshot(5, 'here')
    await shows('gone of 1, true')
    expect(asked).toEqual(['/v1/inbox?state=archived&limit=50'])
  })

  it('keeps the newest hundred toasts for a hidden tab, however long nobody looks', async () => {
    const look = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    try {
      page.render(
        <>
          <NotificationBell />
          <Toasts max={200} />
        </>,
      )
      await until(() => expect(page.hub.streams).toHaveLength(1))
      snapshot(0)
      for (let n = 1; n <= 130; n += 1) come(n, `n${n}`, n)
      await until(() => expect(screen.getByRole('button', { name: 'Notifications: 130 new' })).toBeDefined())
      look.mockReturnValue('visible')
      document.dispatchEvent(new Event('visibilitychange'))
      await until(() => expect(document.querySelectorAll('.monofil-toast')).toHaveLength(100))
      expect(screen.queryByText('n30')).toBeNull()
      expect(screen.getByText('n31')).toBeDefined()
    } finally {
      look.mockRestore()
    }
  })

  it('is rendered on a server, where nothing is known', () => {
    const html = renderToString(
      <MonofilProvider client={page.client()}>
        <NotificationBell />
        <Toasts />
      </MonofilProvider>,
    )
    expect(html).toContain('aria-label="Notifications"')
    expect(html).toContain('role="status"')
  })
})
