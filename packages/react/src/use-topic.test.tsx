// @vitest-environment jsdom
import { screen } from '@testing-library/react'
import { act, useState } from 'react'
import { describe, expect, it } from 'vitest'
import { type Deferred, deferred, GAP, testPage, until } from './testing/page.tsx'
import { useTopic } from './use-topic.ts'

const page = testPage()

interface Counts {
  renders: number
  offsets: number
}

function Flood({ counts }: { counts: Counts }) {
  const [, again] = useState(0)
  const view = useTopic('t', () => {
    counts.offsets += 1
  })
  counts.renders += 1
  return (
    <button type="button" onClick={() => again((n) => n + 1)}>
      {`${view.status} ${view.freshness} ${view.events.length} ${view.lagMs === null ? 'no lag' : 'lag'}`}
    </button>
  )
}

function Refused() {
  const { status, error } = useTopic('t', () => {})
  return <p>{`${status} ${error?.code}`}</p>
}

function Table({ name, calls }: { name: string; calls: Map<string, Deferred[]> }) {
  const { freshness, gap } = useTopic('t', {
    onGap: () => {
      const call = deferred()
      calls.set(name, [...(calls.get(name) ?? []), call])
      return call.promise
    },
  })
  return <p>{`${name} ${freshness} ${gap?.to ?? 'none'}`}</p>
}

function Deaf() {
  return <p>{useTopic('t', () => {}).freshness}</p>
}

function Switch({ seen }: { seen: unknown[] }) {
  const [enabled, set] = useState(false)
  const { status } = useTopic('t', { enabled, onEvent: ({ offset }) => seen.push(offset) })
  return (
    <button type="button" onClick={() => set(!enabled)}>
      {status}
    </button>
  )
}

describe('useTopic with handlers', () => {
  it('shows status, freshness and lag, and renders at no event of a flood', async () => {
    const counts = { renders: 0, offsets: 0 }
    page.render(<Flood counts={counts} />)
    expect(screen.getByText('loading stale 0 no lag')).toBeDefined()
    await until(() => expect(screen.getByText('ready live 0 no lag')).toBeDefined())
    const before = counts.renders
    for (let offset = 1; offset <= 5000; offset += 1) page.hub.last.event('t', offset)
    await until(() => expect(counts.offsets).toBe(5000))
    expect(counts.renders).toBe(before)
    act(() => screen.getByRole('button').click())
    expect(screen.getByText('ready live 0 lag')).toBeDefined()
    page.hub.onStream = (stream) => stream.hello({}, 5002)
    page.hub.last.cut()
    await until(() => expect(screen.getByText('ready stale 0 lag')).toBeDefined())
    await until(() => expect(screen.getByText('ready replaying 0 lag')).toBeDefined())
    page.hub.last.event('t', 5001)
    page.hub.last.event('t', 5002)
    await until(() => expect(screen.getByText('ready live 0 lag')).toBeDefined())
  })

  it('says why it was refused', async () => {
    page.hub.onStream = (stream) => stream.hello({ topics: [], denied: [{ topic: 't', code: 'forbidden' }] })
    page.render(<Refused />)
    await until(() => expect(screen.getByText('error forbidden')).toBeDefined())
  })

  it('stays at gap until the promises of every component are done, each called once per gap', async () => {
    const calls = new Map<string, Deferred[]>()
    page.render(['a', 'b', 'c'].map((name) => <Table key={name} name={name} calls={calls} />))
    await until(() => expect(screen.getByText('c live none')).toBeDefined())
    page.hub.last.control('gap', { topic: 't', ...GAP })
    await until(() => expect(screen.getByText('a gap 3')).toBeDefined())
    expect([...calls.values()].map((made) => made.length)).toEqual([1, 1, 1])
    await act(async () => {
      calls.get('a')?.[0]?.resolve()
      calls.get('b')?.[0]?.resolve()
    })
    page.hub.last.event('t', 4)
    await until(() => expect(screen.getByText('c gap 3')).toBeDefined())
    await act(async () => calls.get('c')?.[0]?.resolve())
    await until(() => expect(screen.getByText('a live 3')).toBeDefined())
    page.hub.last.control('gap', { topic: 't', ...GAP, from: 5, to: 9 })
    await until(() => expect(screen.getByText('b gap 9')).toBeDefined())
    expect([...calls.values()].map((made) => made.length)).toEqual([2, 2, 2])
  })

  it('is not taken for one who repairs a gap when it only listens to events', async () => {
    page.render(<Deaf />)
    await until(() => expect(screen.getByText('live')).toBeDefined())
    page.hub.last.control('gap', { topic: 't', ...GAP })
    await until(() => expect(screen.getByText('gap')).toBeDefined())
    page.hub.last.event('t', 4)
    // The answer to this event comes after everything the gap could have led to.
    const seen: unknown[] = []
    page.client().subscribe('t', { onEvent: ({ offset }) => seen.push(offset) })
    await until(() => expect(page.hub.streams).toHaveLength(2))
    page.hub.last.event('t', 1)
    await until(() => expect(seen).toEqual([1]))
    expect(screen.getByText('gap')).toBeDefined()
  })

  it('follows nothing while disabled, and one stream either way', async () => {
    const seen: unknown[] = []
    page.render(<Switch seen={seen} />)
    expect([screen.getByRole('button').textContent, page.hub.streams.length]).toEqual(['loading', 0])
    act(() => screen.getByRole('button').click())
    await until(() => expect(screen.getByText('ready')).toBeDefined())
    page.hub.last.event('t', 1)
    await until(() => expect(seen).toEqual([1]))
    act(() => screen.getByRole('button').click())
    await until(() => expect(page.hub.open).toBe(0))
    expect(page.hub.streams).toHaveLength(1)
  })
})
